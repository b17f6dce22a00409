from multiprocessing import Pipe, Process


def answer(connection, others):
    others.close()  # a forked child has a copy of both ends: with this one open, the end would never come
    while True:
        try:
            question = connection.recv()
        except EOFError:
            return
        connection.send(question * 2)


def say(connection, words):
    for word in words:
        connection.send(word)
    connection.close()


if __name__ == '__main__':
    ours, theirs = Pipe()
    process = Process(target=answer, args=(theirs, ours))
    process.start()
    theirs.close()
    ours.send(21)
    ours.send('ab')
    print('answers:', ours.recv(), ours.recv())
    print('more:', ours.poll(), ours.poll(0.05))
    ours.close()
    try:
        ours.send(1)
    except OSError:
        print('closed is closed')

    receiver, sender = Pipe(duplex=False)
    process = Process(target=say, args=(sender, ['one', 'two']))
    process.start()
    sender.close()
    print('heard:', receiver.recv(), receiver.recv())
    print('ready at the end:', receiver.poll(1))
    try:
        receiver.recv()
    except EOFError:
        print('the end')
    print('one way:', receiver.readable, receiver.writable)
    process.join()
