"""The documentation's workers: they take what is to be done from one queue and put results into another."""
from multiprocessing import Process, Queue, current_process

FUNCTIONS = {'mul': lambda a, b: a * b, 'plus': lambda a, b: a + b}


def worker(tasks, done):
    for name, args in iter(tasks.get, 'STOP'):
        done.put([current_process().name, '%s%s = %d' % (name, tuple(args), FUNCTIONS[name](*args))])
    done.put([current_process().name, 'stopped'])


if __name__ == '__main__':
    first = [['mul', [i, 7]] for i in range(20)]
    second = [['plus', [i, 8]] for i in range(10)]
    names = ['worker %d' % i for i in range(4)]

    tasks, done = Queue(), Queue()
    for task in first:
        tasks.put(task)
    workers = [Process(target=worker, args=(tasks, done), name=name) for name in names]
    for each in workers:
        each.start()
    said = [done.get() for _ in first]
    for task in second:
        tasks.put(task)
    said += [done.get() for _ in second]
    for _ in workers:
        tasks.put('STOP')
    stopped = [done.get() for _ in workers]

    for line in sorted(line for _, line in said):
        print(line)
    print('by the workers:', all(name in names for name, _ in said))
    print('stopped:', sorted(stopped))
    for each in workers:
        each.join()
    print('exit codes:', [each.exitcode for each in workers])
