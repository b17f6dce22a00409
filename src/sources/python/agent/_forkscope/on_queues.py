"""`multiprocessing.queues`: what is put and got, who waits for it, and what a process has yet to hand over when it ends.

Under every start method a queue is known by the inode of its pipe. Its locks and its connections are its own business, so they are not told of.
"""

from os import fstat

from . import waits
from .cells import NO_CELL, QUEUE, Cell, hush, place_made
from .hooks import parameters_of, passed_on, require, unhooked
from .region import add, now, number_of, state, tell
from .waits import slot_here
from .words import error_of, kind_of, line

PUTS, GETS, DONE, LEFT = 1, 2, 3, 4
_LOCKS = ('_rlock', '_wlock', '_sem', '_unfinished_tasks', '_cond')


def set_hooks(group, module):
    plain, joinable, simple = module.Queue, module.JoinableQueue, module.SimpleQueue
    require(
        (parameters_of(plain.put), ('self', 'obj', 'block', 'timeout')),
        (parameters_of(plain.get), ('self', 'block', 'timeout')),
        (parameters_of(joinable.put), ('self', 'obj', 'block', 'timeout')),
        (parameters_of(simple.put), ('self', 'obj')),
        (parameters_of(simple.get), ('self',)),
        (parameters_of(plain._finalize_join), ('twr',)),
        (parameters_of(plain._on_queue_feeder_error), ('e', 'obj')),
    )
    plain_init = plain.__init__
    sentinel = module._sentinel

    def cell_of(queue):
        """@returns the queue's cell, which it gets with its first use here if it has none"""
        cell = queue.__dict__.get('_forkscope')
        try:
            return attach(queue) if cell is None else cell
        except Exception as error:
            group.failed(error)
            return NO_CELL

    def attach(queue, where=None, is_told=True):
        maxsize = queue.__dict__.get('_maxsize')
        if maxsize is not None and maxsize >= queue._sem._semlock.SEM_VALUE_MAX:
            maxsize = None
        kind = 'JoinableQueue' if isinstance(queue, joinable) else 'Queue' if isinstance(queue, plain) else 'SimpleQueue'
        cell = Cell(QUEUE, _id_of(queue), is_told, kind=kind, maxsize=maxsize, where=where)
        cell.may_wait = is_told and (kind != 'Queue' or maxsize is not None)
        queue._forkscope = cell
        cell.place()
        return cell

    def make_init(original):
        def __init__(self, *args, **kwargs):
            slot = slot_here()
            is_told = slot.quiet == 0
            slot.quiet += 1
            try:
                original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                slot.quiet -= 1
            if original is plain_init and isinstance(self, joinable):
                return
            try:
                attach(self, place_made(type(self).__name__), is_told)
            except Exception as error:
                group.failed(error)

        return __init__

    def make_setstate(original):
        def __setstate__(self, state, /):
            original(self, state)
            try:
                for name in _LOCKS:
                    hush(self.__dict__.get(name))
                self._reader._forkscope = self._writer._forkscope = NO_CELL
            except Exception as error:
                group.failed(error)

        return __setstate__

    def make_put(original):
        def put(self, obj, block=True, timeout=None):
            try:
                cell = self._forkscope
                if cell.view is not state.view:
                    cell.place()
            except AttributeError:
                cell = cell_of(self)
            if not cell.may_wait:
                original(self, obj, block, timeout)
                if cell.is_told:
                    add(cell.at + PUTS)
                return
            at = waits.enter(waits.PUT, number_of(cell.at), timeout) if block is not False else 0
            try:
                original(self, obj, block, timeout)
            except BaseException as error:
                waits.leave(at)
                passed_on(error)
                raise
            waits.leave(at)
            add(cell.at + PUTS)

        return put

    def make_get(original):
        def get(self, block=True, timeout=None):
            try:
                cell = self._forkscope
                if cell.view is not state.view:
                    cell.place()
            except AttributeError:
                cell = cell_of(self)
            at = waits.enter(waits.GET, number_of(cell.at), timeout) if block is not False and cell.is_told else 0
            try:
                item = original(self, block, timeout)
            except BaseException as error:
                waits.leave(at)
                passed_on(error)
                raise
            waits.leave(at)
            add(cell.at + GETS)
            return item

        return get

    def make_simple_put(original):
        def put(self, obj):
            cell = cell_of(self)
            if not cell.is_told:
                return original(self, obj)
            cell.place()
            at = waits.enter(waits.PUT, number_of(cell.at))
            try:
                original(self, obj)
            except BaseException as error:
                waits.leave(at)
                passed_on(error)
                raise
            waits.leave(at)
            add(cell.at + PUTS)

        return put

    def make_simple_get(original):
        def get(self):
            cell = cell_of(self)
            if not cell.is_told:
                return original(self)
            cell.place()
            at = waits.enter(waits.GET, number_of(cell.at))
            try:
                item = original(self)
            except BaseException as error:
                waits.leave(at)
                passed_on(error)
                raise
            waits.leave(at)
            add(cell.at + GETS)
            return item

        return get

    def make_task_done(original):
        def task_done(self):
            original(self)
            cell = cell_of(self)
            cell.place()
            add(cell.at + DONE)

        return task_done

    def make_join(original):
        def join(self):
            cell = cell_of(self)
            cell.place()
            at = waits.enter(waits.JOIN_QUEUE, number_of(cell.at)) if cell.is_told else 0
            try:
                original(self)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                waits.leave(at)

        return join

    def make_reset(original):
        """A queue's connections are its own business: it calls them as if they were not hooked."""

        def reset(self, *args, **kwargs):
            original(self, *args, **kwargs)
            for name in ('_send_bytes', '_recv_bytes', '_poll'):
                self.__dict__[name] = unhooked(self.__dict__[name])

        return reset

    def make_start_thread(original):
        def _start_thread(self):
            cell = cell_of(self)
            cell.place()
            if cell.is_told:
                self._send_bytes = _Sender(self._send_bytes, self._buffer, sentinel, cell)
            original(self)
            if cell.is_told:
                self._thread._forkscope = self._send_bytes

        return _start_thread

    def make_finalize_join(original):
        def _finalize_join(twr):
            thread = twr()
            sender = thread.__dict__.get('_forkscope') if thread is not None else None
            if sender is None or not thread.is_alive():
                return original(twr)
            del thread
            at = waits.enter(waits.FLUSH, number_of(sender.cell.at), None, sender.left() + sender.is_sending)
            try:
                return original(twr)
            finally:
                waits.leave(at)

        return _finalize_join

    def make_feeder_error(original):
        def _on_queue_feeder_error(e, obj):
            try:
                tell(line('problem', now(), kind='item-lost', message='An item of type %s that was put to a queue is lost' % kind_of(obj), error=error_of(e)))
            except Exception as error:
                group.failed(error)
            return original(e, obj)

        return _on_queue_feeder_error

    for owner in (plain, joinable, simple):
        group.replace(owner, '__init__', make_init)
        group.replace(owner, '__setstate__', make_setstate)
    for owner in (plain, joinable):
        group.replace(owner, 'put', make_put)
    group.replace(plain, 'get', make_get)
    group.replace(simple, 'put', make_simple_put)
    group.replace(simple, 'get', make_simple_get)
    group.replace(joinable, 'task_done', make_task_done)
    group.replace(joinable, 'join', make_join)
    group.replace(plain, '_reset' if '_reset' in vars(plain) else '_after_fork', make_reset)
    group.replace(plain, '_start_thread', make_start_thread)
    group.replace(plain, '_finalize_join', make_finalize_join)
    group.replace(plain, '_on_queue_feeder_error', make_feeder_error)


class _Sender:
    """What a feeder sends by: only that thread writes how many items are left in its process."""

    __slots__ = ('send', 'buffer', 'sentinel', 'cell', 'is_sending', 'told')

    def __init__(self, send, buffer, sentinel, cell):
        self.send, self.buffer, self.sentinel, self.cell, self.is_sending, self.told = send, buffer, sentinel, cell, 0, 0

    def __call__(self, data):
        self.is_sending = 1
        self.send(data)
        self.is_sending = 0
        if len(self.buffer) != self.told:
            self.told = state.view[self.cell.at + LEFT] = self.left()

    def left(self):
        left = len(self.buffer)
        try:
            return left - (self.buffer[-1] is self.sentinel)
        except IndexError:
            return 0


def _id_of(queue):
    end = queue._reader
    return 'p%d' % fstat(queue._writer.fileno() if end.closed else end.fileno()).st_ino
