"""`threading`: what threads are called, and who waits for which to end."""

from . import waits
from .hooks import parameters_of, passed_on, require
from .words import name_of

# Threads that the standard library has for itself.
_HELPERS = frozenset(
    (
        'Queue._feed',
        'Pool._handle_workers',
        'Pool._handle_tasks',
        'Pool._handle_results',
        '_queue_management_worker',
        '_ResourceSharer._serve',
        'Server.accepter',
    )
)


def set_hooks(group, module):
    thread_class = module.Thread
    require((parameters_of(thread_class._set_ident), ('self',)), (parameters_of(thread_class.join), ('self', 'timeout')))

    def make_set_ident(original):
        """A thread calls this as its first: it takes no place in anybody's traceback, as a wrapper around all that it runs would."""

        def _set_ident(self):
            original(self)
            try:
                target = self.__dict__.get('_target')
                if type(self).__name__ == '_ExecutorManagerThread' or target is not None and name_of(target) in _HELPERS:
                    waits.hide_thread()
                else:
                    waits.show_thread(self)
            except Exception as error:
                group.failed(error)

        return _set_ident

    def make_join(original):
        def join(self, *args, **kwargs):
            at = 0
            tid = self.__dict__.get('_native_id')
            if type(tid) is int and self.is_alive():
                at = waits.enter(waits.JOIN_THREAD, tid, args[0] if args else kwargs.get('timeout'))
            try:
                original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                waits.leave(at)

        return join

    group.replace(thread_class, '_set_ident', make_set_ident)
    group.replace(thread_class, 'join', make_join)
