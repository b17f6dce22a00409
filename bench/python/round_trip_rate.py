"""How many round trips a second two idle queues allow, as the inverse of a percentile. Arguments: count, percentile."""
import sys
from multiprocessing import Process, Queue
from time import perf_counter, sleep

# Rounds that do not count: what is only done once is not what a percentile is about.
WARM_UP = 3_000


def answer(there, back):
    while (item := there.get()) is not None:
        back.put(item)


if __name__ == '__main__':
    there, back = Queue(), Queue()
    process = Process(target=answer, args=(there, back))
    process.start()
    times = []
    for i in range(-WARM_UP, int(sys.argv[1])):
        if i >= 0:
            sleep(0.002)
        start = perf_counter()
        there.put(i)
        assert back.get() == i
        if i >= 0:
            times.append(perf_counter() - start)
    there.put(None)
    process.join()
    print(1 / sorted(times)[len(times) * int(sys.argv[2]) // 100])
