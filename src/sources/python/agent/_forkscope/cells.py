"""Cells for the program's objects: each object keeps its own, as an attribute, so that a forked child has its name too."""

import sys
from itertools import count

from .region import NOWHERE, describe_cell, state, take_cell
from .words import describe

QUEUE, LOCK, LOOP, POOL, OBJECT = range(2, 7)

_numbers = count(1)
_HELPERS = ('multiprocessing', 'concurrent', '_forkscope')


def new_id(letter):
    """@returns a name that no other process of the run gives"""
    return '%s%d.%d' % (letter, state.pid, next(_numbers))


class Cell:
    """What is told of an object: `of` is the kind of cell, `at` where it is in `view`; where that is not `state.view`, it has no place in this process yet. An untold one never has."""

    __slots__ = ('view', 'at', 'of', 'id', 'fields', 'is_told', 'may_wait', 'is_broken', 'numbers', 'enter', 'leave')

    def __init__(self, of, id, is_told=True, **fields):
        self.view = None
        self.at = NOWHERE
        self.of = of
        self.id = id
        self.is_told = is_told
        self.fields = fields
        self.may_wait = False
        self.is_broken = False
        self.enter = self.leave = None

    def place(self):
        """Gives it a place in this process's region. @returns the view that it is in"""
        view = state.view
        if self.view is not view:
            self.at = take_cell(self.of, describe(id=self.id, **self.fields)) if self.is_told else NOWHERE
            self.view = view
        return view

    def describe(self, **fields):
        """More is known of it than when it was placed."""
        self.fields.update(fields)
        if self.at != NOWHERE and self.view is state.view:
            describe_cell(self.at, describe(id=self.id, **self.fields))

    def __del__(self):
        # What it counted stays to be read, until its place is needed.
        try:
            if self.at != NOWHERE and self.view is state.view:
                state.dying.append(self.at)
        except Exception:
            pass

    def __reduce__(self):
        """In a copy that is made by pickling there is none: that is in another process, which gives its own."""
        return type(None), ()


class LocalCell(Cell):
    """Of what a forked child has a copy of, which is another thing: it gets a name of its own there."""

    __slots__ = ()

    def __init__(self, of, letter, is_told=True, **fields):
        super().__init__(of, letter, is_told, **fields)

    def place(self):
        if self.view is not state.view:
            self.id = new_id(self.id[0])
        return super().place()


# Of what the agent could not find out about.
NO_CELL = Cell(OBJECT, '', is_told=False)


def hush(lock):
    """A lock that the standard library has for itself is not told of, and is as fast as ever."""
    if lock is None:
        return
    lock = lock.__dict__.get('_lock', lock)
    semlock = lock.__dict__.get('_semlock')
    if semlock is not None:
        lock.acquire, lock.release = semlock.acquire, semlock.release
        cell = lock.__dict__.get('_forkscope')
        if cell is None:
            lock._forkscope = NO_CELL
        else:
            cell.is_told = False
            cell.enter = cell.leave = None


_made = {}


def place_made(kind):
    """@returns where in the program something was made, as `app.py:12`; the second of its kind there is `app.py:12 #2`"""
    frame = sys._getframe(1)
    while frame is not None:
        if not frame.f_globals.get('__name__', '').startswith(_HELPERS):
            where = '%s:%d' % (frame.f_code.co_filename.rpartition('/')[2], frame.f_lineno)
            number = _made[kind, where] = _made.get((kind, where), 0) + 1
            return where if number == 1 else '%s #%d' % (where, number)
        frame = frame.f_back
    return None
