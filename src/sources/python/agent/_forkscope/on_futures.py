"""`concurrent.futures._base`: who waits for which task's result, who has it, and tasks that fail without having been run.

A future keeps which task of which pool it is for: `[cell, number, whether its error is told to have been seen]`.
"""

from . import tasks, waits
from .hooks import parameters_of, passed_on, require
from .region import number_of

_OVER = ('CANCELLED', 'CANCELLED_AND_NOTIFIED', 'FINISHED')


def set_hooks(group, module):
    future = module.Future
    require((parameters_of(future.result), ('self', 'timeout')), (parameters_of(future.exception), ('self', 'timeout')), (parameters_of(future.set_exception), ('self', 'exception')))
    broken = module.BrokenExecutor

    def make_wait(original):
        def result(self, *args, **kwargs):
            task = self.__dict__.get('_forkscope')
            at = 0
            if self._state not in _OVER:
                limit = args[0] if args else kwargs.get('timeout')
                if task is None:
                    at = waits.enter(waits.OTHER, 0, limit)
                else:
                    at = waits.enter(waits.RESULT, task[1], limit, number_of(task[0].at))
            try:
                return original(self, *args, **kwargs)
            except BaseException as error:
                passed_on(error)
                raise
            finally:
                waits.leave(at)
                if task is not None and not task[2] and self._exception is not None:
                    task[2] = True
                    tasks.observed(task[0], '%d.0' % task[1])
                # What an exception's traceback keeps must not be more than without us.
                del self, task

        return result

    def make_set_exception(original):
        def set_exception(self, exception, /):
            task = self.__dict__.get('_forkscope')
            if task is not None and issubclass(type(exception), broken):
                try:
                    cell = task[0]
                    tasks.failed(cell, '%d.0' % task[1], exception)
                    if not cell.is_broken:
                        cell.is_broken = True
                        tasks.pool_state(cell, 'broken')
                except Exception as error:
                    group.failed(error)
            return original(self, exception)

        return set_exception

    group.replace(future, 'result', make_wait)
    group.replace(future, 'exception', make_wait)
    group.replace(future, 'set_exception', make_set_exception)


def make_shutdown(original):
    """For an executor's `shutdown`: whoever waits for it waits for all of its tasks."""

    def shutdown(self, *args, **kwargs):
        cell = self.__dict__.get('_forkscope')
        at = 0
        if cell is not None:
            cell.place()
            tasks.pool_state(cell, 'closed')
            if (args[0] if args else kwargs.get('wait', True)) is True:
                at = waits.enter(waits.JOIN_POOL, number_of(cell.at))
        try:
            original(self, *args, **kwargs)
        except BaseException as error:
            passed_on(error)
            raise
        finally:
            waits.leave(at)
        if at:
            tasks.pool_state(cell, 'ended')

    return shutdown
