# The same work on threads and on processes: threads share a PID and memory, processes share nothing and cost more.
import os
from multiprocessing import Process
from threading import Thread
from time import monotonic, sleep

counter = 0


def count_primes(limit):
    return sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, limit))


def work(rounds):
    global counter
    print('pid', os.getpid(), 'looks for primes', flush=True)
    for _ in range(rounds):
        counter += count_primes(4000)
        sleep(0.05)
    print('the counter as I see it:', counter, flush=True)


if __name__ == '__main__':
    for kind in (Thread, Process):
        counter = 0
        workers = [kind(target=work, args=(20,)) for _ in range(2)]
        began = monotonic()
        for worker in workers:
            worker.start()
        print(kind.__name__, 'start() took', round((monotonic() - began) / 2 * 1000, 1), 'ms each', flush=True)
        for worker in workers:
            worker.join()
        print("main's counter after them:", counter, flush=True)
