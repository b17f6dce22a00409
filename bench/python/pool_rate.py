"""How many tasks that do nothing a pool of two does a second. Arguments: how (apply_async, map1, map; apply for one
at a time, the inverse of the median), count."""
import sys
from multiprocessing import Pool
from time import perf_counter

ROUNDS = 3


def nothing(n):
    return n


if __name__ == '__main__':
    how, count = sys.argv[1], int(sys.argv[2])
    with Pool(2) as pool:
        if how == 'apply':
            times = []
            for n in range(count):
                start = perf_counter()
                assert pool.apply(nothing, (n,)) == n
                times.append(perf_counter() - start)
            print(1 / sorted(times)[count // 2])
            sys.exit()
        # As for ours, the first round does not count: what is measured is a pool in use.
        took = 0
        for n in range(1 + ROUNDS):
            start = perf_counter()
            if how == 'apply_async':
                results = [pool.apply_async(nothing, (n,)) for n in range(count)]
                values = [result.get() for result in results]
            else:
                values = pool.map(nothing, range(count), **({'chunksize': 1} if how == 'map1' else {}))
            if n > 0:
                took += perf_counter() - start
            assert values == list(range(count))
    print(ROUNDS * count / took)
