"""`multiprocessing.process`: what a process is called and runs, which ones it starts, which one it waits for, and that it ends."""

from . import waits
from .hooks import passed_on
from .region import now, tell
from .words import line, name_of, type_name


def set_hooks(group, module):
    process = module.BaseProcess

    def make_start(original):
        def start(self):
            target = self.__dict__.get('_target')
            words = name_of(target) if target is not None else type_name(type(self))
            try:
                original(self)
            except BaseException as error:
                passed_on(error)
                raise
            try:
                popen = self._popen
                is_daemon = self._config.get('daemon') is True or None
                tell(line('child', now(), pid=popen.pid, how=popen.method, name=text(self._name), target=words, isDaemon=is_daemon))
            except Exception as error:
                group.failed(error)

        return start

    def make_bootstrap(original):
        def _bootstrap(self, *args, **kwargs):
            try:
                target = self.__dict__.get('_target')
                words = name_of(target) if target is not None else type_name(type(self))
                tell(line('name', now(), name=text(self._name), target=words))
                waits.show_thread()
            except Exception as error:
                group.failed(error)
            code = original(self, *args, **kwargs)
            tell(line('end', now(), code=code if type(code) is int else None))
            return code

        return _bootstrap

    def make_join(original):
        def join(self, *args, **kwargs):
            popen = self._popen
            at = 0
            if popen is not None and popen.returncode is None:
                at = waits.enter(waits.JOIN, popen.pid, args[0] if args else kwargs.get('timeout'))
            try:
                original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                waits.leave(at)

        return join

    group.replace(process, 'start', make_start)
    group.replace(process, '_bootstrap', make_bootstrap)
    group.replace(process, 'join', make_join)


def text(value):
    return value[:200] if type(value) is str else None
