"""Hooks are set in groups, one for each module of the standard library that is hooked. A group that does not fit is taken out again, which is told."""

import os
import sys

from _functools import partial
from _signal import NSIG, getsignal

from .region import now, tell
from .words import line, message_of, type_name

_HERE = os.path.dirname(__file__)
_FUNCTION = type(lambda: 0)
_METHOD = type((lambda: 0).__get__(0))

# Which of our modules hooks which of Python's.
HOOKED = {
    'multiprocessing.process': 'on_process',
    'multiprocessing.popen_fork': 'on_popen',
    'multiprocessing.popen_forkserver': 'on_popen',
    'multiprocessing.queues': 'on_queues',
    'multiprocessing.synchronize': 'on_synchronize',
    'multiprocessing.pool': 'on_pool',
    'multiprocessing.connection': 'on_connection',
    'multiprocessing.managers': 'on_managers',
    'concurrent.futures._base': 'on_futures',
    'concurrent.futures.process': 'on_process_executor',
    'concurrent.futures.thread': 'on_thread_executor',
    'threading': 'on_threading',
    'queue': 'on_queue',
    'subprocess': 'on_subprocess',
    'asyncio.events': 'on_asyncio',
    'asyncio.base_events': 'on_asyncio',
}


class Group:
    __slots__ = ('name', 'replaced', 'is_off')

    def __init__(self, name):
        self.name = name
        self.replaced = []
        self.is_off = False

    def replace(self, owner, attribute, make):
        """Puts `make(original)` in the place of a function or method that `owner` has itself. Whoever asks is told what the original would tell."""
        old = vars(owner)[attribute]
        wrapper = type(old) if type(old) in (staticmethod, classmethod) else None
        original = old.__func__ if wrapper else old
        new = look_alike(make(original), original)
        setattr(owner, attribute, wrapper(new) if wrapper else new)
        self.replaced.append((owner, attribute, old))
        return new

    def put(self, owner, attribute, new):
        """Puts something that is no function in the place of what `owner` has."""
        old = vars(owner)[attribute]
        setattr(owner, attribute, new)
        self.replaced.append((owner, attribute, old))

    def add(self, owner, attribute, new):
        """Gives `owner` what it does not have."""
        setattr(owner, attribute, new)
        self.replaced.append((owner, attribute, None))

    def failed(self, error):
        """What went wrong in a hook ends this group. What a signal handler or a debugger raised meanwhile goes where it belongs."""
        if _is_from_outside(error):
            raise error
        self.switch_off(error)

    def switch_off(self, error):
        if self.is_off:
            return
        self.is_off = True
        while self.replaced:
            owner, attribute, old = self.replaced.pop()
            if old is None:
                delattr(owner, attribute)
            else:
                setattr(owner, attribute, old)
        tell(line('off', now(), group=self.name, why='%s: %s' % (type_name(type(error)), message_of(error))))


def _is_from_outside(error):
    """Whether it was raised by what may be called anywhere, so also in the middle of a hook."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_frame.f_code.co_filename.startswith(_HERE):
        traceback = traceback.tb_next
    if traceback is None:
        return False
    called = [sys.gettrace(), sys.getprofile()]
    for number in range(1, NSIG):
        try:
            called.append(getsignal(number))
        except (ValueError, OSError):
            # Not each number is a signal.
            pass
    return any(_code_of(each) is traceback.tb_frame.f_code for each in called)


def _code_of(called):
    """@returns the code that a call of it begins with, if it is Python's"""
    while type(called) is partial:
        called = called.func
    if type(called) not in (_FUNCTION, _METHOD):
        called = vars(type(called)).get('__call__')
    called = getattr(called, '__func__', called) if type(called) is _METHOD else called
    return called.__code__ if type(called) is _FUNCTION else None


def look_alike(new, original):
    for name in ('__module__', '__name__', '__qualname__', '__doc__'):
        setattr(new, name, getattr(original, name))
    new.__dict__.update(original.__dict__)
    new.__annotations__ = original.__annotations__
    new.__wrapped__ = original
    return new


def unhooked(method):
    """@returns a bound method as it is without its hook, if it has one"""
    original = method.__func__.__dict__.get('__wrapped__') if type(method) is _METHOD else None
    return method if original is None else type(method)(original, method.__self__)


def require(*facts):
    """A group's test of what it relies on. @param facts pairs of something and what it must be"""
    for found, wanted in facts:
        if found != wanted:
            raise LookupError('%s is not %s' % (found, wanted))


def parameters_of(function):
    code = function.__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def passed_on(error):
    """An exception of the program's leaves a hook, which takes itself out of its traceback. From 3.11 on, a bare `raise` then does not put it back."""
    traceback = error.__traceback__
    if traceback is not None:
        error.__traceback__ = traceback.tb_next


# Our modules. They are in `sys.modules` only while one of them is loaded: the program sees its own, and at the interpreter's end Python empties those
# that are there, while hooks are still called.
_ours = {}


def step_out():
    """Takes our modules out of `sys.modules`."""
    for name in [name for name in sys.modules if name.partition('.')[0] == '_forkscope']:
        _ours[name] = sys.modules.pop(name)


def hook(name, module):
    group = Group(name)
    try:
        sys.modules.update(_ours)
        try:
            ours = __import__('_forkscope.' + HOOKED[name], fromlist=['set_hooks'])
        finally:
            step_out()
        ours.set_hooks(group, module)
    except Exception as error:
        group.switch_off(error)


def hook_what_is_there():
    for name in HOOKED:
        module = sys.modules.get(name)
        if module is not None:
            hook(name, module)


def find_and_hook(finder, name, path, target):
    """@returns the spec that Python would have found, whose loader hooks the module once it is loaded, and then is as it was"""
    if name not in HOOKED:
        return None
    others = [other for other in sys.meta_path if other is not finder]
    for other in others:
        find_spec = getattr(other, 'find_spec', None)
        spec = find_spec(name, path, target) if find_spec is not None else None
        if spec is not None:
            break
    else:
        return None
    loader = spec.loader
    execute = getattr(loader, 'exec_module', None)
    if execute is None or not hasattr(loader, '__dict__') or isinstance(loader, type):
        return spec

    def exec_module(module):
        del loader.exec_module
        execute(module)
        hook(name, module)

    loader.exec_module = exec_module
    return spec
