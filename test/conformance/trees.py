"""Processes that start processes: one queue for all of them, queues of siblings, and who waits for whom at the end."""
import os
from multiprocessing import Event, Process, Queue, active_children

from common.processes import settle


def finish(processes):
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def branch(path, depth, said):
    said.put(path)
    count = depth
    finish([Process(target=branch, args=('%s.%d' % (path, i), depth - 1, said)) for i in range(count)])
    said.put(path + ' ends')


def relay(ends):
    for item in iter(ends['in'].get, None):
        ends['out'][0].put(item + 1)
    ends['out'][0].put(None)


def own_queue(results):
    inner = Queue()
    before = len(active_children())
    finish([Process(target=put_pid, args=(inner,)) for _ in range(2)])
    pids = [inner.get() for _ in range(2)]
    results.put([before, len(set(pids)), [parent == os.getpid() for _, parent in pids], len(active_children())])


def put_pid(queue):
    queue.put((os.getpid(), os.getppid()))


def leave_behind(daemon, event, queue):
    process = Process(target=be_patient, args=(event, queue), daemon=daemon)
    process.start()
    queue.put(process.pid)
    queue.put('started')


def be_patient(event, queue):
    event.wait()
    queue.put('waited')


def is_alive(pid):
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False


if __name__ == '__main__':
    said = Queue()
    finish([Process(target=branch, args=('0', 2, said))])
    lines = [said.get() for _ in range(10)]
    print('in the tree:', sorted(lines))
    print('the inner ones end first:', all(lines.index(a + ' ends') > lines.index(b + ' ends')
                                          for a in lines for b in lines
                                          if 'ends' not in a + b and b.startswith(a + '.')))

    queues = [Queue() for _ in range(4)]
    ends = [{'in': queues[i], 'out': [queues[i + 1]]} for i in range(3)]
    siblings = [Process(target=relay, args=(each,)) for each in ends]
    for sibling in siblings:
        sibling.start()
    for item in [0, 10, 20, None]:
        queues[0].put(item)
    print('through three siblings:', [queues[3].get() for _ in range(4)])
    for sibling in siblings:
        sibling.join()

    results = Queue()
    finish([Process(target=own_queue, args=(results,))])
    print('a queue of a child:', results.get(), len(active_children()))

    event = Event()
    process = Process(target=leave_behind, args=(False, event, results))
    process.start()
    pid = results.get()
    print('a child that is no daemon:', results.get())
    process.join(0.2)
    print('is waited for:', process.is_alive(), is_alive(pid))
    event.set()
    process.join()
    print('to its end:', results.get(), process.exitcode)

    process = Process(target=leave_behind, args=(True, Event(), results))
    process.start()
    pid = results.get()
    print('a daemon:', results.get())
    process.join()
    settle(lambda: not is_alive(pid))
    print('ends with its parent:', process.exitcode, results.empty())
