# Two processes and a queue between them: what goes in first comes out first.
from multiprocessing import Process, Queue
from queue import Empty
from time import sleep


def download(queue):
    for i in range(10):
        queue.put(i)
        sleep(1)


def analysis(queue):
    items = []
    while True:
        try:
            items.append(queue.get(timeout=2))
        except Empty:
            print('Empty: nothing for two seconds, so that was all', flush=True)
            break
        print(items, flush=True)


if __name__ == '__main__':
    queue = Queue()
    Process(target=download, args=(queue,)).start()
    Process(target=analysis, args=(queue,)).start()
