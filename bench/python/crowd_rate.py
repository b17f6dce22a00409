"""How many items a second, with three producers or three consumers. Arguments: many-to-one or one-to-many, count."""
import sys
from multiprocessing import Process, Queue
from time import perf_counter


def produce(queue, first, count):
    for i in range(count):
        queue.put(first + i)


def consume(queue, sums):
    got = total = 0
    while (item := queue.get()) is not None:
        got += 1
        total += item
    sums.put((got, total))


if __name__ == '__main__':
    how, count = sys.argv[1], int(sys.argv[2])
    queue, sums = Queue(), Queue()
    start = perf_counter()
    got = total = 0
    if how == 'many-to-one':
        processes = [Process(target=produce, args=(queue, n * count // 3, count // 3)) for n in range(3)]
        for process in processes:
            process.start()
        while got < count:
            total += queue.get()
            if got == 0:
                start = perf_counter()
            got += 1
    else:
        processes = [Process(target=consume, args=(queue, sums)) for _ in range(3)]
        for process in processes:
            process.start()
        for i in range(count):
            queue.put(i)
        for _ in range(3):
            queue.put(None)
        for _ in range(3):
            its_count, its_sum = sums.get()
            got += its_count
            total += its_sum
    assert (got, total) == (count, count * (count - 1) // 2)
    print(count / (perf_counter() - start))
    for process in processes:
        process.join()
