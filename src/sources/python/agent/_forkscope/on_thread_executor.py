"""`concurrent.futures.thread`: an executor's tasks and threads. It is known by a name of ours, and so are its tasks."""

from itertools import count

from . import tasks
from .cells import POOL, Cell, new_id
from .hooks import parameters_of, passed_on, require
from .on_futures import make_shutdown
from .region import now, tell
from .waits import slot_here
from .words import call_in_words, line


def set_hooks(group, module):
    executor, item_class = module.ThreadPoolExecutor, module._WorkItem
    worker_parameters = parameters_of(module._worker)
    queue_at = worker_parameters.index('work_queue')
    # From 3.14 on the three that are called are one tuple.
    item_parameters = parameters_of(item_class.__init__)
    require((item_parameters[:2], ('self', 'future')), (item_parameters[2] in ('fn', 'task'), True))
    is_tuple = item_parameters[2] == 'task'

    def make_init(original):
        def __init__(self, *args, **kwargs):
            try:
                original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            try:
                cell = self._forkscope = Cell(POOL, new_id('t'), kind='ThreadPoolExecutor', size=self._max_workers, noticesDeaths=True)
                cell.numbers = count()
                cell.place()
                tasks.begin_pool_of_threads(self._work_queue, cell)
            except Exception as error:
                group.failed(error)

        return __init__

    def make_submit(original):
        def submit(*args, **kwargs):
            slot = slot_here()
            slot.submitting = args[0].__dict__.get('_forkscope') if args else None
            try:
                return original(*args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                slot.submitting = None

        return submit

    def make_item_init(original):
        """Called by `submit`, before any thread can have the task."""

        def __init__(self, *args, **kwargs):
            original(self, *args, **kwargs)
            slot = slot_here()
            cell, slot.submitting = slot.submitting, None
            if cell is None:
                return
            try:
                cell.place()
                number = next(cell.numbers)
                self.future._forkscope = [cell, number, False]
                tasks.submitted(cell, '%d.0' % number, call_in_words(*_call_of(self, is_tuple)))
            except Exception as error:
                group.failed(error)

        return __init__

    def make_run(original):
        def run(self, *args, **kwargs):
            future = self.future
            task = future.__dict__.get('_forkscope')
            try:
                if future._state != 'PENDING':
                    task = None
                if task is not None:
                    tasks.started(task[0], '%d.0' % task[1], call_in_words(*_call_of(self, is_tuple)), slot_here().tid)
            except Exception as error:
                group.failed(error)
            original(self, *args, **kwargs)
            if task is None:
                return
            try:
                if future._exception is not None:
                    tasks.failed(task[0], '%d.0' % task[1], future._exception)
                elif future._state == 'FINISHED':
                    tasks.done(task[0], '%d.0' % task[1])
                del future
            except Exception as error:
                group.failed(error)

        return run

    def make_worker(original):
        def _worker(*args, **kwargs):
            try:
                cell = tasks.pool_of_threads(args[queue_at])
                if cell is not None:
                    tell(line('worker', now(), pool=cell.id, tid=slot_here().tid))
                    stand_in = tasks.Tasks(args[queue_at], cell, lambda _: None)
                    args = args[:queue_at] + (stand_in,) + args[queue_at + 1 :]
                    del stand_in
            except Exception as error:
                group.failed(error)
            return original(*args, **kwargs)

        return _worker

    group.replace(executor, '__init__', make_init)
    group.replace(executor, 'submit', make_submit)
    group.replace(executor, 'shutdown', make_shutdown)
    group.replace(item_class, '__init__', make_item_init)
    group.replace(item_class, 'run', make_run)
    group.replace(module, '_worker', make_worker)


def _call_of(item, is_tuple):
    return item.task[:2] if is_tuple else (item.fn, item.args)
