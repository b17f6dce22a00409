import os
import sys
from multiprocessing import Process, active_children, current_process, parent_process
from multiprocessing import Queue
from time import sleep


def nothing():
    pass


def leave(code):
    sys.exit(code)


def fail():
    sys.stderr = open(os.devnull, 'w')
    raise ValueError('no')


def stay():
    sleep(60)


def tell(queue):
    queue.put(current_process().name)
    queue.put(os.getpid())
    inner = Process(target=tell_depth, args=(queue,))
    inner.start()
    inner.join()


def tell_depth(queue):
    queue.put('a grandchild')


def finish(process):
    process.start()
    process.join()
    return process.exitcode


if __name__ == '__main__':
    fresh = Process(target=nothing)
    print('before the start:', fresh.pid, fresh.exitcode, fresh.is_alive())
    print('exit codes:', finish(fresh), finish(Process(target=leave, args=(3,))), finish(Process(target=fail)))
    staying = Process(target=stay)
    staying.start()
    print('alive:', staying.is_alive(), staying.exitcode, staying.join(0.05), len(active_children()))
    staying.terminate()
    staying.join()
    print('terminated:', staying.exitcode, staying.is_alive(), len(active_children()))
    killed = Process(target=stay)
    killed.start()
    killed.kill()
    killed.join()
    print('killed:', killed.exitcode)
    queue = Queue()
    named = Process(target=tell, args=(queue,), name='somebody')
    named.start()
    print('name and pid:', queue.get(), queue.get() == named.pid, queue.get())
    named.join()
    print('we are:', current_process().name == 'MainProcess')
    try:
        named.start()
    except AssertionError:
        print('a process starts once')
    daemon = Process(target=stay, daemon=True)
    daemon.start()
    print('daemon:', daemon.daemon)
