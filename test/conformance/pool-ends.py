"""How pools end: close, join, terminate, `with`, and a pool of a child; what is no pool; queues in tasks."""
from multiprocessing import Manager, Pool, Process, Queue


def square(n):
    return n * n


def be_stuck(queue):
    queue.put('stuck')
    while True:
        pass


def note(queue, n):
    queue.put(n)


def own_pool(queue):
    with Pool(2) as pool:
        queue.put(pool.map(square, range(4)))


def refused(call):
    try:
        call()
        return False
    except ValueError:
        return True


if __name__ == '__main__':
    pool = Pool(2)
    print('open:', refused(pool.join))
    results = [pool.apply_async(square, (n,)) for n in range(6)]
    pool.close()
    pool.close()
    print('closed:', refused(lambda: pool.apply_async(square, (1,))), refused(lambda: pool.map(square, [1])),
          refused(lambda: pool.imap(square, [1])))
    pool.join()
    pool.join()
    print('but all is done:', [result.ready() for result in results], [result.get() for result in results])
    pool.terminate()

    with Pool(1) as pool:
        print('with:', pool.apply(square, (5,)))
    print('with is over:', refused(lambda: pool.apply(square, (1,))))

    with Manager() as manager:
        queue = manager.Queue()
        pool = Pool(2)
        result = pool.apply_async(be_stuck, (queue,))
        print('it is', queue.get())
        pool.terminate()
        pool.terminate()
        pool.join()
        print('terminated:', refused(lambda: pool.apply(square, (1,))))
        with Pool(2) as pool:
            pool.starmap(note, [(queue, n) for n in range(4)])
            print('a queue in tasks:', sorted(queue.get() for _ in range(4)))

    lists = Queue()
    process = Process(target=own_pool, args=(lists,))
    process.start()
    print('the pool of a child:', lists.get())
    process.join()
    for wrong in (lambda: Pool(0), lambda: Pool(-1), lambda: Pool(1, maxtasksperchild=0)):
        print('no such pool:', refused(wrong))
