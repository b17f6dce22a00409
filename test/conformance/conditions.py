"""Conditions: who is woken, what `wait_for` gives, one after the other, and a store with a size."""
from multiprocessing import Condition, Lock, Manager, Process, RLock
from time import sleep

from common.processes import join_all, settle, start_all


def wait_once(condition, waiting, woken, number):
    with condition:
        waiting.append(number)
        condition.wait()
        woken.append(number)


def play(condition, values, log, word):
    for _ in range(3):
        with condition:
            condition.wait_for(lambda: values.turn == word)
            log.append(word)
            values.turn = 'pong' if word == 'ping' else 'ping'
            condition.notify_all()


def produce(condition, store, sizes):
    for item in range(6):
        with condition:
            condition.wait_for(lambda: len(store) < 2)
            store.append(item)
            sizes.append(len(store))
            condition.notify_all()


def consume(condition, store, eaten):
    for _ in range(6):
        with condition:
            condition.wait_for(lambda: len(store) > 0)
            eaten.append(store.pop(0))
            condition.notify_all()


def set_and_notify(condition, values):
    with condition:
        values.ready = 'ready'
        condition.notify()


if __name__ == '__main__':
    manager = Manager()
    condition, waiting, woken = Condition(), manager.list(), manager.list()
    waiters = start_all([Process(target=wait_once, args=(condition, waiting, woken, i)) for i in range(4)])
    settle(lambda: len(waiting) == 4)
    with condition:
        condition.notify()
    settle(lambda: len(woken) == 1)
    with condition:
        condition.notify(2)
    settle(lambda: len(woken) == 3)
    sleep(0.1)
    print('one, then two more:', len(woken))
    with condition:
        condition.notify_all()
    join_all(waiters)
    print('and all:', sorted(woken))
    with condition:
        condition.notify(5)
        print('nobody is there to be notified')

    with condition:
        print('no notification:', condition.wait(0.05))
        print('never so:', condition.wait_for(lambda: '', 0.05) == '')
        print('so already:', condition.wait_for(lambda: 'so', 0.05))
    values = manager.Namespace()
    values.ready = ''
    process = Process(target=set_and_notify, args=(condition, values))
    with condition:
        process.start()
        print('so later:', condition.wait_for(lambda: values.ready, 30))
    process.join()

    values.turn, log = 'ping', manager.list()
    players = start_all([Process(target=play, args=(condition, values, log, word)) for word in ('pong', 'ping')])
    join_all(players)
    print('in turn:', list(log))

    store, sizes, eaten = manager.list(), manager.list(), manager.list()
    lock = Lock()
    own = Condition(lock)
    both = start_all([Process(target=consume, args=(own, store, eaten)), Process(target=produce, args=(own, store, sizes))])
    join_all(both)
    print('through a store:', list(eaten), len(store), max(sizes) <= 2)

    own.acquire()
    print('its lock is the one given:', lock.acquire(block=False))
    own.release()
    print('and free again:', lock.acquire(block=False))
    lock.release()
    recursive = Condition(RLock())
    with recursive:
        with recursive:
            print('held twice:', recursive.wait(0.05))
        print('held once:', recursive.wait(0.05))
    for call in (condition.wait, condition.notify, condition.notify_all):
        try:
            call()
        except (AssertionError, RuntimeError):
            print('only with the lock')
