"""Pipes: both ways at once, in order, large, several at once, handed on, and their end from either side."""
from multiprocessing import Pipe, Process
from multiprocessing.connection import wait


def count_to(connection, limit):
    for number in range(limit):
        connection.send(number)
    connection.close()


def echo(connection):
    try:
        while True:
            connection.send(connection.recv())
    except EOFError:
        connection.close()


def hand_over(connection):
    inner = connection.recv()
    inner.send('by the one that was handed over')
    inner.close()
    connection.send('done')


def start(target, *args):
    process = Process(target=target, args=args)
    process.start()
    return process


def raised(call):
    try:
        call()
    except (EOFError, OSError) as error:
        return isinstance(error, EOFError) or 'error'


if __name__ == '__main__':
    ours, theirs = Pipe()
    process = start(echo, theirs)
    for number in range(5):
        ours.send([number, 'x' * number])
    print('in order:', [ours.recv() for _ in range(5)])
    large = 'y' * 3000000
    ours.send(large)
    print('large:', len(ours.recv()), ours.poll())
    ours.send('there')
    print('within its time:', ours.poll(30), ours.poll(0), ours.recv(), ours.poll(0.02))
    print('both ways:', ours.readable, ours.writable)
    process.terminate()
    process.join()

    readers, processes = [], []
    for limit in range(1, 4):
        reader, writer = Pipe(duplex=False)
        processes.append(start(count_to, writer, limit))
        writer.close()
        readers.append(reader)
    seen = []
    while readers:
        for reader in wait(readers):
            try:
                seen.append(reader.recv())
            except EOFError:
                readers.remove(reader)
    print('from several:', sorted(seen))
    for process in processes:
        process.join()

    receiver, sender = Pipe(duplex=False)
    print('one way:', [receiver.readable, receiver.writable], [sender.readable, sender.writable])
    print('the wrong way:', raised(lambda: receiver.send(1)), raised(sender.recv))
    sender.send('before the end')
    sender.close()
    print('what was sent comes first:', receiver.poll(), receiver.recv(), receiver.poll(), raised(receiver.recv))
    print('again the end:', raised(receiver.recv))
    receiver.close()
    receiver.close()
    print('closed:', raised(receiver.recv), raised(sender.close))

    left, right = Pipe()
    right.close()
    print('nobody receives:', raised(lambda: left.send(1)) is not None, left.poll())
    here, there = Pipe()
    inner, outer = Pipe()
    process = start(hand_over, there)
    here.send(outer)
    print('handed over:', inner.recv(), here.recv())
    process.join()
    print('its end:', process.exitcode)
