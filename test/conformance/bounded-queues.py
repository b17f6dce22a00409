"""A queue with a size holds back who is fast; what several put and several get keeps its order and is got once."""
from multiprocessing import Manager, Process, Queue
from queue import Empty, Full
from time import sleep

from common.processes import settle


def put_noting(queue, count, noted):
    for item in range(count):
        queue.put(item)
        noted.append(item)


def put_in_time(queue, item, seconds, said):
    try:
        queue.put(item, timeout=seconds)
        said.put('put ' + item)
    except Full:
        said.put('full')


def get_in_time(queue, seconds, said):
    try:
        said.put('got ' + queue.get(timeout=seconds))
    except Empty:
        said.put('empty')


def produce(name, queue, count):
    for number in range(count):
        queue.put([name, number])


def consume(queue, results):
    results.put([item for item in iter(queue.get, 'STOP')])


def finish(process):
    process.start()
    process.join()


if __name__ == '__main__':
    queue, noted = Queue(2), Manager().list()
    print('fresh:', queue.qsize(), queue.empty(), queue.full())
    process = Process(target=put_noting, args=(queue, 5, noted))
    process.start()
    settle(lambda: len(noted) == 2)
    sleep(0.2)
    print('held back:', list(noted), queue.qsize(), queue.full())
    print('room for one:', queue.get())
    settle(lambda: len(noted) == 3)
    sleep(0.1)
    print('no more:', list(noted), queue.full())
    print('the rest:', [queue.get() for _ in range(4)])
    process.join()
    print('all were put:', list(noted), process.exitcode)

    said = Queue()
    settle(queue.empty)
    queue.put('a')
    queue.put('b')
    finish(Process(target=put_in_time, args=(queue, 'c', 0.1, said)))
    print('no room in time:', said.get())
    process = Process(target=put_in_time, args=(queue, 'c', 30, said))
    process.start()
    print('makes room:', queue.get())
    print('room in time:', said.get(), queue.get(), queue.get())
    process.join()
    finish(Process(target=get_in_time, args=(queue, 0.1, said)))
    print('nothing in time:', said.get())
    process = Process(target=get_in_time, args=(queue, 30, said))
    process.start()
    queue.put('d')
    print('something in time:', said.get())
    process.join()
    try:
        queue.get(block=False)
    except Empty:
        print('nothing now')

    shared, results = Queue(3), Queue()
    producers = [Process(target=produce, args=(name, shared, 6)) for name in 'abc']
    consumers = [Process(target=consume, args=(shared, results)) for _ in range(2)]
    for process in producers + consumers:
        process.start()
    for process in producers:
        process.join()
    for _ in consumers:
        shared.put('STOP')
    lists = [results.get() for _ in consumers]
    for process in consumers:
        process.join()
    print('each once:', sorted(name + str(number) for items in lists for name, number in items))
    print('in order:', all([number for name, number in items if name == which] ==
                          sorted(number for name, number in items if name == which)
                          for items in lists for which in 'abc'))

    unbounded = Queue(0)
    for item in range(500):
        unbounded.put(item)
    print('without bound:', unbounded.qsize(), unbounded.full())
    print('still in order:', [unbounded.get() for _ in range(500)] == list(range(500)))
    unbounded.close()
    try:
        unbounded.put(1)
    except ValueError:
        print('closed')
