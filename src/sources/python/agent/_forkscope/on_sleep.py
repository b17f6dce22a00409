"""`time.sleep`: a thread that sleeps says so."""

import time

from . import waits
from .hooks import Group, passed_on

_sleep = time.sleep


class _Sleep:
    """Callable, but no function: Python's own is none either, so that a class that has it as an attribute does not make a method of it."""

    __slots__ = ('__weakref__',)
    __module__ = 'time'
    __doc__ = _sleep.__doc__
    __name__ = 'sleep'
    __self__ = time
    __text_signature__ = getattr(_sleep, '__text_signature__', None)

    def __call__(self, *args, **kwargs):
        at = waits.enter(waits.SLEEP, 0, args[0] if args else None)
        try:
            _sleep(*args, **kwargs)
        except BaseException as error:
            passed_on(error)
            raise
        finally:
            waits.leave(at)

    def __getattr__(self, name):
        if name == '__qualname__':
            return 'sleep'
        raise AttributeError(name)

    def __reduce__(self):
        return 'sleep'

    def __repr__(self):
        return '<built-in function sleep>'


_Sleep.__name__ = 'builtin_function_or_method'
_Sleep.__qualname__ = 'sleep'


def set_hooks():
    group = Group('time')
    try:
        group.put(time, 'sleep', _Sleep())
        time.sleep(0)
    except Exception as error:
        group.switch_off(error)
