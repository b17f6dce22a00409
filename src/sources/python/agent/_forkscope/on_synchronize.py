"""`multiprocessing.synchronize`: who has which lock, and who waits for it.

A lock is known by its semaphore's name, which it has where processes are not forked; forked ones inherit the id that it was given. What conditions, events
and barriers are made of is their own business.
"""

import sys

from . import waits
from .cells import LOCK, OBJECT, Cell, hush, new_id, place_made
from .hooks import parameters_of, passed_on, require
from .region import add, number_of, state
from .waits import slot_here, threads

HELD, TID, ACQUIRED, GIVEN, HEALED = 1, 2, 3, 5, 6
_KINDS = {'Lock': 'lock', 'RLock': 'rlock', 'Semaphore': 'semaphore', 'BoundedSemaphore': 'bounded-semaphore'}


def set_hooks(group, module):
    lock_class, condition, event, barrier = module.SemLock, module.Condition, module.Event, module.Barrier
    require((parameters_of(lock_class._make_methods), ('self',)), (parameters_of(lock_class.__enter__), ('self',)), (parameters_of(condition.wait), ('self', 'timeout')))
    kinds = [(getattr(module, name), kind) for name, kind in _KINDS.items()]

    def attach(lock, is_told, is_new):
        semlock = lock._semlock
        of = [kind for kind_class, kind in kinds if type(lock) is kind_class or isinstance(lock, kind_class)]
        kind = of[-1] if of else 'semaphore'
        size = semlock.maxvalue if kind == 'bounded-semaphore' else None
        cell = Cell(LOCK, semlock.name or new_id('l'), is_told, kind=kind, name=place_made(kind) if is_told and is_new else None, size=size)
        lock._forkscope = cell
        return cell

    def make_methods(original):
        def _make_methods(self):
            original(self)
            try:
                if '_forkscope' in self.__dict__ and self._forkscope is not None:
                    return
                is_told = slot_here().quiet == 0
                # One that came from another process was made there, and is told of there.
                cell = attach(self, is_told, sys._getframe(1).f_code.co_name != '__setstate__')
                if is_told:
                    self.acquire, self.release = cell.enter, cell.leave = methods_of(self._semlock, cell)
            except Exception as error:
                group.failed(error)

        return _make_methods

    def make_getstate(original):
        """Who made a lock and gives it to others may never take it: what it is called is told now."""

        def __getstate__(self):
            try:
                values = original(self)
            except BaseException as error:
                passed_on(error)
                raise
            cell = self.__dict__.get('_forkscope')
            if cell is not None and cell.is_told:
                cell.place()
            return values

        return __getstate__

    def make_enter(original):
        def __enter__(self):
            try:
                enter = self._forkscope.enter
            except AttributeError:
                enter = None
            return self._semlock.__enter__() if enter is None else enter()

        return __enter__

    def make_exit(original):
        def __exit__(self, *args):
            try:
                leave = self._forkscope.leave
            except AttributeError:
                leave = None
            return self._semlock.__exit__(*args) if leave is None else leave()

        return __exit__

    def make_quiet_init(original):
        """Of what is made of locks: those it makes are not told of, those that it was given are."""

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

        return __init__

    def make_condition(original):
        """For `__init__` and `__setstate__`: a condition's lock is the program's, its semaphores are its own."""

        def of_condition(self, *args, **kwargs):
            try:
                original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            try:
                for name in ('_sleeping_count', '_woken_count', '_wait_semaphore'):
                    hush(self.__dict__.get(name))
            except Exception as error:
                group.failed(error)

        return of_condition

    def make_barrier_setstate(original):
        def __setstate__(self, state):
            original(self, state)
            try:
                hush(self._cond.__dict__.get('_lock'))
            except Exception as error:
                group.failed(error)

        return __setstate__

    def set_event(self, state):
        """As `pickle` does where there is none."""
        self.__dict__.update(state)
        hush(self.__dict__.get('_flag'))
        hush(self.__dict__.get('_cond'))

    def object_cell(thing, kind, of):
        """@param of the lock inside that it is known by"""
        cell = thing.__dict__.get('_forkscope')
        if cell is None:
            inner = of.__dict__.get('_forkscope')
            id = of._semlock.name or (inner.id if inner is not None else new_id(kind[0]))
            cell = thing._forkscope = Cell(OBJECT, '%s:%s' % (kind, id), kind=kind)
        cell.place()
        return cell

    def make_wait(what, kind, inside):
        def make(original):
            def wait(self, *args, **kwargs):
                at = 0
                try:
                    slot = slot_here()
                    # What an event, a barrier or a queue waits for inside is no wait of its own.
                    if slot.quiet == 0 and not state.view[slot.at + 2] & 1:
                        at = waits.enter(what, number_of(object_cell(self, kind, inside(self)).at), args[0] if args else kwargs.get('timeout'))
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

    group.replace(lock_class, '_make_methods', make_methods)
    group.replace(lock_class, '__getstate__', make_getstate)
    group.replace(lock_class, '__enter__', make_enter)
    group.replace(lock_class, '__exit__', make_exit)
    for name in ('__init__', '__setstate__'):
        group.replace(condition, name, make_condition)
    for owner in (event, barrier):
        group.replace(owner, '__init__', make_quiet_init)
    group.replace(barrier, '__setstate__', make_barrier_setstate)
    if not hasattr(event, '__setstate__'):
        group.add(event, '__setstate__', set_event)
    group.replace(condition, 'wait', make_wait(waits.CONDITION, 'condition', lambda thing: thing._wait_semaphore))
    group.replace(event, 'wait', make_wait(waits.EVENT, 'event', lambda thing: thing._flag))


