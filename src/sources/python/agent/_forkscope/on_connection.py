"""`multiprocessing.connection`: what is sent and received by pipes, and who waits for it.

Only what `Pipe` has made is told of, and what came from another process; not what queues and pools have for themselves. A pipe is known by its inode,
and a pair of sockets by that of the end: an end's other end is its `peer`.
"""

from os import fstat

from . import waits
from .cells import NO_CELL, OBJECT, Cell
from .hooks import parameters_of, passed_on, require
from .region import add, number_of, state
from .waits import slot_here

SENT, RECEIVED = 1, 2


def set_hooks(group, module):
    base = module._ConnectionBase
    require((parameters_of(module.Pipe), ('duplex',)), (parameters_of(module.rebuild_connection), ('df', 'readable', 'writable')), (parameters_of(base.poll), ('self', 'timeout')))

    def make_pipe(original):
        def Pipe(*args, **kwargs):
            try:
                ends = original(*args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            try:
                if slot_here().quiet == 0:
                    ids = [_id_of(end) for end in ends]
                    for end, peer in zip(ends, reversed(ids)):
                        _attach(end, peer)
            except Exception as error:
                group.failed(error)
            return ends

        return Pipe

    def make_rebuild(original):
        def rebuild_connection(*args, **kwargs):
            connection = original(*args, **kwargs)
            try:
                _attach(connection)
            except Exception as error:
                group.failed(error)
            return connection

        return rebuild_connection

    def make(what, field):
        def make(original):
            def call(self, *args, **kwargs):
                cell = self.__dict__.get('_forkscope')
                if cell is None or cell is NO_CELL:
                    return original(self, *args, **kwargs)
                if cell.view is not state.view:
                    cell.place()
                at = waits.enter(what, number_of(cell.at))
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

    def make_poll(original):
        def poll(self, *args, **kwargs):
            cell = self.__dict__.get('_forkscope')
            at = 0
            limit = args[0] if args else kwargs.get('timeout', 0.0)
            if cell is not None and cell is not NO_CELL and limit != 0:
                cell.place()
                at = waits.enter(waits.RECEIVE, number_of(cell.at), limit)
            try:
                return original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                waits.leave(at)

        return poll

    group.replace(module, 'Pipe', make_pipe)
    group.replace(module, 'rebuild_connection', make_rebuild)
    for name in ('send', 'send_bytes'):
        group.replace(base, name, make(waits.SEND, SENT))
    for name in ('recv', 'recv_bytes', 'recv_bytes_into'):
        group.replace(base, name, make(waits.RECEIVE, RECEIVED))
    group.replace(base, 'poll', make_poll)


def _id_of(connection):
    return 'p%d' % fstat(connection.fileno()).st_ino


def _attach(connection, peer=None):
    id = _id_of(connection)
    connection._forkscope = Cell(OBJECT, id, kind='pipe', peer=peer if peer != id else None)
