"""`multiprocessing.popen_fork`, which `popen_spawn_posix` builds upon, and `popen_forkserver`: how a child has ended, as its parent learns it."""

from signal import Signals

from .region import now, tell
from .words import line


def set_hooks(group, module):
    def make_poll(original):
        def poll(self, *args, **kwargs):
            if self.returncode is not None:
                return self.returncode
            code = original(self, *args, **kwargs)
            if code is not None:
                tell_end(self.pid, code)
            return code

        return poll

    group.replace(module.Popen, 'poll', make_poll)


def tell_end(pid, code):
    """@param code as Python has it: less than 0 is a signal"""
    signal = None
    if code < 0:
        try:
            signal = Signals(-code).name
        except ValueError:
            signal = 'signal %d' % -code
    tell(line('child.ended', now(), pid=pid, code=code if code >= 0 else None, signal=signal))
