"""A queue of which one can wait until all that was put in it is done, with several workers, and work that makes more work."""
from multiprocessing import Event, JoinableQueue, Process, Queue, SimpleQueue
from queue import Empty, Full


def square(work, results):
    for item in iter(work.get, None):
        results.put(item * item)
        work.task_done()
    work.task_done()


def split(work, leaves):
    while True:
        item = work.get()
        if item > 1:
            work.put(item // 2)
            work.put(item - item // 2)
        else:
            leaves.put(item)
        work.task_done()


def do_one(work, taken, event):
    work.get()
    taken.put('taken')
    event.wait()
    work.task_done()


def join(work, said):
    work.join()
    said.put('joined')


if __name__ == '__main__':
    work, results = JoinableQueue(), SimpleQueue()
    work.join()
    print('nothing to wait for')
    workers = [Process(target=square, args=(work, results)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for item in range(12):
        work.put(item)
    work.join()
    print('squares:', sorted(results.get() for _ in range(12)))
    for _ in workers:
        work.put(None)
    work.join()
    for worker in workers:
        worker.join()
    print('all stopped:', [worker.exitcode for worker in workers], results.empty())

    tree, leaves = JoinableQueue(), Queue()
    splitters = [Process(target=split, args=(tree, leaves), daemon=True) for _ in range(2)]
    for splitter in splitters:
        splitter.start()
    tree.put(10)
    tree.join()
    print('leaves:', [leaves.get() for _ in range(10)], tree.empty())

    slow, taken, said, event = JoinableQueue(1), Queue(), Queue(), Event()
    slow.put('a')
    doer = Process(target=do_one, args=(slow, taken, event))
    joiner = Process(target=join, args=(slow, said))
    doer.start()
    joiner.start()
    print('it is', taken.get())
    try:
        said.get(timeout=0.2)
    except Empty:
        print('but not done:', joiner.is_alive())
    event.set()
    print('now:', said.get())
    doer.join()
    joiner.join()

    slow.put('b')
    try:
        slow.put('c', block=False)
    except Full:
        print('bounded')
    print('got:', slow.get())
    slow.task_done()
    slow.join()
    try:
        slow.task_done()
    except ValueError:
        print('done once too often')
    slow.put('d')
    print('goes on:', slow.get())
    slow.task_done()
    slow.join()
    print('the end')
