"""What is told of tasks, whichever pool they are of. Each is `<job>.<part>`; that somebody has seen the error of one part is true of the whole job."""

from _weakref import ref

from . import waits
from .cells import POOL, Cell
from .region import add, now, number_of, tell
from .words import error_of, line, quote

SUBMITTED, STARTED, DONE, FAILED = 1, 2, 3, 4

# Pools of threads by the id of the queue that their workers have, which can keep no attribute; each with what takes it out when that queue is gone.
_by_queue = {}


def pool_of(queue, kind, notices_deaths):
    """@returns the cell of the pool of processes whose tasks come by this queue: known by its pipe's inode, the same in each"""
    cell = queue.__dict__.get('_forkscope_pool')
    if cell is None:
        end = queue._reader
        inode = inode_of(queue._writer if end.closed else end)
        cell = queue._forkscope_pool = Cell(POOL, 'p%d' % inode, kind=kind, noticesDeaths=notices_deaths)
    return cell


def inode_of(connection):
    from os import fstat

    return fstat(connection.fileno()).st_ino


def pool_of_threads(queue):
    found = _by_queue.get(id(queue))
    return found[0] if found else None


def begin_pool_of_threads(queue, cell):
    key = id(queue)
    _by_queue[key] = (cell, ref(queue, lambda _: _by_queue.pop(key, None)))


def submitted(cell, task, name, count=None, at_ns=None):
    add(cell.at + SUBMITTED)
    more = '' if count is None or count == 1 else ',"count":%d' % count
    text = '{"t":%d,"e":"task.submitted","pool":"%s","task":"%s","name":%s%s}\n'
    tell((text % ((at_ns or now()) // 1_000, cell.id, task, quote(name), more)).encode('ascii'))


def started(cell, task, name, tid):
    add(cell.at + STARTED)
    text = '{"t":%d,"e":"task.started","pool":"%s","task":"%s","name":%s,"tid":%d}\n'
    tell((text % (now() // 1_000, cell.id, task, quote(name), tid)).encode('ascii'))


def done(cell, task):
    add(cell.at + DONE)
    tell(('{"t":%d,"e":"task.done","pool":"%s","task":"%s"}\n' % (now() // 1_000, cell.id, task)).encode('ascii'))


def failed(cell, task, error):
    add(cell.at + FAILED)
    tell(line('task.failed', now(), pool=cell.id, task=task, error=error_of(error)))


def observed(cell, task):
    tell(('{"t":%d,"e":"task.observed","pool":"%s","task":"%s"}\n' % (now() // 1_000, cell.id, task)).encode('ascii'))


def pool_state(cell, state):
    tell(line('pool.state', now(), pool=cell.id, state=state))


class Tasks:
    """What a worker gets its tasks from, in the place of the pool's queue: it waits for one, and `begin` says what to tell of it."""

    def __init__(self, queue, cell, begin):
        self.queue, self.cell, self.begin = queue, cell, begin
        self.task = None

    def __getattr__(self, name):
        return getattr(self.queue, name)

    def get(self, *args, **kwargs):
        at = waits.enter(waits.TASK, number_of(self.cell.at))
        try:
            task = self.queue.get(*args, **kwargs)
        finally:
            waits.leave(at)
        self.task = self.begin(task)
        return task
