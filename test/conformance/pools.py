from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import Pool, TimeoutError
from time import sleep

greeting = 'not initialized'


def initialize(word):
    global greeting
    greeting = word


def greet(name):
    return greeting + ' ' + name


def square(n):
    return n * n


def power(base, exponent):
    return base ** exponent


def refuse_odd(n):
    if n % 2 == 1:
        raise ValueError('%d is odd' % n)
    return n


def slow(n):
    sleep(1.5)
    return n


if __name__ == '__main__':
    with Pool(2, initialize, ('hello',)) as pool:
        print('initialized:', pool.apply(greet, ('you',)))
        print('apply:', pool.apply(square, (7,)))
        print('map:', pool.map(square, range(6)), pool.map(square, []))
        print('in chunks:', pool.map(square, range(5), chunksize=2))
        print('starmap:', pool.starmap(power, [(2, 3), (3, 2)]))
        print('imap:', list(pool.imap(square, range(4))), sorted(pool.imap_unordered(square, range(4))))
        seen = []
        pool.apply_async(square, (3,), callback=seen.append).wait()
        failed = pool.apply_async(refuse_odd, (1,), error_callback=lambda error: seen.append(str(error)))
        failed.wait()
        sleep(0.05)
        print('callbacks:', *seen)
        print('successful:', failed.ready(), failed.successful())
        try:
            pool.map(refuse_odd, [0, 1, 2])
        except ValueError as error:
            print('map throws:', error)
        results = pool.imap(refuse_odd, [0, 1, 2])
        print('imap:', next(results), end=' ')
        try:
            next(results)
        except ValueError as error:
            print(error, end=' ')
        print(next(results))
        late = pool.apply_async(slow, (1,))
        try:
            late.get(timeout=0.05)
        except TimeoutError:
            print('not yet', late.get())
        pool.close()
        try:
            pool.apply(square, (1,))
        except ValueError:
            print('closed')
        pool.join()
    with ProcessPoolExecutor(2) as executor:
        futures = [executor.submit(square, n) for n in range(4)]
        print('completed:', sorted(future.result() for future in as_completed(futures)))
        print('mapped:', list(executor.map(power, [2, 3], [3, 2])))
        print('exception:', executor.submit(refuse_odd, 3).exception())
