"""How many items a second a child gets from a queue of its parent. Arguments: who puts (parent, sibling), count."""
import sys
from multiprocessing import Process, Queue
from time import perf_counter


def produce(queue, count):
    for i in range(count):
        queue.put(i)


def consume(queue, count, said):
    start = None
    for i in range(count):
        assert queue.get() == i
        if start is None:
            start = perf_counter()
    said.put((count - 1) / (perf_counter() - start))


if __name__ == '__main__':
    putter, count = sys.argv[1], int(sys.argv[2])
    queue, said = Queue(), Queue()
    processes = [Process(target=consume, args=(queue, count, said))]
    processes[0].start()
    if putter == 'parent':
        produce(queue, count)
    else:
        processes.append(Process(target=produce, args=(queue, count)))
        processes[1].start()
    print(said.get())
    for process in processes:
        process.join()
