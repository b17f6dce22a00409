"""`threading`: what threads are called, and who waits for which to end, for events, conditions, semaphores and at barriers.

Such a thing has a cell once somebody waits for it. `Lock` and `RLock` are not Python's own classes but C's, and cannot be hooked: who waits for one runs.
"""

from . import waits
from .cells import NO_CELL, OBJECT, Cell, LocalCell
from .hooks import parameters_of, passed_on, require
from .region import number_of, state
from .waits import slot_here
from .words import name_of

# Threads that the standard library has for itself.
_HELPERS = frozenset(
    (
        'Queue._feed',
        'Pool._handle_workers',
        'Pool._handle_tasks',
        'Pool._handle_results',
        '_queue_management_worker',
        '_ResourceSharer._serve',
        'Server.accepter',
        'Server.handle_request',
        'Server.serve_client',
    )
)


def set_hooks(group, module):
    thread_class = module.Thread
    require((parameters_of(thread_class._set_ident), ('self',)), (parameters_of(thread_class.join), ('self', 'timeout')))

    def make_set_ident(original):
        """A thread calls this as its first: it takes no place in anybody's traceback, as a wrapper around all that it runs would."""

        def _set_ident(self):
            original(self)
            try:
                target = self.__dict__.get('_target')
                if type(self).__name__ == '_ExecutorManagerThread' or target is not None and name_of(target) in _HELPERS:
                    waits.hide_thread()
                else:
                    waits.show_thread(self)
            except Exception as error:
                group.failed(error)

        return _set_ident

    def make_join(original):
        def join(self, *args, **kwargs):
            at = 0
            tid = self.__dict__.get('_native_id')
            if type(tid) is int and self.is_alive():
                at = waits.enter(waits.JOIN_THREAD, tid, args[0] if args else kwargs.get('timeout'))
            try:
                original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                waits.leave(at)

        return join

    def make_start(original):
        """A thread's own event, by which it says that it has begun, is nobody's business."""

        def start(self):
            slot = slot_here()
            slot.quiet += 1
            try:
                original(self)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                slot.quiet -= 1

        return start

    def make_wait(what, kind, limit_at, is_over):
        def make(original):
            def wait(self, *args, **kwargs):
                slot = slot_here()
                if slot.quiet or state.view[slot.at + 2] & 1:
                    return original(self, *args, **kwargs)
                at = 0
                try:
                    limit = args[limit_at] if len(args) > limit_at else kwargs.get('timeout')
                    is_trying = limit_at == 1 and args and args[0] is False or type(limit) in (int, float) and limit <= 0
                    if not is_trying and not is_over(self):
                        at = waits.enter(what, number_of(_cell_of(self, kind).at), limit)
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

    group.replace(thread_class, '_set_ident', make_set_ident)
    group.replace(thread_class, 'start', make_start)
    group.replace(module.Event, 'wait', make_wait(waits.EVENT, 'event', 0, lambda event: event._flag))
    group.replace(module.Condition, 'wait', make_wait(waits.CONDITION, 'condition', 0, lambda condition: False))
    semaphore = make_wait(waits.ACQUIRE, 'semaphore', 1, lambda semaphore: semaphore._value > 0)
    group.put(module.Semaphore, '__enter__', group.replace(module.Semaphore, 'acquire', semaphore))
    group.replace(module.Barrier, 'wait', make_wait(waits.BARRIER, 'barrier', 0, lambda barrier: False))
    group.replace(thread_class, 'join', make_join)


def _cell_of(thing, kind):
    """@returns the cell of something that is waited for; a barrier between processes is known by its semaphore, as those are"""
    cell = thing.__dict__.get('_forkscope')
    if cell is None:
        semaphore = getattr(thing.__dict__.get('_cond'), '_wait_semaphore', None)
        if semaphore is None:
            cell = LocalCell(OBJECT, kind, kind=kind)
        else:
            cell = Cell(OBJECT, 'barrier:%s' % (semaphore._semlock.name or semaphore.__dict__.get('_forkscope', NO_CELL).id), kind=kind)
        thing._forkscope = cell
    cell.place()
    return cell
