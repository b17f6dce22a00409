# Failing tasks that nobody asks for. Python's pool says nothing about them.
from multiprocessing import Pool
from time import sleep


def work(n):
    sleep(0.7)
    if n == 2:
        raise ValueError('the second task does not feel well')  # swallowed: no line of it is ever printed
    if n == 4:
        return {}['not there']  # swallowed too
    # Tasks 5 and 7 exit and are killed in the other program. Here that would make join() wait for ever.
    print('task', n, 'is done', flush=True)
    return n


if __name__ == '__main__':
    pool = Pool(3)
    for n in range(1, 11):
        pool.apply_async(work, (n,))
    pool.close()
    pool.join()
    print('all is well, it seems', flush=True)
