"""Events: many wait for one, flags go up and down, and an answer comes back."""
from multiprocessing import Event, Manager, Process

from common.processes import join_all, settle, start_all


def wait_for(event, said, number):
    said.append(number)
    event.wait()
    said.append(number)


def answer(question, reply):
    question.wait()
    question.clear()
    reply.set()


if __name__ == '__main__':
    manager = Manager()
    event, heard = Event(), manager.list()
    waiters = start_all([Process(target=wait_for, args=(event, heard, i)) for i in range(3)])
    settle(lambda: len(heard) == 3)
    print('before:', sorted(heard), event.is_set(), event.wait(0.05))
    event.set()
    join_all(waiters)
    print('after:', sorted(list(heard)[3:]), event.is_set(), event.wait(), event.wait(0.05))
    event.set()
    event.clear()
    event.clear()
    print('cleared:', event.is_set(), event.wait(0))

    question, reply = Event(), Event()
    answering = Process(target=answer, args=(question, reply))
    answering.start()
    question.set()
    print('answered:', reply.wait(), question.is_set())
    answering.join()
