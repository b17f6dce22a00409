"""How many items a second go through a Queue between two processes. Arguments: how (one, list, manager, bytes), count, bytes of each (0: numbers)."""
import sys
from multiprocessing import Manager, Process, Queue
from time import perf_counter

BATCH = 256


HEAD = 16
KINDS = 16


def texts_of(size):
    """Texts that begin with their number. They are made before, and each is put again and again: what making one costs is not
    the queue's."""
    return [str(i).rjust(HEAD, '0') + 'x' * max(0, size - HEAD) for i in range(KINDS)] if size else None


def item(i, texts):
    return texts[i % KINDS] if texts else i


END = 16


def is_text(value, i, texts):
    """Number, length and end; of one in seventeen all of it. As ours is checked."""
    text = texts[i % KINDS]
    if i % (KINDS + 1) == 0:
        return value == text
    return len(value) == len(text) and value.startswith(text[:HEAD]) and value.endswith(text[-END:])


def is_bytes_item(value, i, body):
    return value[:4] == i.to_bytes(4, 'big') and value.endswith(body)


def produce(queue, how, count, size):
    texts = texts_of(size)
    if how == 'bytes':
        body = bytes([7]) * (size - 4)
        for i in range(count):
            queue.put(i.to_bytes(4, 'big') + body)
    elif how == 'list':
        for i in range(0, count, BATCH):
            queue.put([item(j, texts) for j in range(i, min(count, i + BATCH))])
    else:
        for i in range(count):
            queue.put(item(i, texts))


if __name__ == '__main__':
    how, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    texts = texts_of(size)
    body = bytes([7]) * (size - 4)
    queue = Manager().Queue() if how == 'manager' else Queue()
    process = Process(target=produce, args=(queue, how, count, size))
    process.start()
    got, start = 0, None
    while got < count:
        value = queue.get()
        if how == 'list':
            for one in value:
                assert one == item(got, texts)
                got += 1
        else:
            if how == 'bytes':
                assert is_bytes_item(value, got, body)
            else:
                assert is_text(value, got, texts) if texts else value == got
            got += 1
        if start is None:
            start, first = perf_counter(), got
    print((count - first) / (perf_counter() - start))
    process.join()
