"""What tasks throw is thrown where their results are asked for, and what cannot travel is refused; the pool goes on."""
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Pipe, Pool, Process, Queue
from threading import Lock


class Refused(Exception):
    pass


def refuse(word):
    raise Refused('refused: ' + word)


def refuse_because(word):
    try:
        refuse(word)
    except Refused as error:
        raise LookupError('not found') from error


def refuse_two(n):
    if n == 2:
        raise Refused('two')
    return n


def deep(n):
    if n == 0:
        raise Refused('at the bottom')
    return deep(n - 1)


def refuse_with_code():
    error = Refused('coded')
    error.code = 'ENOENT'
    error.detail = {'line': 3, 'words': ['a', 'b']}
    raise error


def give_back(value):
    return value


def unsendable():
    return Lock()


def nothing():
    raise Refused()


def put_error(queue):
    try:
        refuse('here')
    except Refused as error:
        queue.put(error)


def fail_quietly(word):
    sys.stderr = open(os.devnull, 'w')
    refuse(word)


def thrown(call):
    try:
        call()
    except Exception as error:
        return error


def told(error):
    return [type(error).__name__, str(error)]


def refused(call):
    try:
        call()
        return False
    except Exception:
        return True


if __name__ == '__main__':
    with Pool(2) as pool:
        error = thrown(lambda: pool.apply(refuse, ('apply',)))
        print('apply:', told(error), 'where it was:', 'in refuse' in str(error.__cause__))
        print('apply_async:', told(thrown(pool.apply_async(refuse, ('later',)).get)))
        print('map:', told(thrown(lambda: pool.map(refuse_two, range(4)))))
        print('starmap:', told(thrown(lambda: pool.starmap(refuse, [('star',)]))))
        print('imap:', told(thrown(lambda: list(pool.imap(refuse_two, range(4))))))
        print('imap_unordered:', told(thrown(lambda: list(pool.imap_unordered(refuse_two, [2])))))
        print('from below:', told(thrown(lambda: pool.apply(deep, (5,)))))
        print('without a word:', told(thrown(lambda: pool.apply(nothing))))
        error = thrown(lambda: pool.apply(refuse_because, ('the cause',)))
        print('with a cause:', str(error), 'refused: the cause' in str(error.__cause__))
        error = thrown(lambda: pool.apply(refuse_with_code))
        print('with properties:', error.code, error.detail)
        print('many words:', len(str(thrown(lambda: pool.apply(refuse, ('x' * 10000,))))))
        print('a text with lines:', str(thrown(lambda: pool.apply(refuse, ('a\nb',)))).split('\n'))
        print('an error that is no failure:', told(pool.apply(give_back, (Refused('a result'),)))[1])
        results = [pool.apply_async(refuse_two, (n,)) for n in range(4)]
        print('the others:', [str(thrown(result.get)) if n == 2 else result.get() for n, result in enumerate(results)])

        print('an argument that cannot be sent:', refused(lambda: pool.apply(give_back, (Lock(),))))
        print('one of many:', refused(lambda: pool.map(give_back, [1, Lock()])))
        print('a result that cannot be sent:', refused(lambda: pool.apply(unsendable)))
        print('and the pool goes on:', pool.map(give_back, ['a', 'b']))

    with ProcessPoolExecutor(1) as executor:
        future = executor.submit(refuse, 'submit')
        print('future:', told(future.exception()), told(thrown(future.result)), future.done())
        print('executor map:', told(thrown(lambda: list(executor.map(refuse_two, range(4))))))
        print('and the executor goes on:', executor.submit(give_back, 1).result())

    queue = Queue()
    process = Process(target=put_error, args=(queue,))
    process.start()
    print('by queue:', str(queue.get()))
    process.join()
    process = Process(target=fail_quietly, args=('alone',))
    process.start()
    process.join()
    print('a process:', process.exitcode)
    ours, theirs = Pipe()
    print('a pipe:', refused(lambda: ours.send(Lock())), theirs.poll())
    ours.send('fine')
    print('is as it was:', theirs.recv())
