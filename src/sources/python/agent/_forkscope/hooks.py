"""Hooks are set in groups, one for each module of the standard library that is hooked. A group that does not fit is taken out again, which is told."""

import os
import sys

from .region import now, tell
from .words import line, message_of, type_name

_HERE = os.path.dirname(__file__)

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
        """What of ours went wrong ends this group. What came from outside, as a signal handler's exception, goes where it belongs."""
        if not _is_ours(error):
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


def _is_ours(error):
    traceback = error.__traceback__
    if traceback is None:
        return True
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_code.co_filename.startswith(_HERE)


def look_alike(new, original):
    for name in ('__module__', '__name__', '__qualname__', '__doc__'):
        setattr(new, name, getattr(original, name))
    new.__dict__.update(original.__dict__)
    new.__annotations__ = original.__annotations__
    new.__wrapped__ = original
    return new


def unhooked(method):
    """@returns a bound method as it is without its hook, if it has one"""
    original = method.__func__.__dict__.get('__wrapped__')
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
