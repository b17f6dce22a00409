"""How processes end, and how that is waited for: exit codes, signals, several at once, twice, too early, too late."""
import os
import signal
import sys
from multiprocessing import Event, Process, Queue, active_children, cpu_count, current_process
from multiprocessing.connection import wait


def leave(code):
    sys.exit(code)


def leave_at_once(code):
    os._exit(code)


def signal_self(number):
    os.kill(os.getpid(), number)
    Event().wait()


def wait_for(event):
    event.wait()


def change(items, values, queue):
    items.append('changed')
    values['changed'] = True
    queue.put([items, values])


def say_name(queue):
    queue.put([current_process().name, len(active_children())])


def put_and_leave(queue):
    for number in range(200):
        queue.put(number)


def finish(*processes):
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


def refused(call):
    try:
        call()
        return False
    except AssertionError:
        return True


if __name__ == '__main__':
    print('codes:', finish(*[Process(target=leave, args=(code,)) for code in (0, 7, 255)]))
    print('at once:', *finish(Process(target=leave_at_once, args=(5,))))
    names = ('SIGHUP', 'SIGKILL', 'SIGUSR2')
    numbers = [getattr(signal, name) for name in names]
    print('signals:', finish(*[Process(target=signal_self, args=(number,)) for number in numbers]))

    events = [Event() for _ in range(3)]
    processes = [Process(target=wait_for, args=(event,), name=name) for event, name in zip(events, 'abc')]
    print('not begun:', [process.is_alive() for process in processes], refused(processes[0].join), active_children())
    for process in processes:
        process.start()
    print('all run:', [process.exitcode for process in processes], sorted(each.name for each in active_children()))
    events[1].set()
    ended = wait([process.sentinel for process in processes])
    processes[1].join()
    print('the first to end:', ended == [processes[1].sentinel], [process.is_alive() for process in processes])
    processes[0].terminate()
    processes[0].terminate()
    processes[2].kill()
    for process in processes:
        process.join()
        process.join()
    print('codes:', [process.exitcode for process in processes], active_children())
    processes[0].terminate()
    processes[0].kill()
    print('too late:', processes[0].exitcode, refused(processes[0].start), len({process.pid for process in processes}))

    queue, items, values = Queue(), ['ours'], {'changed': False}
    finish(Process(target=change, args=(items, values, queue)))
    print('arguments are copies:', queue.get(), items, values)
    finish(Process(target=say_name, args=(queue,), name='a name of its own'))
    print('its name:', queue.get())
    process = Process(target=say_name, args=(queue,))
    process.start()
    print('a name is given:', queue.get()[0] == process.name)
    process.join()
    print('daemon or not:', process.daemon, Process(target=leave, daemon=True).daemon)
    left = Process(target=put_and_leave, args=(queue,))
    left.start()
    total = sum(queue.get() for _ in range(200))
    left.join()
    print('puts outlive the putter:', left.exitcode, total)
    print('processors:', cpu_count() >= 1)
