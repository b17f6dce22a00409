"""Locks and semaphores in other hands: released by another process, counted, used as a signal, and in a pool."""
from multiprocessing import BoundedSemaphore, Lock, Manager, Pool, Process, RLock, Semaphore

kept = None


def keep(lock):
    global kept
    kept = lock


def add(shared, times):
    for _ in range(times):
        with kept:
            shared['count'] = shared['count'] + 1


def add_with(shared):
    add(shared, 3)


def release(lock):
    lock.release()


def release_refused(lock, said):
    try:
        lock.release()
        said.append('released')
    except AssertionError:
        said.append('not its own')


def acquire(semaphore, times, said):
    for number in range(times):
        semaphore.acquire()
        said.append(number)


def try_both(lock, said):
    acquired = [lock.acquire(block=False), lock.acquire(timeout=0.05)]
    said.extend(acquired)
    for _ in range(acquired.count(True)):
        lock.release()


def finish(target, *args):
    process = Process(target=target, args=args)
    process.start()
    process.join()
    return process.exitcode


if __name__ == '__main__':
    manager = Manager()
    lock, said = Lock(), manager.list()
    lock.acquire()
    print('released by another:', finish(release, lock), lock.acquire())
    finish(try_both, lock, said)
    print('held by us:', list(said))
    lock.release()
    try:
        with lock:
            raise KeyError('inside')
    except KeyError:
        print('given back after an error:', lock.acquire(block=False))
    lock.release()

    rlock = RLock()
    print('three times:', [rlock.acquire() for _ in range(3)], rlock.acquire(block=False))
    finish(release_refused, rlock, said)
    print('an RLock is its own:', said[-1])
    for _ in range(4):
        rlock.release()
    finish(try_both, rlock, said)
    print('free at last:', list(said)[-2:])

    signal, heard = Semaphore(0), manager.list()
    print('none:', signal.acquire(block=False), signal.acquire(timeout=0.05), signal.get_value())
    process = Process(target=acquire, args=(signal, 3, heard))
    process.start()
    for _ in range(3):
        signal.release()
    process.join()
    print('three signals:', list(heard), signal.get_value())

    places = Semaphore(2)
    print('two places:', [places.acquire(block=False) for _ in range(3)], places.get_value())
    finish(release, places)
    print('one given back by another:', places.get_value(), places.acquire(block=False))
    bounded = BoundedSemaphore(2)
    print('of two:', bounded.acquire(), bounded.get_value())
    bounded.release()
    try:
        bounded.release()
    except ValueError:
        print('no more than at first:', bounded.get_value())

    shared = manager.dict(count=0)
    with Pool(2, keep, (Lock(),)) as pool:
        pool.map(add_with, [shared] * 6, chunksize=1)
    print('counted in a pool:', shared['count'])
