"""`concurrent.futures.process`: an executor's tasks, by the numbers that it gives them itself. It is known by the inode of the pipe they go by."""

from . import tasks
from .cells import NO_CELL
from .hooks import parameters_of, passed_on, require
from .on_futures import make_shutdown
from .region import now, tell
from .waits import slot_here
from .words import call_in_words, line


def set_hooks(group, module):
    executor = module.ProcessPoolExecutor
    require(
        (parameters_of(module._process_worker)[:2], ('call_queue', 'result_queue')),
        (parameters_of(module._WorkItem.__init__)[:4], ('self', 'future', 'fn', 'args')),
    )

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
                cell = self._forkscope = tasks.pool_of(self._call_queue, 'ProcessPoolExecutor', True)
                cell.place()
                cell.describe(size=self._max_workers)
            except Exception as error:
                group.failed(error)

        return __init__

    def make_submit(original):
        def submit(*args, **kwargs):
            slot = slot_here()
            slot.submitting = args[0] if args else None
            try:
                return original(*args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                slot.submitting = None

        return submit

    def make_item_init(original):
        """Called by `submit`, which holds the executor's lock: the task has its number and nobody has the task yet."""

        def __init__(self, *args, **kwargs):
            original(self, *args, **kwargs)
            slot = slot_here()
            executor, slot.submitting = slot.submitting, None
            if executor is None:
                return
            try:
                cell, number = executor._forkscope, executor._queue_count
                cell.place()
                self.future._forkscope = [cell, number, False]
                tasks.submitted(cell, '%d.0' % number, call_in_words(*_in_chunk(module, self.fn, self.args)))
            except Exception as error:
                group.failed(error)

        return __init__

    def make_worker(original):
        def _process_worker(*args, **kwargs):
            try:
                args = _stand_in(group, module, args[0], args[1]) + args[2:]
            except Exception as error:
                group.failed(error)
            return original(*args, **kwargs)

        return _process_worker

    def make_feeder_error(original):
        def _on_queue_feeder_error(self, e, obj):
            try:
                if type(obj) is module._CallItem:
                    cell = tasks.pool_of(self, 'ProcessPoolExecutor', True)
                    cell.place()
                    tasks.failed(cell, '%d.0' % obj.work_id, e)
            except Exception as error:
                group.failed(error)
            return original(self, e, obj)

        return _on_queue_feeder_error

    group.replace(executor, '__init__', make_init)
    group.replace(executor, 'submit', make_submit)
    group.replace(module._WorkItem, '__init__', make_item_init)
    group.replace(executor, 'shutdown', make_shutdown)
    group.replace(module, '_process_worker', make_worker)
    group.replace(module._SafeQueue, '_on_queue_feeder_error', make_feeder_error)


def _in_chunk(module, fn, args):
    """`map` submits `_process_chunk` with a list of arguments: what is told is the first call of them."""
    if getattr(fn, 'func', None) is getattr(module, '_process_chunk', fn) and fn.args and args and args[0]:
        return fn.args[0], args[0][0]
    return fn, args


def _stand_in(group, module, call_queue, result_queue):
    cell = tasks.pool_of(call_queue, 'ProcessPoolExecutor', True)
    cell.place()
    tid = slot_here().tid
    call_queue._forkscope = result_queue._forkscope = NO_CELL
    tell(line('worker', now(), pool=cell.id))

    def begin(item):
        if item is None:
            return None
        try:
            task = '%d.0' % item.work_id
            tasks.started(cell, task, call_in_words(*_in_chunk(module, item.fn, item.args)), tid)
            return task
        except Exception as error:
            group.failed(error)
            return None

    given = tasks.Tasks(call_queue, cell, begin)
    return given, _Results(group, result_queue, given)


class _Results:
    """What a worker puts its results into, in the place of the executor's queue."""

    def __init__(self, group, queue, given):
        self.group, self.queue, self.given = group, queue, given

    def __getattr__(self, name):
        return getattr(self.queue, name)

    def put(self, item):
        task, cell = self.given.task, self.given.cell
        if task is not None:
            self.given.task = None
            try:
                if item.exception is None:
                    tasks.done(cell, task)
                else:
                    tasks.failed(cell, task, item.exception)
            except Exception as error:
                self.group.failed(error)
        self.queue.put(item)
