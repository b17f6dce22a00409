from multiprocessing import Barrier, BoundedSemaphore, Lock, Process, RLock, Semaphore, Value
from time import sleep


def add(lock, counter, times):
    for _ in range(times):
        with lock:
            value = counter.value
            sleep(0.001)
            counter.value = value + 1


def try_acquire(lock, seen):
    acquired = lock.acquire(timeout=0.1)
    seen.value = 1 if acquired else 0
    if acquired:
        lock.release()


def visit(semaphore, inside, most, pair):
    with semaphore:
        with inside.get_lock():
            inside.value += 1
            most.value = max(most.value, inside.value)
        pair.wait()  # two must be inside together, or nobody gets any further
        with inside.get_lock():
            inside.value -= 1


def run(target, args, count):
    processes = [Process(target=target, args=args) for _ in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()


if __name__ == '__main__':
    lock = Lock()
    counter = Value('i', 0)
    run(add, (lock, counter, 20), 3)
    print('counted under a lock:', counter.value)

    print('acquired:', lock.acquire(), lock.acquire(block=False), lock.acquire(timeout=0.05))
    seen = Value('i', -1)
    run(try_acquire, (lock, seen), 1)
    print('another process gets it:', seen.value == 1)
    lock.release()
    run(try_acquire, (lock, seen), 1)
    print('after the release:', seen.value == 1)

    lock = Lock()
    try:
        lock.release()
        print('released what is free')
    except ValueError:
        print('a free lock cannot be released')

    rlock = RLock()
    print('recursive:', rlock.acquire(), rlock.acquire())
    run(try_acquire, (rlock, seen), 1)
    rlock.release()
    print('half released, another gets it:', seen.value == 1)
    rlock.release()
    try:
        rlock.release()
        print('released once more')
    except AssertionError:
        print('who does not hold it cannot release it')

    semaphore = Semaphore(2)
    inside, most = Value('i', 0), Value('i', 0)
    run(visit, (semaphore, inside, most, Barrier(2)), 4)
    print('inside at once:', most.value)
    semaphore.release()
    print('a semaphore grows:', semaphore.get_value())
    bounded = BoundedSemaphore(1)
    try:
        bounded.release()
        print('a bounded one grows')
    except ValueError:
        print('a bounded one does not')
