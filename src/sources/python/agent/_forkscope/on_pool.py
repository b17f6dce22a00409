"""`multiprocessing.pool`: tasks from their submission to whoever takes their result, and which worker has which.

A pool is known by the inode of the pipe that its tasks come by; a pool of threads by a name of ours. A task is `<job>.<number of the part>`.
"""

from . import tasks, waits
from .cells import NO_CELL, POOL, Cell, new_id
from .hooks import parameters_of, passed_on, require, unhooked
from .region import now, number_of, tell
from .waits import slot_here
from .words import call_in_words, line

_MAPPERS = ('mapstar', 'starmapstar')


def set_hooks(group, module):
    pool_class, result_class, iterator_class = module.Pool, module.ApplyResult, module.IMapIterator
    require(
        (parameters_of(module.worker)[:2], ('inqueue', 'outqueue')),
        (parameters_of(pool_class._guarded_task_generation), ('self', 'result_job', 'func', 'iterable')),
        (parameters_of(pool_class.apply_async)[:4], ('self', 'func', 'args', 'kwds')),
        (parameters_of(result_class.get), ('self', 'timeout')),
        (parameters_of(iterator_class.next), ('self', 'timeout')),
    )

    def make_worker(original):
        def worker(*args, **kwargs):
            try:
                args = _stand_in(group, args[0], args[1]) + args[2:]
            except Exception as error:
                group.failed(error)
            return original(*args, **kwargs)

        return worker

    def make_setup_queues(original):
        def _setup_queues(self):
            original(self)
            try:
                if hasattr(self._inqueue, '_reader'):
                    self._quick_put = unhooked(self._quick_put)
                    self._quick_get = unhooked(self._quick_get)
                else:
                    cell = Cell(POOL, new_id('t'), kind='ThreadPool', noticesDeaths=False)
                    tasks.begin_pool_of_threads(self._inqueue, cell)
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
                cell = self._forkscope = _cell_of(self._inqueue)
                cell.place()
                cell.describe(size=self._processes)
            except Exception as error:
                group.failed(error)

        return __init__

    def make_generation(original):
        def _guarded_task_generation(self, result_job, func, iterable):
            for task in original(self, result_job, func, iterable):
                try:
                    name, count = _task_in_words(task[2], task[3])
                    tasks.submitted(_cell_of_pool(self), '%d.%d' % (task[0], task[1]), name, count)
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
                name, _ = _task_in_words(func, of)
                tasks.submitted(_cell_of_pool(self), '%d.0' % result._job, name, None, at_ns)
            except Exception as error:
                group.failed(error)
            return result

        return apply_async

    def make_result_init(original):
        """A result forgets its pool once it is there; whose it was is told when somebody sees its error."""

        def __init__(self, *args, **kwargs):
            original(self, *args, **kwargs)
            try:
                self._forkscope = _cell_of_pool(args[0])
            except Exception as error:
                group.failed(error)

        return __init__

    def enter(result, args, kwargs):
        cell = result.__dict__.get('_forkscope')
        if cell is None or result._pool is None:
            return 0
        cell.place()
        return waits.enter(waits.RESULT, result._job, args[0] if args else kwargs.get('timeout'), number_of(cell.at))

    def make_get(original):
        """For `get` and `next`: an error that is raised here is seen by whoever asked for the result."""

        def get(self, *args, **kwargs):
            at = enter(self, args, kwargs)
            try:
                result = original(self, *args, **kwargs)
            except BaseException as error:
                waits.leave(at)
                cell = self.__dict__.get('_forkscope')
                if cell is not None and type(error) not in (StopIteration, module.TimeoutError):
                    tasks.observed(cell, '%d.0' % self._job)
                passed_on(error)
                raise
            waits.leave(at)
            return result

        return get

    def make_wait(original):
        def wait(self, *args, **kwargs):
            at = enter(self, args, kwargs)
            try:
                return original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                waits.leave(at)

        return wait

    def make_join(original):
        def join(self):
            at = waits.enter(waits.JOIN_POOL, number_of(_cell_of_pool(self).at))
            try:
                original(self)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                waits.leave(at)
            tasks.pool_state(_cell_of_pool(self), 'ended')

        return join

    def make_end(what):
        def make(original):
            def end(self):
                original(self)
                tasks.pool_state(_cell_of_pool(self), what)

            return end

        return make

    group.replace(module, 'worker', make_worker)
    group.replace(pool_class, '_setup_queues', make_setup_queues)
    group.replace(module.ThreadPool, '_setup_queues', make_setup_queues)
    group.replace(pool_class, '__init__', make_init)
    group.replace(pool_class, '_guarded_task_generation', make_generation)
    group.replace(pool_class, 'apply_async', make_apply)
    group.replace(result_class, '__init__', make_result_init)
    group.replace(iterator_class, '__init__', make_result_init)
    group.replace(result_class, 'get', make_get)
    group.replace(result_class, 'wait', make_wait)
    group.put(iterator_class, '__next__', group.replace(iterator_class, 'next', make_get))
    group.replace(pool_class, 'join', make_join)
    group.replace(pool_class, 'close', make_end('closed'))
    group.replace(pool_class, 'terminate', make_end('terminated'))


def _cell_of(queue):
    """@returns the cell of the pool whose tasks come by this queue"""
    return tasks.pool_of_threads(queue) or tasks.pool_of(queue, 'Pool', False)


def _cell_of_pool(pool):
    cell = pool.__dict__.get('_forkscope') or _cell_of(pool._inqueue)
    cell.place()
    return cell


def _task_in_words(func, args):
    """@returns a task's name, and how many calls it is if it is a part of `map`"""
    if type(func) is type(_task_in_words) and func.__name__ in _MAPPERS and func.__module__ == 'multiprocessing.pool':
        inner, batch = args[0]
        first = batch[0] if batch else ()
        return call_in_words(inner, first if func.__name__ == 'starmapstar' else (first,)), len(batch)
    return call_in_words(func, args), None


def _stand_in(group, inqueue, outqueue):
    """@returns what a worker shall have for the two queues"""
    cell = _cell_of(inqueue)
    cell.place()
    tid = slot_here().tid
    in_process = hasattr(inqueue, '_reader')
    if in_process:
        inqueue._forkscope = outqueue._forkscope = NO_CELL
    tell(line('worker', now(), pool=cell.id, tid=None if in_process else tid))

    def begin(task):
        if task is None:
            return None
        try:
            key = '%d.%d' % (task[0], task[1])
            tasks.started(cell, key, _task_in_words(task[2], task[3])[0], tid)
            return key
        except Exception as error:
            group.failed(error)
            return None

    given = tasks.Tasks(inqueue, cell, begin)
    return given, _Results(group, outqueue, given)


class _Results:
    """What a worker puts its results into, in the place of the pool's queue."""

    def __init__(self, group, queue, given):
        self.group, self.queue, self.given = group, queue, given

    def __getattr__(self, name):
        return getattr(self.queue, name)

    def put(self, result):
        task, cell = self.given.task, self.given.cell
        if task is not None:
            self.given.task = None
            try:
                has_worked, value = result[2]
                if has_worked:
                    tasks.done(cell, task)
                else:
                    tasks.failed(cell, task, value)
            except Exception as error:
                self.group.failed(error)
        self.queue.put(result)
