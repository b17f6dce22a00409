"""How many items a second go through a Queue between two processes. Arguments: how (one, list, manager, bytes), count, bytes of each (0: numbers)."""
import sys
from multiprocessing import Manager, Process, Queue
from time import perf_counter

BATCH = 256


HEAD = 16


def item(i, body):
    return str(i).rjust(HEAD, '0') + body if body else i


def is_item(value, i, body):
    if not body:
        return value == i
    return len(value) == HEAD + len(body) and value.startswith(str(i).rjust(HEAD, '0')) and value.endswith(body)


def is_bytes_item(value, i, size):
    return value[:4] == i.to_bytes(4, 'big') and value.endswith(bytes([7]) * (size - 4))


def produce(queue, how, count, size):
    body = 'x' * max(0, size - HEAD)
    if how == 'bytes':
        for i in range(count):
            queue.put(i.to_bytes(4, 'big') + bytes([7]) * (size - 4))
    elif how == 'list':
        for i in range(0, count, BATCH):
            queue.put([item(j, body) for j in range(i, min(count, i + BATCH))])
    else:
        for i in range(count):
            queue.put(item(i, body))


if __name__ == '__main__':
    how, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    body = 'x' * max(0, size - HEAD)
    queue = Manager().Queue() if how == 'manager' else Queue()
    process = Process(target=produce, args=(queue, how, count, size))
    process.start()
    got, start = 0, None
    while got < count:
        value = queue.get()
        for one in value if how == 'list' else [value]:
            assert is_bytes_item(one, got, size) if how == 'bytes' else is_item(one, got, body)
            got += 1
        if start is None:
            start, first = perf_counter(), got
    print((count - first) / (perf_counter() - start))
    process.join()
