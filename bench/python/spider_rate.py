"""The spider, ten pages of 100 ms by three processes, as runs a second."""
from multiprocessing import Manager, Pool, Process
from time import perf_counter, sleep


def spider(queue, page):
    sleep(0.1)
    queue.put(page)


def insert_data(queue, count):
    for _ in range(count):
        queue.get()


if __name__ == '__main__':
    queue = Manager().Queue()
    start = perf_counter()
    insert = Process(target=insert_data, args=(queue, 10))
    insert.start()
    with Pool(3) as pool:
        for page in range(10):
            pool.apply_async(spider, (queue, page))
        pool.close()
        pool.join()
    insert.join()
    print(1 / (perf_counter() - start))
