from multiprocessing import Barrier, Condition, Event, Manager, Process
from threading import BrokenBarrierError
from time import sleep


def wait_for_event(event, seen):
    seen.append(event.wait(0.05))
    seen.append(event.wait())


def consume(condition, items, got):
    with condition:
        while not condition.wait_for(lambda: len(items) > 0, 5):
            pass
        got.append(items.pop(0))


def meet(barrier, indices):
    indices.append(barrier.wait())


def wait_too_long(barrier, seen):
    try:
        barrier.wait(0.1)
    except BrokenBarrierError:
        seen.append('broken')


if __name__ == '__main__':
    manager = Manager()
    event, seen = Event(), manager.list()
    process = Process(target=wait_for_event, args=(event, seen))
    process.start()
    while len(seen) == 0:
        sleep(0.01)
    print('set yet:', event.is_set())
    event.set()
    process.join()
    print('waited:', *seen)
    event.clear()
    print('cleared:', event.is_set())

    condition, items, got = Condition(), manager.list(), manager.list()
    consumers = [Process(target=consume, args=(condition, items, got)) for _ in range(3)]
    for consumer in consumers:
        consumer.start()
    for item in range(3):
        with condition:
            items.append(item)
            condition.notify()
        sleep(0.02)
    with condition:
        condition.notify_all()
    for consumer in consumers:
        consumer.join()
    print('consumed:', *sorted(got))
    with condition:
        print('notified in time:', condition.wait(0.05))
    try:
        condition.notify()
        print('notified without the lock')
    except (RuntimeError, AssertionError):
        print('only with the lock')

    barrier, indices = Barrier(3), manager.list()
    parties = [Process(target=meet, args=(barrier, indices)) for _ in range(3)]
    for party in parties:
        party.start()
    for party in parties:
        party.join()
    print('met:', *sorted(indices))
    seen = manager.list()
    late = Process(target=wait_too_long, args=(barrier, seen))
    late.start()
    late.join()
    print('too few:', *seen, barrier.broken)
    barrier.reset()
    print('reset:', barrier.broken, barrier.n_waiting, barrier.parties)
