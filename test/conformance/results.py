"""What a pool gives for work that is not waited for: ready or not, in time or not, well or not, and the callbacks."""
from multiprocessing import Event, Pool, TimeoutError

gate = None


def keep(event):
    global gate
    gate = event


def pass_gate(n):
    gate.wait()
    return n


def square(n):
    return n * n


def length(text):
    return len(text)


def divide(a, b):
    if b == 0:
        raise ZeroDivisionError('division of %d by zero' % a)
    return a // b


def refuse_odd(n):
    if n % 2 == 1:
        raise ValueError('%d is odd' % n)
    return n


def message(call):
    try:
        return call()
    except (ValueError, ZeroDivisionError) as error:
        return str(error)


if __name__ == '__main__':
    event = Event()
    with Pool(2, keep, (event,)) as pool:
        late = pool.apply_async(pass_gate, (7,))
        print('ready:', late.ready())
        try:
            late.successful()
        except ValueError:
            print('nobody knows yet')
        late.wait(0.05)
        print('after a wait:', late.ready())
        for _ in range(2):
            try:
                late.get(timeout=0.05)
            except TimeoutError:
                print('not in time')
        other = pool.apply_async(square, (3,))
        print('another one meanwhile:', other.get(), late.ready())
        event.set()
        late.wait()
        print('ready:', late.ready(), late.successful(), late.get(), late.get(timeout=1))

        failed = pool.apply_async(divide, (1, 0))
        failed.wait()
        print('failed:', failed.ready(), failed.successful(), message(failed.get), message(failed.get))

        results = [pool.apply_async(divide, (100, n)) for n in range(4)]
        print('one by one:', [message(result.get) for result in results])

        seen = []
        note, note_error = seen.append, lambda error: seen.append('error: %s' % error)
        pool.apply_async(square, (4,), callback=note, error_callback=note_error).get()
        message(pool.apply_async(divide, (4, 0), callback=note, error_callback=note_error).get)
        pool.map_async(square, range(4), callback=note, error_callback=note_error).get()
        message(pool.map_async(refuse_odd, [0, 2, 5], chunksize=1, callback=note, error_callback=note_error).get)
        pool.starmap_async(divide, [(6, 3), (9, 3)], callback=note, error_callback=note_error).get()
        message(pool.starmap_async(divide, [(6, 0)], callback=note, error_callback=note_error).get)
        print('callbacks:', *seen)

        whole = pool.map_async(square, range(20), chunksize=3)
        print('map_async:', whole.get(timeout=30)[-3:], whole.ready(), whole.successful())
        part = pool.map_async(refuse_odd, [2, 4, 7, 8], 2)
        part.wait()
        print('with a failure:', part.ready(), part.successful(), message(part.get))
        nothing = pool.map_async(square, [])
        print('of nothing:', nothing.get(), nothing.ready(), pool.starmap(divide, []))
        print('starmap_async:', pool.starmap_async(divide, [(7, 2), (8, 2), (9, 2)]).get())
        print('in chunks:', pool.starmap(divide, [(n, 2) for n in range(10)], chunksize=4))
        print('large chunks:', pool.map(square, range(5), chunksize=100))
        print('of a generator:', pool.map(square, (n for n in range(4))), pool.map(length, ['a', 'bb', '']))
