"""`multiprocessing.managers`: queues, locks and their kin that a server process has, and that others use by proxies.

Such a thing is known by its server's address and its id there. What proxies do is told where they are used; the server's threads, which do it for them,
are not shown.
"""

from . import waits
from .cells import LOCK, NO_CELL, OBJECT, QUEUE, Cell, place_made
from .hooks import parameters_of, passed_on, require
from .on_queues import DONE, GETS, PUTS
from .on_synchronize import ACQUIRED, GIVEN, HEALED, HELD, TID
from .region import add, number_of, state
from .waits import slot_here

_KINDS = {'Lock': 'lock', 'RLock': 'rlock', 'Semaphore': 'semaphore', 'BoundedSemaphore': 'bounded-semaphore', 'Event': 'event', 'Condition': 'condition', 'Barrier': 'barrier'}
_LOCKS = ('Lock', 'RLock', 'Semaphore', 'BoundedSemaphore')
_QUEUES = ('Queue', 'JoinableQueue')

# What a call waits for, which number it adds to, and where its `block` and `timeout` are among its arguments.
_OF_QUEUE = {'put': (waits.PUT, PUTS, 1), 'get': (waits.GET, GETS, 0), 'put_nowait': (0, PUTS, 1), 'get_nowait': (0, GETS, 0), 'task_done': (0, DONE, 0), 'join': (waits.JOIN_QUEUE, 0, 0)}
_OF_OBJECT = {'event': waits.EVENT, 'condition': waits.CONDITION, 'barrier': waits.BARRIER}


def set_hooks(group, module):
    proxy, server = module.BaseProxy, module.Server
    require(
        (parameters_of(proxy._callmethod), ('self', 'methodname', 'args', 'kwds')),
        (parameters_of(module.BaseManager._create)[:2], ('self', 'typeid')),
        (parameters_of(module.BaseManager._run_server.__func__)[:6], ('cls', 'registry', 'address', 'authkey', 'serializer', 'writer')),
        (parameters_of(proxy.__init__)[:4], ('self', 'token', 'serializer', 'manager')),
    )

    def make_start(original):
        """By what a manager and its server begin to talk is their own business."""

        def start(self, *args, **kwargs):
            slot = slot_here()
            slot.quiet += 1
            try:
                original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                slot.quiet -= 1

        return start

    def make_run_server(original):
        def _run_server(cls, registry, address, authkey, serializer, writer, *args, **kwargs):
            writer._forkscope = NO_CELL
            original(cls, registry, address, authkey, serializer, writer, *args, **kwargs)

        return _run_server

    def make_ask(original):
        """Of what a manager is asked to make, how large it shall be."""

        def _create(self, *args, **kwargs):
            try:
                made = original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            slot_here().creating = args[1] if len(args) > 1 else kwargs.get('maxsize')
            return made

        return _create

    def make_init(original):
        """Who has a manager make something says where that was; the server knows only what it is."""

        def __init__(self, token, *args, **kwargs):
            original(self, token, *args, **kwargs)
            try:
                if (args[1] if len(args) > 1 else kwargs.get('manager')) is not None:
                    slot = slot_here()
                    size, slot.creating = slot.creating, None
                    _tell_made(self, token, size)
            except Exception as error:
                group.failed(error)

        return __init__

    def make_call(original):
        def _callmethod(self, *args, **kwargs):
            at = 0
            cell = after = None
            try:
                told = _told(self, *args, **kwargs)
                if told is not None:
                    cell, what, limit, after = told
                    at = waits.enter(what, number_of(cell.at), limit) if what else 0
            except Exception as error:
                group.failed(error)
            try:
                result = original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                waits.leave(at)
            try:
                if after is not None:
                    after(cell, result)
            except Exception as error:
                group.failed(error)
            return result

        return _callmethod

    def make_create(original):
        def create(*args, **kwargs):
            slot = slot_here()
            slot.quiet += 1
            try:
                made = original(*args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                slot.quiet -= 1
            try:
                _tell_created(args[0], args[2], made[0])
            except Exception as error:
                group.failed(error)
            return made

        return create

    group.replace(module.BaseManager, 'start', make_start)
    group.replace(module.BaseManager, '_create', make_ask)
    group.replace(module.BaseManager, '_run_server', make_run_server)
    group.replace(proxy, '__init__', make_init)
    group.replace(proxy, '_callmethod', make_call)
    group.replace(server, 'create', make_create)


def _id_of(address, ident):
    where = address.rpartition('/')[2] if type(address) is str else ':'.join(map(str, address))
    return 'm%s:%s' % (where, ident)


def _tell_created(server, typeid, ident):
    """A queue's limit is known here too, whoever had it made."""
    made = server.id_to_obj[ident][0]
    if typeid in _QUEUES:
        bound = made.__dict__.get('maxsize')
        made._forkscope_served = Cell(QUEUE, _id_of(server.address, ident), kind='Manager.' + typeid, maxsize=bound if bound and bound > 0 else None)
        made._forkscope_served.place()


def _tell_made(proxy, token, size):
    typeid = token.typeid
    if typeid in _QUEUES:
        kind = 'Manager.' + typeid
        bound = size if type(size) is int and size > 0 else None
        cell = Cell(QUEUE, _id_of(token.address, token.id), kind=kind, maxsize=bound, where=place_made(kind))
    elif typeid in _KINDS:
        kind = _KINDS[typeid]
        cell = Cell(LOCK if typeid in _LOCKS else OBJECT, _id_of(token.address, token.id), kind=kind, name=place_made('Manager.' + kind))
    else:
        return
    proxy._forkscope = cell
    cell.place()


def _told(proxy, methodname, args=(), kwds={}):
    """@returns None for a call that nothing is told of; else the cell, what it waits for and for how long, and what to do after it"""
    token = proxy._token
    typeid = token.typeid
    if typeid in _QUEUES:
        call = _OF_QUEUE.get(methodname)
        if call is None:
            return None
        what, field, block_at = call
        limit = args[block_at + 1] if len(args) > block_at + 1 else kwds.get('timeout')
        cell = _cell_of(proxy, QUEUE, token, 'Manager.' + typeid)
        return cell, what, limit, (lambda cell, _: add(cell.at + field)) if field else None
    kind = _KINDS.get(typeid)
    if kind is None:
        return None
    if methodname in ('acquire', 'release'):
        cell = _cell_of(proxy, OBJECT if kind == 'condition' else LOCK, token, kind)
        if kind == 'condition':
            return None
        if methodname == 'acquire':
            return cell, waits.ACQUIRE, args[1] if len(args) > 1 else None, _note_acquired
        return cell, 0, None, _note_released
    if methodname == 'wait' and kind in _OF_OBJECT:
        return _cell_of(proxy, OBJECT, token, kind), _OF_OBJECT[kind], args[0] if args else None, None
    return None


def _cell_of(proxy, of, token, kind):
    cell = proxy.__dict__.get('_forkscope')
    if cell is None:
        cell = proxy._forkscope = Cell(of, _id_of(token.address, token.id), kind=kind)
    cell.place()
    return cell


def _note_acquired(cell, has):
    if has is True:
        state.view[cell.at + TID] = slot_here().tid
        add(cell.at + ACQUIRED)
        add(cell.at + (HEALED if cell.fields['kind'] == 'lock' and state.view[cell.at + HELD] else HELD))


def _note_released(cell, _):
    if state.view[cell.at + HELD]:
        add(cell.at + HELD, -1)
    else:
        add(cell.at + GIVEN)
