"""`multiprocessing.pool`: tasks from their submission to whoever takes their result, and which worker has which.

A pool is known by the inode of the pipe that its tasks come by; a pool of threads by a name of ours. A task is `<job>.<number of the part>`.
"""

from os import fstat

from . import waits
from .cells import NO_CELL, POOL, Cell, new_id
from .hooks import parameters_of, passed_on, require
from .region import add, now, number_of, state, tell
from .waits import slot_here
from .words import call_in_words, error_of, line, quote

SUBMITTED, STARTED, DONE, FAILED = 1, 2, 3, 4
_MAPPERS = ('mapstar', 'starmapstar')

# Pools of threads by the id of the queue that their workers have: such a queue can keep no attribute.
_by_queue = {}


def set_hooks(group, module):
    pool_class, result_class, iterator_class = module.Pool, module.ApplyResult, module.IMapIterator
    require(
        (parameters_of(module.worker)[:2], ('inqueue', 'outqueue')),
        (parameters_of(pool_class._guarded_task_generation), ('self', 'result_job', 'func', 'iterable')),
        (parameters_of(pool_class.apply_async)[:4], ('self', 'func', 'args', 'kwds')),
    )

    def make_worker(original):
        def worker(*args, **kwargs):
            try:
                args = _stand_in(args[0], args[1]) + args[2:]
            except Exception as error:
                group.failed(error)
            return original(*args, **kwargs)

        return worker

    def make_setup_queues(original):
        def _setup_queues(self):
            original(self)
            try:
                queue = self._inqueue
                if not hasattr(queue, '_reader'):
                    _by_queue[id(queue)] = Cell(POOL, new_id('t'), kind='ThreadPool', noticesDeaths=False)
            except Exception as error:
                group.failed(error)

        return _setup_queues

    def make_init(original):
        def __init__(self, *args, **kwargs):
            slot = slot_here()
            slot.quiet += 1
            try:
                original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                slot.quiet -= 1
            try:
                cell = self._forkscope = cell_of(self._inqueue)
                cell.fields['size'] = self._processes
                cell.view = None
                cell.place()
            except Exception as error:
                group.failed(error)

        return __init__

    def pool_cell(pool):
        cell = pool.__dict__.get('_forkscope') or cell_of(pool._inqueue)
        cell.place()
        return cell

    def make_generation(original):
        def _guarded_task_generation(self, result_job, func, iterable):
            for task in original(self, result_job, func, iterable):
                try:
                    tell_submitted(pool_cell(self), '%d.%d' % (task[0], task[1]), task[2], task[3])
                except Exception as error:
                    group.failed(error)
                yield task

        return _guarded_task_generation

    def make_apply(original):
        def apply_async(self, *args, **kwargs):
            at_ns = now()
            try:
                result = original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            try:
                func = args[0] if args else kwargs.get('func')
                of = args[1] if len(args) > 1 else kwargs.get('args', ())
                tell_submitted(pool_cell(self), '%d.0' % result._job, func, of, at_ns)
            except Exception as error:
                group.failed(error)
            return result

        return apply_async

    def make_result_wait(is_get):
        def make(original):
            def wait(self, *args, **kwargs):
                at, pool = 0, self.__dict__.get('_pool')
                try:
                    if pool is not None and not self._event._flag:
                        at = waits.enter(waits.RESULT, self._job, args[0] if args else kwargs.get('timeout'), number_of(pool_cell(pool).at))
                except Exception as error:
                    group.failed(error)
                try:
                    return original(self, *args, **kwargs)
                except BaseException as error:
                    passed_on(error)
                    raise
                finally:
                    waits.leave(at)

            return wait

        return make

    def make_next(original):
        def next(self, *args, **kwargs):
            at, pool = 0, self.__dict__.get('_pool')
            try:
                if pool is not None and not self._items:
                    at = waits.enter(waits.RESULT, self._job, args[0] if args else kwargs.get('timeout'), number_of(pool_cell(pool).at))
            except Exception as error:
                group.failed(error)
            try:
                return original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                waits.leave(at)

        return next

    def make_join(original):
        def join(self):
            at = waits.enter(waits.JOIN_POOL, number_of(pool_cell(self).at))
            try:
                original(self)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                waits.leave(at)
            tell_state(self, 'ended')

        return join

    def make_end(what):
        def make(original):
            def end(self):
                original(self)
                tell_state(self, what)

            return end

        return make

    def tell_state(pool, what):
        try:
            tell(line('pool.state', now(), pool=pool_cell(pool).id, state=what))
        except Exception as error:
            group.failed(error)

    group.replace(module, 'worker', make_worker)
    group.replace(pool_class, '_setup_queues', make_setup_queues)
    group.replace(module.ThreadPool, '_setup_queues', make_setup_queues)
    group.replace(pool_class, '__init__', make_init)
    group.replace(pool_class, '_guarded_task_generation', make_generation)
    group.replace(pool_class, 'apply_async', make_apply)
    group.replace(result_class, 'get', make_result_wait(True))
    group.replace(result_class, 'wait', make_result_wait(False))
    group.put(iterator_class, '__next__', group.replace(iterator_class, 'next', make_next))
    group.replace(pool_class, 'join', make_join)
    group.replace(pool_class, 'close', make_end('closed'))
    group.replace(pool_class, 'terminate', make_end('terminated'))


