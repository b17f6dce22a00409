"""Queues in loops, many items at once, and by priority: what Python writes with `iter`, loops, and a manager of its own."""
from itertools import count
from multiprocessing import Process, Queue
from multiprocessing.managers import SyncManager
from queue import PriorityQueue


class Managers(SyncManager):
    pass


Managers.register('PriorityQueue', PriorityQueue)
END = 'END'


def count_up(queue, limit):
    for number in range(limit):
        queue.put(number)
    queue.put(END)


def add_all(queue, sums):
    total = 0
    for number in iter(queue.get, END):
        total += number
    sums.put(total)


def put_tasks(queue, tasks, order):
    for priority, task in tasks:
        queue.put((priority, next(order), task))


if __name__ == '__main__':
    queue = Queue(3)
    process = Process(target=count_up, args=(queue, 10))
    process.start()
    print('until the end:', [number for number in iter(queue.get, END)])
    process.join()

    numbers, sums = Queue(), Queue()
    adders = [Process(target=add_all, args=(numbers, sums)) for _ in range(2)]
    for adder in adders:
        adder.start()
    for number in range(101):
        numbers.put(number)
    for _ in adders:
        numbers.put(END)
    print('two share:', sums.get() + sums.get())
    for adder in adders:
        adder.join()

    many = Queue()
    for number in range(1000):
        many.put(number)
    print('many:', [many.get() for _ in range(1000)] == list(range(1000)), many.qsize())

    with Managers() as manager:
        urgent = manager.PriorityQueue()
        tasks = [(5, 'sleep'), (0, 'eat'), (-1, 'run'), (5, 'dream'), (0, 'drink')]
        process = Process(target=put_tasks, args=(urgent, tasks, count()))
        process.start()
        process.join()
        print('waiting:', urgent.qsize())
        print('by priority:', [urgent.get()[2] for _ in range(2)])
        urgent.put((-7, 99, 'wake'))
        print('one more:', [urgent.get()[2] for _ in range(4)], urgent.empty())
