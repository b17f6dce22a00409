from multiprocessing import Manager, Process


def change(shared, items, values):
    shared['from the child'] = [1, 2]
    shared[3] = 'three'
    items.append('last')
    items[0] = 'first'
    values.x = values.x + 1


if __name__ == '__main__':
    with Manager() as manager:
        shared, items, values = manager.dict(), manager.list(), manager.Namespace()
        shared['a'] = 1
        items.extend(['zero', 'one'])
        values.x = 41
        process = Process(target=change, args=(shared, items, values))
        process.start()
        process.join()
        print('dict:', shared['a'], shared['from the child'], shared[3], len(shared))
        print('list:', *items, len(items), items[-1])
        print('namespace:', values.x)
        print('missing:', shared.get('nothing') is None, 'nothing' in shared)
        print('default:', shared.setdefault('b', 2), shared.setdefault('b', 9))
        print('popped:', shared.pop('a'), 'a' in shared, items.pop(), items.pop(0), len(items))
        inner = shared['from the child']
        inner.append(3)
        print('a copy:', len(shared['from the child']))
