"""How many items a second go through a Queue between two processes. Arguments: how (one, list, manager), count, bytes of each (0: numbers)."""
import sys
from multiprocessing import Manager, Process, Queue
from time import perf_counter

BATCH = 256


def item(i, size):
    return i if size == 0 else str(i).rjust(size, 'x')


def produce(queue, how, count, size):
    if how == 'list':
        for i in range(0, count, BATCH):
            queue.put([item(j, size) for j in range(i, min(count, i + BATCH))])
    else:
        for i in range(count):
            queue.put(item(i, size))


if __name__ == '__main__':
    how, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    queue = Manager().Queue() if how == 'manager' else Queue()
    process = Process(target=produce, args=(queue, how, count, size))
    process.start()
    got, start = 0, None
    while got < count:
        value = queue.get()
        for one in value if how == 'list' else [value]:
            assert one == item(got, size)
            got += 1
        if start is None:
            start, first = perf_counter(), got
    print((count - first) / (perf_counter() - start))
    process.join()