def methods_of(semlock, cell):
    """@returns `acquire` and `release` of a lock that is told of"""
    acquire_it, release_it = semlock.acquire, semlock.release
    # Only one thread at a time has a lock, so that nobody else writes to its cell meanwhile. Not so a semaphore.
    is_exclusive = cell.fields['kind'] in ('lock', 'rlock')
    is_plain = cell.fields['kind'] == 'lock'
    acquired = held = 0

    def acquire(block=True, timeout=None):
        nonlocal acquired, held
        if block is not True or timeout is not None or not acquire_it(False):
            cell.place()
            at = waits.enter(waits.ACQUIRE, number_of(cell.at), timeout) if block is not False else 0
            try:
                if not acquire_it(block, timeout):
                    return False
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                waits.leave(at)
        view = cell.view
        if view is not state.view:
            view = cell.place()
            acquired = held = 0
        at = cell.at
        try:
            view[at + TID] = threads.slot.tid
        except AttributeError:
            view[at + TID] = slot_here().tid
        if is_exclusive:
            acquired += 1
            if held and is_plain:
                # It can be taken again only because another process has released it.
                view[at + HEALED] += 1
            else:
                held += 1
            view[at + ACQUIRED] = acquired
            view[at + HELD] = held
        else:
            add(at + ACQUIRED)
            add(at + HELD)
        return True

    def release():
        nonlocal acquired, held
        view = cell.view
        if view is not state.view:
            view = cell.place()
            acquired = held = 0
        # A moment too soon rather than too late: a process that is killed in between must not be said to have it.
        had = held if is_exclusive else view[cell.at + HELD]
        if had and is_exclusive:
            held -= 1
            view[cell.at + HELD] = held
        elif had:
            add(cell.at + HELD, -1)
        else:
            add(cell.at + GIVEN)
        try:
            release_it()
        except BaseException as error:
            if had and is_exclusive:
                held += 1
                view[cell.at + HELD] = held
            else:
                add(cell.at + HELD if had else cell.at + GIVEN, 1 if had else -1)
            passed_on(error)
            raise

    return acquire, release
