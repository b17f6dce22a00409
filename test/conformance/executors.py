"""Executors and their futures: states, cancelling, waiting for the first, the first failure or all, and shutting down."""
from concurrent.futures import (ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, CancelledError, ProcessPoolExecutor,
                                TimeoutError, as_completed, wait)
from multiprocessing import Event

from common.processes import settle

gate = None


def keep(event):
    global gate
    gate = event


def pass_gate(n):
    gate.wait()
    return n


def refuse(n):
    raise ValueError('no %d' % n)


def square(n):
    return n * n


def plus(a, b):
    return a + b


def add(a, b, c):
    return a + b + c


def raises(kind, call, *args, **named):
    try:
        call(*args, **named)
        return False
    except kind:
        return True


if __name__ == '__main__':
    event = Event()
    executor = ProcessPoolExecutor(1, initializer=keep, initargs=(event,))
    futures = [executor.submit(pass_gate, n) for n in range(8)]
    first, last = futures[0], futures[-1]
    settle(first.running)
    print('the first runs:', first.running(), first.done(), first.cancelled(), first.cancel())
    print('the last waits:', last.running(), last.done())
    print('cancelled:', last.cancel(), last.cancelled(), last.done(), last.running(), last.cancel())
    print('and has no result:', raises(CancelledError, last.result), raises(CancelledError, last.exception))
    print('not in time:', raises(TimeoutError, first.result, timeout=0.05), raises(TimeoutError, first.exception, 0.05))
    called = []
    first.add_done_callback(lambda future: called.append(future.result()))
    event.set()
    print('the results:', [future.result() for future in futures[:-1]])
    print('the first is done:', first.done(), first.running(), first.cancel(), first.exception())
    first.add_done_callback(lambda future: called.append(future is first))
    settle(lambda: len(called) == 2)
    print('called back:', called)
    executor.shutdown()

    event.clear()
    executor = ProcessPoolExecutor(1, initializer=keep, initargs=(event,))
    futures = [executor.submit(pass_gate, n) for n in range(9)]
    settle(futures[0].running)
    executor.shutdown(wait=False, cancel_futures=True)
    print('no more:', raises(RuntimeError, executor.submit, square, 1))
    event.set()
    settle(lambda: all(future.done() for future in futures))
    print('what was begun is done:', futures[0].result(), futures[0].cancelled())
    print('what was not is cancelled:', [future.cancelled() for future in futures[-5:]])

    event.clear()
    with ProcessPoolExecutor(2, initializer=keep, initargs=(event,)) as executor:
        slow, quick = executor.submit(pass_gate, 1), executor.submit(square, 2)
        done, not_done = wait([slow, quick], return_when=FIRST_COMPLETED)
        print('the first:', done == {quick}, not_done == {slow})
        done, not_done = wait([slow, quick], timeout=0.05)
        print('in time:', len(done), len(not_done))
        failing = executor.submit(refuse, 3)
        done, not_done = wait([slow, failing], return_when=FIRST_EXCEPTION)
        print('the first failure:', failing in done, slow in not_done, str(failing.exception()))
        completed = as_completed([slow, quick])
        print('as completed:', next(completed) is quick, raises(TimeoutError, next, as_completed([slow], timeout=0.05)))
        event.set()
        print('then:', next(completed) is slow, next(completed, 'no more'))
        done, not_done = wait([slow, quick, failing], return_when=ALL_COMPLETED)
        print('all:', len(done), len(not_done), len(wait([]).done))
        print('raises:', raises(ValueError, failing.result), raises(ValueError, failing.result))

        print('mapped:', list(executor.map(square, range(5))), list(executor.map(plus, [1, 2, 3], [10, 20])))
        print('in chunks:', list(executor.map(add, range(7), range(7), [1] * 7, chunksize=3)), list(executor.map(square, [])))
        results = executor.map(square, range(3))
        print('one by one:', next(results), next(results), next(results), next(results, 'no more'))
        event.clear()
        print('mapped in time:', raises(TimeoutError, lambda: list(executor.map(pass_gate, [1], timeout=0.05))))
        event.set()
        waited = [executor.submit(square, n) for n in range(4)]
    print('waited for at the end:', [future.done() for future in waited], sum(future.result() for future in waited))
    print('twice is fine:', executor.shutdown(), raises(RuntimeError, executor.submit, square, 1))
    print('map is refused at the call:', raises(RuntimeError, executor.map, square, [1]))
    print('no such executor:', raises(ValueError, ProcessPoolExecutor, 0))
