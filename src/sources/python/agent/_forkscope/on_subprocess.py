"""`subprocess`: which commands are started, who waits for them, and how they ended.

A command whose environment the program made itself has what the program put there: without PYTHONPATH there is no agent, and only the kernel tells of it.
"""

from . import waits
from .hooks import parameters_of, passed_on, require
from .on_popen import tell_end
from .region import now, tell
from .words import line, type_name


def set_hooks(group, module):
    popen = module.Popen
    require((parameters_of(popen.wait), ('self', 'timeout')), (parameters_of(popen._handle_exitstatus)[:2], ('self', 'sts')))

    def make_execute(original):
        """Not `__init__`, which looks at who has called it when it warns of encodings."""

        def _execute_child(self, *args, **kwargs):
            try:
                original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            try:
                tell(line('child', now(), pid=self.pid, how='subprocess', argv=_words_of(self.args)))
            except Exception as error:
                group.failed(error)

        return _execute_child

    def make_wait(limit_name, limit_at):
        def make(original):
            def wait(self, *args, **kwargs):
                at = 0
                if self.returncode is None:
                    at = waits.enter(waits.JOIN, self.pid, args[limit_at] if len(args) > limit_at else kwargs.get(limit_name))
                try:
                    return original(self, *args, **kwargs)
                except BaseException as error:
                    passed_on(error)
                    raise
                finally:
                    waits.leave(at)

            return wait

        return make

    def make_exit_status(original):
        def _handle_exitstatus(self, *args, **kwargs):
            original(self, *args, **kwargs)
            try:
                if type(self.returncode) is int:
                    tell_end(self.pid, self.returncode)
            except Exception as error:
                group.failed(error)

        return _handle_exitstatus

    group.replace(popen, '_execute_child', make_execute)
    group.replace(popen, 'wait', make_wait('timeout', 0))
    group.replace(popen, 'communicate', make_wait('timeout', 1))
    group.replace(popen, '_handle_exitstatus', make_exit_status)


def _words_of(args):
    """@returns a command line; of words that are no plain text, what they are"""
    if type(args) not in (list, tuple):
        args = [args]
    return [_word_of(word) for word in args[:12]]


def _word_of(word):
    kind = type(word)
    if kind is str:
        return word[:200]
    return word[:200].decode('utf-8', 'replace') if kind is bytes else '<%s>' % type_name(kind)
