# A pool of workers fetches pages and puts what they say in a queue; one process writes it to a database.
import sqlite3
import sys
from html.parser import HTMLParser
from multiprocessing import Manager, Pool, Process
from time import sleep
from urllib.request import urlopen


class Goods(HTMLParser):
    count = 0

    def handle_starttag(self, tag, attrs):
        if ('class', 'goods') in attrs:
            self.count += 1


def spider(queue, page, url):
    print('fetching page %d' % page, flush=True)
    goods = Goods()
    goods.feed(urlopen(url.replace('{n}', str(page)), timeout=10).read().decode())
    print('page %d: %d goods' % (page, goods.count), flush=True)
    queue.put((page, goods.count))


def insert_data(queue):
    database = sqlite3.connect('shop.sqlite')
    database.execute('DROP TABLE IF EXISTS pages')
    database.execute('CREATE TABLE pages (page INTEGER PRIMARY KEY, goods INTEGER)')
    while (row := queue.get()) is not None:
        database.execute('INSERT INTO pages VALUES (?, ?)', row)
        database.commit()
        sleep(0.9)  # a database far away
        print('inserted page %d' % row[0], flush=True)
    database.close()


if __name__ == '__main__':
    url = sys.argv[1]  # such as http://127.0.0.1:8000/page/{n}
    # A plain multiprocessing.Queue cannot be an argument of a pool task; a manager's can, at the cost of one more process.
    queue = Manager().Queue(6)
    insert = Process(target=insert_data, args=(queue,))
    insert.start()

    pool = Pool(3)
    for page in range(1, 11):
        pool.apply_async(spider, (queue, page, url))  # an exception in it is never seen
    pool.close()
    pool.join()

    queue.put(None)  # no more pages
    insert.join()
