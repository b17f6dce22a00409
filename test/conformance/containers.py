"""A manager's dictionary, list and namespace, method by method, from several processes, and one inside the other."""
from multiprocessing import Lock, Manager, Process


def set_own(shared, items, name):
    for number in range(3):
        shared[name + str(number)] = number
        items.append(name)


def count(lock, values):
    for _ in range(4):
        with lock:
            values.count = values.count + 1
    with lock:
        values.names = values.names + ['x']


def fill(shared):
    shared['list'].append('from the child')
    shared['inner']['child'] = [1, {'deep': True}]
    shared['kept'].append('lost')


def missing(call):
    try:
        return call()
    except (KeyError, IndexError):
        return None


def finish(processes):
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def delete(shared, key):
    there = key in shared
    if there:
        del shared[key]
    return there


if __name__ == '__main__':
    with Manager() as manager:
        shared = manager.dict()
        print('empty:', len(shared), dict(shared), list(shared.keys()), shared.get('a'))
        shared['b'] = 2
        shared['a'] = None
        shared[1] = 'a number'
        shared['1'] = 'a text'
        shared['yes'] = True
        print('set:', dict(shared))
        shared['b'] = 'again'
        print('its place stays:', list(shared.keys()), len(shared))
        print('there:', 'a' in shared, shared['a'], 'c' in shared, missing(lambda: shared['c']))
        print('two keys:', shared[1], shared['1'])
        shared.update({'a': 'new', 'c': [3]})
        shared.update([('d', {'x': 1.5})])
        print('updated:', shared['a'], shared['c'], shared['d'], len(shared))
        print('default:', shared.setdefault('a', 'not taken'), shared.setdefault('e', []), shared['e'])
        print('popped:', shared.pop('c'), missing(lambda: shared.pop('c')), shared.get('c', 'a default'))
        print('deleted:', delete(shared, 'd'), delete(shared, 'd'))
        print('values:', list(shared.values()))
        print('items:', [list(item) for item in shared.items()])
        print('one by one:', [key for key in shared.keys()])
        copy = shared.copy()
        shared.clear()
        print('cleared:', dict(shared), len(copy))

        items = manager.list()
        print('an empty list:', len(items), list(items), missing(lambda: items[0]), missing(lambda: items.pop()))
        items.append('a')
        items.extend(['b', 'c', 'd'])
        print('grown:', list(items), len(items))
        print('at:', items[0], items[3], items[-1], items[-4], missing(lambda: items[4]), missing(lambda: items[-5]))
        items[1] = 'B'
        items[-1] = ['D']
        print('set:', list(items))
        try:
            items[9] = 'nowhere'
        except IndexError:
            print('no such place')
        items.insert(0, 'first')
        items.insert(-1, 'before the last')
        items.insert(99, 'the last')
        print('inserted:', list(items))
        print('popped:', items.pop(), items.pop(0), items.pop(1), items.pop(-1), list(items))
        print('a loop:', [item for item in items], 'a' in list(items), list(items)[0:2])
        items[:] = []
        print('cleared:', list(items))

        values = manager.Namespace()
        values.x, values.text = 10, 'hello'
        values.x = values.x + 1
        print('namespace:', values.x, values.text, getattr(values, 'y', None))
        del values.text
        print('deleted:', getattr(values, 'text', None))

        finish([Process(target=set_own, args=(shared, items, name)) for name in 'abc'])
        print('three processes:', sorted(shared.items()), sorted(items))
        values.count, values.names, lock = 0, [], Lock()
        finish([Process(target=count, args=(lock, values)) for _ in range(3)])
        print('counted:', values.count, values.names)

        outer = manager.dict()
        outer['list'], outer['inner'], outer['kept'] = manager.list(['ours']), manager.dict(), []
        finish([Process(target=fill, args=(outer,))])
        print('one in the other:', list(outer['list']), outer['inner']['child'], outer['kept'])
