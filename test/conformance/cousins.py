"""Queues, pipes, locks and what a manager keeps, between processes that have only a grandparent in common."""
from multiprocessing import Lock, Manager, Pipe, Process, Queue


def finish(processes):
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def start_sender(queue):
    finish([Process(target=send_three, args=(queue,))])


def send_three(queue):
    for item in ('one', 'two', 'three'):
        queue.put(item)


def start_receiver(queue, results):
    finish([Process(target=receive_three, args=(queue, results))])


def receive_three(queue, results):
    results.put([queue.get() for _ in range(3)])


def hand_on(connection):
    finish([Process(target=answer, args=(connection,))])


def answer(connection):
    connection.send(connection.recv() * 2)


def start_adder(lock, shared):
    inner = Process(target=add, args=(lock, shared))
    inner.start()
    add(lock, shared)
    inner.join()


def add(lock, shared):
    for _ in range(5):
        with lock:
            shared['count'] = shared['count'] + 1


if __name__ == '__main__':
    between, results = Queue(), Queue()
    finish([Process(target=start_receiver, args=(between, results)), Process(target=start_sender, args=(between,))])
    print('between cousins:', results.get())

    ours, theirs = Pipe()
    process = Process(target=hand_on, args=(theirs,))
    process.start()
    ours.send(21)
    print('a pipe to a grandchild:', ours.recv())
    process.join()

    with Manager() as manager:
        lock, shared = Lock(), manager.dict()
        shared['count'] = 0
        finish([Process(target=start_adder, args=(lock, shared)) for _ in range(2)])
        print('counted by cousins:', shared['count'])
