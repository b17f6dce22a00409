"""Results one by one: in order and as they come, in chunks, past errors, two iterators at once."""
from multiprocessing import Event, Pool

gate = None


def keep(event):
    global gate
    gate = event


def square(n):
    return n * n


def wait_if_zero(n):
    if n == 0:
        gate.wait()
    return n


def refuse_odd(n):
    if n % 2 == 1:
        raise ValueError('%d is odd' % n)
    return n


def all_of(results):
    seen = []
    while True:
        try:
            seen.append(next(results))
        except StopIteration:
            return seen
        except ValueError as error:
            seen.append(str(error))


if __name__ == '__main__':
    event = Event()
    with Pool(2, keep, (event,)) as pool:
        print('in order:', list(pool.imap(square, range(8))))
        print('in chunks:', list(pool.imap(square, range(10), chunksize=3)), list(pool.imap(square, [4], chunksize=9)))
        print('as they come:', sorted(pool.imap_unordered(square, range(8))),
              sorted(pool.imap_unordered(square, range(10), chunksize=4)))
        print('of nothing:', list(pool.imap(square, [])), list(pool.imap_unordered(square, [])))
        print('of a generator:', list(pool.imap(square, (n + 1 for n in range(3)))))

        results = pool.imap_unordered(wait_if_zero, range(4))
        print('whichever is first:', sorted(next(results) for _ in range(3)))
        event.set()
        print('then the late one:', next(results), next(results, 'the end'), next(results, 'the end'))
        event.clear()
        ordered = pool.imap(wait_if_zero, range(4))
        print('others go on:', pool.apply(square, (5,)))
        event.set()
        print('the late one first:', list(ordered))

        print('past errors:', all_of(pool.imap(refuse_odd, range(6))))
        print('in any order:', sorted(map(str, all_of(pool.imap_unordered(refuse_odd, range(6))))))
        chunks = pool.imap(refuse_odd, [0, 2, 3, 4], chunksize=2)
        print('the chunk before:', next(chunks), next(chunks))
        try:
            next(chunks)
        except ValueError as error:
            print('a chunk with an error:', error)

        first, second = pool.imap(square, range(3)), pool.imap(square, range(10, 13))
        print('two at once:', [[next(second), next(first)] for _ in range(3)])
        seen = []
        for result in pool.imap(square, range(100)):
            if result > 30:
                break
            seen.append(result)
        print('left early:', seen, pool.apply(square, (9,)))
