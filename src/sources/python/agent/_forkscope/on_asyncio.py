"""`asyncio`: how many tasks an event loop has, and which callback has held it up. What a loop waits for, the kernel tells.

Only Python's own loops and tasks: what is C's of another library (uvloop) does not come by here.
"""

import sys

from .cells import LOOP, LocalCell
from .hooks import parameters_of, passed_on, require
from .region import now, state, tell
from .waits import slot_here
from .words import line, module_of_type, name_of, type_name

TID, TASKS = 4, 5
SLOW_NS = 100_000_000
_FUNCTION = type(lambda: 0)
_GENERATOR = type((lambda: (yield))())

# What the steps of a task are: a method of Python's own, or what C has instead, whose types are found when they are first met.
_bound = {type((lambda: 0).__get__(0)), type(len)}
_STEPS = ('TaskStepMethWrapper', 'TaskWakeupMethWrapper')

# By the name of a callback: the longest time that was told.
_told = {}


def set_hooks(group, module):
    if module.__name__ == 'asyncio.events':
        _hook_events(group, module)
    else:
        _hook_loops(group, module)


def _hook_events(group, module):
    handle = module.Handle
    require((parameters_of(handle._run), ('self',)), ('_callback' in handle.__slots__ and '_loop' in handle.__slots__, True))
    def make_run(original):
        def _run(self):
            callback = self._callback
            began = now()
            try:
                original(self)
            except BaseException as error:
                passed_on(error)
                raise
            took = now() - began
            owner = None
            try:
                kind = type(callback)
                if kind in _bound or kind is not _FUNCTION and _is_step(kind):
                    owner = callback.__self__
                    if type(owner) in (_tasks or _types_of_tasks()) and owner.done():
                        _task_is_done(self._loop, owner)
                if took > SLOW_NS:
                    _tell_slow(callback, owner, took)
            except Exception as error:
                group.failed(error)
            finally:
                # A task's exception keeps this frame: what it keeps must not keep the task.
                self = callback = owner = None

        return _run

    group.replace(handle, '_run', make_run)


_tasks = []


def _types_of_tasks():
    if not _tasks:
        module = sys.modules.get('asyncio.tasks')
        if module is not None:
            _tasks.extend((module.Task, module._PyTask))
    return _tasks


def _is_step(kind):
    if type_name(kind) in _STEPS and module_of_type(kind) in ('_asyncio', 'builtins'):
        _bound.add(kind)
        return True
    return False


def _hook_loops(group, module):
    loop_class = module.BaseEventLoop
    require((parameters_of(loop_class.create_task)[:2], ('self', 'coro')))

    def make_create_task(original):
        def create_task(self, *args, **kwargs):
            try:
                task = original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            try:
                if type(task) in _types_of_tasks():
                    if task._source_traceback:
                        # Our own place in it, as the loop has taken out its own.
                        del task._source_traceback[-1]
                    if not task.done():
                        _task_has_begun(_cell_of(self), task)
            except Exception as error:
                group.failed(error)
            finally:
                self = None
            return task

        return create_task

    group.replace(loop_class, 'create_task', make_create_task)


def _cell_of(loop):
    cell = loop.__dict__.get('_forkscope')
    if cell is None:
        cell = loop._forkscope = LocalCell(LOOP, 'a', kind='asyncio')
    if cell.view is not state.view:
        cell.place()
        cell.numbers = set()
        state.view[cell.at + TID] = slot_here().tid
    return cell


def _task_has_begun(cell, task):
    cell.numbers.add(id(task))
    state.view[cell.at + TASKS] = len(cell.numbers)


def _task_is_done(loop, task):
    cell = loop.__dict__.get('_forkscope')
    # One that was made in another way was not counted.
    if cell is not None and cell.view is state.view and id(task) in cell.numbers:
        cell.numbers.discard(id(task))
        state.view[cell.at + TASKS] = len(cell.numbers)


def _tell_slow(callback, owner, took):
    name = _name_of(owner if type(owner) in _types_of_tasks() else callback)
    if took < 2 * _told.get(name, 0) or len(_told) > 200:
        return
    _told[name] = took
    message = '%s held the event loop (asyncio) for %s: nothing else of it could run meanwhile' % (name, _duration(took))
    tell(line('problem', now(), kind='slow-callback', message=message))


def _name_of(callback):
    if type(callback) in _types_of_tasks():
        coroutine = callback.get_coro()
        kind = type(coroutine)
        is_python = kind is _GENERATOR or type_name(kind) == 'coroutine' and module_of_type(kind) == 'builtins'
        return coroutine.__qualname__[:120] + '()' if is_python else 'a task'
    return 'a callback' if callback is None else name_of(callback)[:120] + '()'


def _duration(took_ns):
    return '%d ms' % (took_ns // 1_000_000) if took_ns < 1_000_000_000 else '%.1f s' % (took_ns / 1e9)
