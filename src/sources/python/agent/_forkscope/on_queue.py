"""`queue`: queues between threads. `SimpleQueue` is C's own class, and cannot be hooked."""

from . import waits
from .cells import NO_CELL, QUEUE, LocalCell, place_made
from .hooks import parameters_of, passed_on, require
from .on_queues import DONE, GETS, PUTS
from .region import add, number_of, state
from .waits import slot_here


def set_hooks(group, module):
    queue = module.Queue
    require((parameters_of(queue.put), ('self', 'item', 'block', 'timeout')), (parameters_of(queue.get), ('self', 'block', 'timeout')))

    def cell_of(of):
        try:
            cell = of.__dict__.get('_forkscope')
            if cell is None:
                maxsize = of.maxsize
                bound = maxsize if type(maxsize) is int and maxsize > 0 else None
                kind = 'queue.' + _kind_of(module, of)
                cell = of._forkscope = LocalCell(QUEUE, 'q', slot_here().quiet == 0, kind=kind, maxsize=bound, where=place_made(kind))
            cell.place()
            return cell
        except Exception as error:
            group.failed(error)
            return NO_CELL

    def make_init(original):
        def __init__(self, *args, **kwargs):
            original(self, *args, **kwargs)
            cell_of(self)

        return __init__

    def make(what, field, block_at):
        def make(original):
            def call(self, *args, **kwargs):
                try:
                    cell = self._forkscope
                    if cell.view is not state.view:
                        cell.place()
                except AttributeError:
                    cell = cell_of(self)
                at = waits.enter(what, number_of(cell.at), limit_of(args, kwargs, block_at)) if cell.is_told else 0
                try:
                    result = original(self, *args, **kwargs)
                except BaseException as error:
                    waits.leave(at)
                    passed_on(error)
                    raise
                waits.leave(at)
                add(cell.at + field)
                return result

            return call

        return make

    def make_task_done(original):
        def task_done(self):
            try:
                original(self)
            except BaseException as error:
                passed_on(error)
                raise
            add(cell_of(self).at + DONE)

        return task_done

    def make_join(original):
        def join(self):
            cell = cell_of(self)
            at = waits.enter(waits.JOIN_QUEUE, number_of(cell.at)) if cell.is_told else 0
            try:
                original(self)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                waits.leave(at)

        return join

    group.replace(queue, '__init__', make_init)
    group.replace(queue, 'put', make(waits.PUT, PUTS, 1))
    group.replace(queue, 'get', make(waits.GET, GETS, 0))
    group.replace(queue, 'task_done', make_task_done)
    group.replace(queue, 'join', make_join)


def _kind_of(module, of):
    return next((name for name in ('PriorityQueue', 'LifoQueue') if issubclass(type(of), getattr(module, name))), 'Queue')


def limit_of(args, kwargs, block_at):
    """@returns the time limit of a call whose parameters from `block_at` on are `block` and `timeout`: as `waits.in_ms` takes it"""
    if not args[block_at:] and not kwargs:
        return None
    block = args[block_at] if len(args) > block_at else kwargs.get('block', True)
    if block is False:
        return 0
    return args[block_at + 1] if len(args) > block_at + 1 else kwargs.get('timeout')
