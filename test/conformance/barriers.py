"""Barriers in rounds, aborted, reset, and with a timeout."""
from multiprocessing import Barrier, Manager, Process
from threading import BrokenBarrierError

from common.processes import join_all, settle, start_all


def go_round(barrier, log, first):
    for number in range(3):
        log.append(number)
        if barrier.wait() == 0:
            first.append(number)


def wait_at(barrier, said):
    try:
        said.append(barrier.wait())
    except BrokenBarrierError:
        said.append('broken')


def is_broken(barrier):
    try:
        barrier.wait()
        return False
    except BrokenBarrierError:
        return True


if __name__ == '__main__':
    manager = Manager()
    barrier, log, first = Barrier(3), manager.list(), manager.list()
    join_all(start_all([Process(target=go_round, args=(barrier, log, first)) for _ in range(3)]))
    print('in rounds:', list(log), 'one is the first in each:', sorted(first))
    print('free again:', barrier.n_waiting, barrier.broken, barrier.parties)

    said = manager.list()
    waiters = start_all([Process(target=wait_at, args=(barrier, said)) for _ in range(2)])
    settle(lambda: barrier.n_waiting == 2)
    print('two wait:', barrier.n_waiting, barrier.broken)
    barrier.abort()
    join_all(waiters)
    print('aborted:', list(said), barrier.broken, barrier.n_waiting, is_broken(barrier))

    barrier.reset()
    print('reset:', barrier.broken)
    waiters = start_all([Process(target=wait_at, args=(barrier, said)) for _ in range(2)])
    settle(lambda: barrier.n_waiting == 2)
    barrier.reset()
    join_all(waiters)
    settle(lambda: not barrier.broken)
    print('reset while two waited:', list(said)[2:], barrier.broken)
    waiters = start_all([Process(target=wait_at, args=(barrier, said)) for _ in range(2)])
    mine = barrier.wait()
    join_all(waiters)
    print('as new:', sorted(list(said)[4:] + [mine]))

    hasty = Barrier(2, timeout=0.1)
    print('nobody comes:', is_broken(Barrier(1)), hasty.parties)
    try:
        hasty.wait()
    except BrokenBarrierError:
        print('broken by time:', hasty.broken)
    print('alone:', Barrier(1).wait())
