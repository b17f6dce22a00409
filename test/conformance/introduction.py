"""What the introduction of Python's documentation shows: a process, a queue, a pipe, a lock, a manager, a pool."""
import os
from multiprocessing import Lock, Manager, Pipe, Pool, Process, Queue, current_process


def hello(name):
    print('hello', name)


def info(title, pid):
    print(title, current_process().name, os.getppid() == pid, os.getpid() != pid)


def put_three(queue):
    queue.put([42, None, 'hello'])


def send_three(connection):
    connection.send([42, None, 'hello'])
    connection.close()


def say_locked(lock, number, said):
    lock.acquire()
    try:
        said.append('hello')
        said.append('world %d' % number)
    finally:
        lock.release()


def fill(shared, items):
    shared[1] = '1'
    shared['2'] = 2
    shared[0.25] = None
    items.append(items.pop(0))


def square(x):
    return x * x


if __name__ == '__main__':
    process = Process(target=hello, args=('bob',))
    process.start()
    process.join()

    process = Process(target=info, args=('function info:', os.getpid()), name='informant')
    process.start()
    process.join()

    queue = Queue()
    process = Process(target=put_three, args=(queue,))
    process.start()
    print('by queue:', queue.get())
    process.join()

    ours, theirs = Pipe()
    process = Process(target=send_three, args=(theirs,))
    process.start()
    print('by pipe:', ours.recv())
    process.join()

    with Manager() as manager:
        lock, said = Lock(), manager.list()
        processes = [Process(target=say_locked, args=(lock, number, said)) for number in range(4)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        lines = list(said)
        print('nobody in between:', lines[::2], sorted(lines[1::2]))

        shared, items = manager.dict(), manager.list(range(5))
        process = Process(target=fill, args=(shared, items))
        process.start()
        process.join()
        print('managed:', dict(shared), list(items))

    with Pool(3) as pool:
        print('by pool:', pool.map(square, [1, 2, 3]))
