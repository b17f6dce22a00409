# Two processes and a file: one appends, the other looks again and again for what is new.
import os
import tempfile
from multiprocessing import Process
from time import sleep


def writer(path):
    for i in range(1, 6):
        with open(path, 'a') as file:
            file.write('line %d\n' % i)
        print('wrote line', i, flush=True)
        sleep(1)
    with open(path, 'a') as file:
        file.write('end\n')


def reader(path):
    text = ''
    with open(path) as file:
        while not text.endswith('end\n'):
            news = file.read()  # goes on where it stopped
            text += news
            if news:
                print('read', repr(news), flush=True)
            else:
                sleep(0.25)  # a file cannot say that something came


if __name__ == '__main__':
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'lines.txt')
        open(path, 'w').close()
        processes = [Process(target=writer, args=(path,)), Process(target=reader, args=(path,))]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
