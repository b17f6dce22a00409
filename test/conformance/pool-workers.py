"""Which workers do a pool's tasks: initializers, so many tasks each, chunks."""
import os
from multiprocessing import Barrier, Pool, Queue

kept = None


def keep(*args):
    global kept
    kept = args


def announce(queue, barrier):
    keep(barrier)
    queue.put(os.getpid())


def meet(n):
    kept[0].wait()
    return os.getpid()


def pid():
    return os.getpid()


def pid_of(n):
    return os.getpid()


def add_kept(n):
    return n + sum(kept)


def kinds(pids):
    numbers = {}
    return [numbers.setdefault(pid, len(numbers)) for pid in pids]


if __name__ == '__main__':
    started = Queue()
    with Pool(3, announce, (started, Barrier(3))) as pool:
        pids = pool.map(meet, range(3), chunksize=1)
        print('three workers, three initializers:', len(set(pids)), sorted(started.get() for _ in pids) == sorted(pids))
        print('again the same:', set(pool.map(meet, range(3), chunksize=1)) == set(pids), started.empty())
    with Pool(1, keep, (30, 12)) as pool:
        print('initialized:', pool.map(add_kept, range(3)), pool.apply(pid) == os.getpid())
    with Pool(1, maxtasksperchild=2) as pool:
        print('two tasks each:', kinds([pool.apply(pid) for _ in range(4)]))
    with Pool(1, keep, (1,), 1) as pool:
        print('and each is initialized:', [pool.apply(add_kept, (n,)) for n in range(2)])
        print('a chunk is one task:', kinds(pool.map(pid_of, range(4), chunksize=2)))
