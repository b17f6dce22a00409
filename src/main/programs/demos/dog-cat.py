# Two processes at once: the smallest program with more than one thing going on.
from multiprocessing import Process
from time import sleep


def dog():
    for i in range(5):
        print('www%d' % i, flush=True)
        sleep(1.5)


def cat():
    for i in range(5):
        print('mmm%d' % i, flush=True)
        sleep(1)


if __name__ == '__main__':
    t1, t2 = Process(target=dog), Process(target=cat)
    t1.start()
    t2.start()
