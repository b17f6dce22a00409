from multiprocessing import JoinableQueue, Process, Queue, SimpleQueue
from queue import Empty, Full

from common.processes import settle


def put_all(queue, items):
    for item in items:
        queue.put(item)


def double(work, results):
    while True:
        item = work.get()
        results.put(item * 2)
        work.task_done()


if __name__ == '__main__':
    queue = Queue()
    process = Process(target=put_all, args=(queue, ['a', 1, None, [1, {'b': 2}], 2.5]))
    process.start()
    print('first in, first out:', [queue.get() for _ in range(5)])
    process.join()
    try:
        queue.get(timeout=0.05)
    except Empty:
        print('empty after a while')
    try:
        queue.get_nowait()
    except Empty:
        print('empty at once')

    bounded = Queue(2)
    bounded.put(1)
    bounded.put(2)
    try:
        bounded.put(3, timeout=0.05)
    except Full:
        print('full after a while')
    try:
        bounded.put_nowait(3)
    except Full:
        print('full at once')
    print('size:', bounded.qsize(), bounded.full(), bounded.empty())
    print('got:', bounded.get(), bounded.get())
    settle(bounded.empty)
    print('emptied:', bounded.qsize(), bounded.full(), bounded.empty())

    simple = SimpleQueue()
    print('simple, empty:', simple.empty())
    simple.put('x')
    print('simple, got:', simple.get())

    work, results = JoinableQueue(), Queue()
    worker = Process(target=double, args=(work, results), daemon=True)
    worker.start()
    for item in range(5):
        work.put(item)
    work.join()
    print('all done:', [results.get() for _ in range(5)])
    try:
        work.task_done()
    except ValueError:
        print('more done than put')