def cell_of(queue):
    """@returns the cell of the pool whose tasks come by this queue"""
    cell = _by_queue.get(id(queue))
    if cell is not None:
        return cell
    cell = queue.__dict__.get('_forkscope_pool')
    if cell is None:
        end = queue._reader
        inode = fstat(queue._writer.fileno() if end.closed else end.fileno()).st_ino
        cell = queue._forkscope_pool = Cell(POOL, 'p%d' % inode, kind='Pool', noticesDeaths=False)
    return cell


def task_in_words(func, args):
    """@returns a task's name, and how many calls it is if it is a part of `map`"""
    if getattr(func, '__name__', None) in _MAPPERS and func.__module__ == 'multiprocessing.pool':
        inner, batch = args[0]
        count = len(batch)
        first = batch[0] if count else ()
        return call_in_words(inner, first if func.__name__ == 'starmapstar' else (first,)), count
    return call_in_words(func, args), None


def tell_submitted(cell, task, func, args, at_ns=None):
    name, count = task_in_words(func, args)
    more = '' if count is None or count == 1 else ',"count":%d' % count
    text = '{"t":%d,"e":"task.submitted","pool":"%s","task":"%s","name":%s%s}\n' % ((at_ns or now()) // 1_000, cell.id, task, quote(name), more)
    add(cell.at + SUBMITTED)
    tell(text.encode('ascii'))


def _stand_in(inqueue, outqueue):
    cell = cell_of(inqueue)
    cell.place()
    tasks = _Tasks(inqueue, cell)
    in_process = hasattr(inqueue, '_reader')
    if in_process:
        inqueue._forkscope = outqueue._forkscope = NO_CELL
    tell(line('worker', now(), pool=cell.id, tid=None if in_process else slot_here().tid))
    return tasks, _Results(outqueue, tasks)


class _Tasks:
    """What a worker gets its tasks from, in the place of the pool's queue."""

    def __init__(self, queue, cell):
        self.queue, self.cell, self.task, self.tid = queue, cell, None, slot_here().tid

    def __getattr__(self, name):
        return getattr(self.queue, name)

    def get(self):
        cell = self.cell
        at = waits.enter(waits.TASK, number_of(cell.at))
        try:
            task = self.queue.get()
        finally:
            waits.leave(at)
        if task is not None:
            key = self.task = '%d.%d' % (task[0], task[1])
            name, count = task_in_words(task[2], task[3])
            add(cell.at + STARTED)
            tell(('{"t":%d,"e":"task.started","pool":"%s","task":"%s","name":%s,"tid":%d}\n' % (now() // 1_000, cell.id, key, quote(name), self.tid)).encode('ascii'))
        return task


class _Results:
    """What a worker puts its results into, in the place of the pool's queue."""

    def __init__(self, queue, tasks):
        self.queue, self.tasks = queue, tasks

    def __getattr__(self, name):
        return getattr(self.queue, name)

    def put(self, result):
        cell, task = self.tasks.cell, self.tasks.task
        if task is not None:
            self.tasks.task = None
            has_worked, value = result[2]
            if has_worked:
                add(cell.at + DONE)
                tell(('{"t":%d,"e":"task.done","pool":"%s","task":"%s"}\n' % (now() // 1_000, cell.id, task)).encode('ascii'))
            else:
                add(cell.at + FAILED)
                tell(line('task.failed', now(), pool=cell.id, task=task, error=error_of(value)))
        self.queue.put(result)
