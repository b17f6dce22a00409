"""What travels between processes comes out as it went in: by a queue, by a pipe, as an argument and result of a task."""
from array import array
from datetime import datetime, timezone
from math import copysign, isnan
from multiprocessing import Pipe, Pool, Process, Queue


def echo_queue(questions, answers):
    while True:
        answers.put(questions.get())


def echo_pipe(connection):
    while True:
        connection.send(connection.recv())


def same(value):
    return value


def cycle():
    items = [1]
    items.append(items)
    return items


def family():
    parent, child = {'name': 'parent'}, {'name': 'child'}
    parent['child'], child['parent'] = child, parent
    return parent


def error_with_cause():
    error = ValueError('outer')
    error.__cause__ = KeyError('inner')
    return error, error.__cause__  # pickle leaves the cause out, so it goes beside its error


def describe_all(back):
    part = [1]
    print('numbers:', back([0, -1, 0.1, -2.25, 9007199254740991, float('inf'), float('-inf')]))
    print('not a number:', isnan(back(float('nan'))), copysign(1, back([-0.0])[0]) == -1)
    print('big integers:', back(2 ** 64), back([-2 ** 200]))
    print('texts:', back(['', 'plain', 'zażółć gęślą jaźń', '日本語', '🐕🐈']), len(back('a\0b')), len(back('x' * 100000)))
    print('nothing and truth:', back([None, True, False]), back(None))
    print('bytes:', list(back(bytes([0, 1, 255]))), len(back(bytes(1000000))), isinstance(back(bytes(1)), bytes))
    print('arrays:', list(back(array('d', [1.5, -0.25]))), list(back(array('i', [-1, 2]))), list(back(array('Q', [2 ** 63]))))
    date = datetime(2024, 2, 29, 12, 30, 15, 250000, tzinfo=timezone.utc)
    print('a date:', back(date).isoformat(timespec='milliseconds').replace('+00:00', 'Z'), back([date])[0] == date)
    print('a dictionary:', back({'b': 1, 'a': {'c': [None]}}), back({1: 'one', 'two': 2, 'yes': True}))
    print('a set:', back({3, 1, 2}), back(set()) == set(), len(back([{'x'}, {'y', 'z'}])[1]))
    print('nested:', back({'pages': [{'urls': {'/a'}, 'sizes': {1: [2, 3]}}], 'empty': [[], {}]}))
    items = back(cycle())
    print('a cycle:', items[0], items[1] is items, items[1][1][0])
    parent = back(family())
    print('two that know each other:', parent['child']['name'], parent['child']['parent'] is parent)
    whole = back([part, part, [1]])
    print('one part in two places:', whole[0] is whole[1], whole[0] is whole[2], whole[0] is part)
    error, cause = back(error_with_cause())
    print('an error:', str(error), cause.args[0], isinstance(error, Exception), isinstance(cause, Exception))


if __name__ == '__main__':
    questions, answers = Queue(), Queue()
    Process(target=echo_queue, args=(questions, answers), daemon=True).start()

    def by_queue(value):
        questions.put(value)
        return answers.get()

    print('by queue')
    describe_all(by_queue)

    ours, theirs = Pipe()
    Process(target=echo_pipe, args=(theirs,), daemon=True).start()

    def by_pipe(value):
        ours.send(value)
        return ours.recv()

    print('by pipe')
    describe_all(by_pipe)

    with Pool(1) as pool:
        print('by pool')
        describe_all(lambda value: pool.apply(same, (value,)))
        print('many:', pool.map(same, [1.5, 'x', None, [2]], chunksize=4), pool.map(same, [0.5] * 3, chunksize=3))

    sent = [1]
    ours.send(sent)
    sent.append(2)
    print('a copy:', ours.recv(), sent)
