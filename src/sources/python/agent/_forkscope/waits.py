"""What each thread waits for: one thing, the outermost. A thread's cell comes with its first wait or its name, and goes with the thread."""

import sys
from _thread import _local, get_ident, get_native_id
from os import getpid

from .region import UNSEEN, free_cell, now, number_of, state, take_cell
from .words import describe

THREAD = 1

SLEEP, GET, PUT, ACQUIRE, JOIN, JOIN_THREAD, RESULT, TASK, RECEIVE, EVENT, CONDITION, BARRIER, FLUSH, JOIN_QUEUE, JOIN_POOL, SEND, OTHER = range(1, 18)


class Slot:
    """A thread's own: `at` is where its cell is in `state.view`; it is `quiet` while the standard library makes things for itself."""

    __slots__ = ('at', 'tid', 'pid', 'quiet', 'submitting', 'creating')

    def __init__(self):
        self.quiet = 0
        self.submitting = self.creating = None
        self.pid = state.pid
        self.tid = get_native_id()
        self.at = UNSEEN
        self.at = _take_thread_cell(self.tid)

    def __del__(self):
        # Of a thread that has ended. One that was not forked along is no business of the child's, whose hooks may not have run yet.
        try:
            if self.pid == state.pid == getpid():
                free_cell(self.at)
        except Exception:
            # At the interpreter's end nothing is certain any more.
            pass


# `threads.slot` is that of whoever asks. An exact `_local` is read twice as fast as one of a subclass.
threads = _local()


def slot_here():
    try:
        return threads.slot
    except AttributeError:
        slot = threads.slot = Slot()
        return slot


_MAIN = describe(name='MainThread', isMain=True)


def _take_thread_cell(tid, thread=None):
    # Who forked lives on as the main thread, whatever it was called.
    if tid == state.pid:
        at = take_cell(THREAD, _MAIN)
        state.view[at + 1] = tid
        return at
    name = is_daemon = None
    threading = sys.modules.get('threading')
    thread = thread or getattr(threading, '_active', {}).get(get_ident())
    if thread is not None:
        fields = thread.__dict__
        name = fields.get('_name', name)
        is_daemon = fields.get('_daemonic') is True or None
    at = take_cell(THREAD, describe(name=name if type(name) is str else None, isDaemon=is_daemon))
    state.view[at + 1] = tid
    return at


def begin_threads():
    """In a forked child: who lives on is another thread now."""
    threads.slot = Slot()


def hide_thread():
    """This thread is the standard library's own: it is not shown waiting, nor what it makes."""
    slot = slot_here()
    slot.quiet = 1
    if slot.at != UNSEEN:
        free_cell(slot.at)
        slot.at = UNSEEN


def show_thread(thread=None):
    """Makes this thread's cell anew: its name may have been given since. @param thread that of `threading`, if it is not known to that yet"""
    slot = slot_here()
    if slot.at != UNSEEN:
        free_cell(slot.at)
        slot.at = _take_thread_cell(slot.tid, thread)


def enter(what, on=0, timeout=None, about=0):
    """A wait begins. @returns what `leave` must be given; 0 if this is part of another wait"""
    try:
        at = threads.slot.at
    except AttributeError:
        at = slot_here().at
    view = state.view
    turn = view[at + 2]
    if turn & 1:
        return 0
    view[at + 3] = what
    view[at + 4] = on
    view[at + 5] = now()
    view[at + 6] = in_ms(timeout)
    view[at + 7] = about
    view[at + 2] = turn + 1
    return at + 2


def enter_at(what, cell_at, timeout=None, about=0):
    """As `enter`, for what has a cell."""
    return enter(what, number_of(cell_at), timeout, about)


def leave(at):
    if at and state.view[at] & 1:
        state.view[at] += 1


def in_ms(timeout):
    """@returns a time limit in milliseconds, 0 if there is none; only of Python's own numbers"""
    kind = type(timeout)
    if kind is float:
        return int(timeout * 1_000) or 1 if 0 < timeout < 4e12 else 0 if timeout > 0 else 1
    if kind is int:
        return min(timeout * 1_000, 1 << 52) if timeout > 0 else 1
    return 0
