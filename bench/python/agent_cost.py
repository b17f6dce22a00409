"""CPU time of one operation in microseconds, children included. @param argv[1] which"""

import multiprocessing
import resource
import sys


def cpu_seconds():
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def same(value):
    return value


def nothing():
    pass


def queue_item(count):
    queue = multiprocessing.Queue()
    for _ in range(count // 500):
        for number in range(500):
            queue.put(number)
        for _ in range(500):
            queue.get()


def pool_task(count):
    with multiprocessing.Pool(2) as pool:
        pool.map(same, range(count), chunksize=1)
        pool.close()
        pool.join()


def lock(count):
    one = multiprocessing.Lock()
    for _ in range(count):
        with one:
            pass


def fork_and_join(count):
    for _ in range(count):
        process = multiprocessing.Process(target=nothing)
        process.start()
        process.join()



OPERATIONS = {'queue item': (queue_item, 20_000), 'pool task': (pool_task, 10_000), 'lock': (lock, 200_000), 'fork and join': (fork_and_join, 200)}

if __name__ == '__main__':
    if sys.argv[1] != 'start':
        operation, count = OPERATIONS[sys.argv[1]]
        multiprocessing.set_start_method('fork')
        before = cpu_seconds()
        operation(count)
        print((cpu_seconds() - before) / count * 1e6)
