"""Forkscope's agent in a Python program: it watches how the program's processes, queues, locks and pools are used, and writes that where Forkscope reads it.

It has no thread and no socket, prints nothing, holds no lock over a fork, and asks nothing of the program's own objects. `docs/agents.md` tells why it is as it is.
"""

import os
import sys

from . import on_sleep
from .hooks import find_and_hook, hook_what_is_there, step_out
from .region import now, open_region, state, tell
from .waits import begin_threads
from .words import json


def start(finder):
    """@param finder what has loaded this package: it is first among the finders, and from now on hooks what is hooked as it is imported"""
    open_region()
    if not state.is_on:
        sys.meta_path.remove(finder)
        return
    _say_hello('exec')
    begin_threads()
    find_our_own = finder.find_spec

    def find_spec(name, path=None, target=None):
        return find_our_own(name, path, target) or find_and_hook(finder, name, path, target)

    finder.find_spec = find_spec
    os.register_at_fork(after_in_child=_begin_in_child)
    on_sleep.set_hooks()
    hook_what_is_there()
    step_out()


def _begin_in_child():
    try:
        state.forget()
        open_region()
        if state.is_on:
            _say_hello('fork')
        begin_threads()
    except Exception:
        pass


_about = []


def _say_hello(how):
    if not _about:
        fields = {'agent': 'python', 'runtime': '%d.%d.%d' % sys.version_info[:3], 'protocol': 1, 'argv': _arguments()}
        _about.append(json(fields)[1:-1])
    tell(('{"t":%d,"e":"hello","ppid":%d,"how":"%s",%s}\n' % (now() // 1_000, os.getppid(), how, _about[0])).encode('ascii'))


def _arguments():
    descriptor = os.open('/proc/self/cmdline', os.O_RDONLY | os.O_CLOEXEC)
    try:
        words = os.read(descriptor, 2_000).decode('utf-8', 'replace').split('\0')
    finally:
        os.close(descriptor)
    return [word[:200] for word in words if word][:12]
