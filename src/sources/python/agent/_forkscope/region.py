"""The region: the file in the run's folder that this process writes into, and nobody but the door reads. `sources/agents/protocol.ts` is the contract.

Writing is storing numbers into mapped memory. Nothing here waits, allocates a descriptor that stays, or raises: where there is no region, everything
is written into memory that nobody looks at.
"""

import os
import sys
import time

import mmap

now = time.monotonic_ns

BYTES = 262_144
CELLS_AT, CELLS, CELL_BYTES = 4_096, 384, 256
RING_AT, RING_BYTES = 102_400, 159_744
RING_ENDS_AT = RING_AT + RING_BYTES
MOST_LINE = 4_096
CELL_NUMBERS = CELL_BYTES // 8
FIRST_CELL = CELLS_AT // 8

# Numbers of the head, as indices into `state.view`.
RING_END, LINES, DROPPED, CELLS_USED, UNTOLD = 4, 5, 6, 7, 12

# Two cells in a part of the head that nobody reads: what there is no cell for is counted in the one; who must not be seen waiting "waits" already, in the other.
NOWHERE = 2_048 // 8
UNSEEN = 3_072 // 8

# Without the GIL, or before 3.10, a thread or a signal handler may come in the middle of `view[i] += 1`; from 3.10 on only at calls and loops (ceval.c).
IS_ADDING_ATOMIC = sys.version_info >= (3, 10) and getattr(sys, '_is_gil_enabled', lambda: True)()


class State:
    """Of this process; a forked child begins anew."""

    __slots__ = ('view', 'memory', 'pid', 'is_on', 'generations', 'free', 'next', 'pending', 'turn', 'kept', 'dying')

    def __init__(self):
        self.kept = []
        self.forget()

    def forget(self):
        """Nothing of what was is true in this process. Maps are kept: to unmap one closes its descriptor, whose number may be the program's by now."""
        self.memory = self.view = None
        self.is_on = False
        self.pid = os.getpid()
        self.generations = [0] * CELLS
        self.free = []
        self.next = iter(range(CELLS))
        self.dying = []
        self.pending = []
        self.turn = [None]


state = State()


def open_region():
    """Makes this process's region. Where there can be none, everything is written into memory of its own that nobody looks at."""
    try:
        _open_region()
    finally:
        if not state.is_on:
            state.memory = bytearray(BYTES)
            state.view = memoryview(state.memory).cast('Q')
            state.view[UNSEEN + 2] = 1


def _open_region():
    if sys.byteorder != 'little':
        return
    folder, token = _find_run()
    if folder is None:
        return
    start = _start_time()
    descriptor = _create(folder, '%d.%d' % (state.pid, start))
    if descriptor is None:
        return
    try:
        # What is reserved is there: a full disk is told now, and not by SIGBUS later.
        os.posix_fallocate(descriptor, 0, BYTES)
        memory = _map(descriptor)
    finally:
        os.close(descriptor)
    state.kept.append(memory)
    view = memoryview(memory).cast('Q')
    view[1], view[2], view[3] = state.pid, start, now()
    view[UNSEEN + 2] = 1
    memory[64:96] = token
    state.memory, state.view, state.is_on = memory, view, True
    memory[0:8] = b'FSAGENT1'


_run = []


def _find_run():
    """@returns the run's folder and token, as this program found them when it began; nothing if they are not such"""
    if not _run:
        folder = os.environ.get('FORKSCOPE_RUN', '')
        token = os.environ.get('FORKSCOPE_TOKEN', '').encode('ascii', 'replace')
        if not os.path.isabs(folder) or len(token) != 32 or os.stat(folder).st_uid != os.geteuid():
            return None, None
        _run.extend((folder, token))
    return _run


def _start_time():
    descriptor = os.open('/proc/self/stat', os.O_RDONLY | os.O_CLOEXEC)
    try:
        return int(os.read(descriptor, 4_096).rpartition(b')')[2].split()[19])
    finally:
        os.close(descriptor)


def _create(folder, name):
    """A program that has replaced itself (`exec`) is the same process: its next region has a number. A second interpreter in a process has none."""
    for number in range(100):
        path = os.path.join(folder, '%s.%d' % (name, number) if number else name)
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except FileExistsError:
            with open('/proc/self/maps') as maps:
                if any(line.rstrip().endswith(path) for line in maps):
                    return None
    return None


def _map(descriptor):
    """Maps it, and leaves no descriptor behind: one would be inherited, counted, or closed by the program."""
    if sys.version_info >= (3, 13):
        return mmap.mmap(descriptor, BYTES, trackfd=False)
    # The map's own copy is the lowest free number, as this one is. It is closed here, and the map is never freed, as that would close it once more.
    copy = os.dup(descriptor)
    os.close(copy)
    memory = mmap.mmap(descriptor, BYTES)
    if copy > 2 and _is_same_file(copy, descriptor):
        os.close(copy)
    return memory


def _is_same_file(one, other):
    try:
        a, b = os.fstat(one), os.fstat(other)
    except OSError:
        return False
    return (a.st_dev, a.st_ino) == (b.st_dev, b.st_ino)


def take_cell(kind, description):
    """@returns the index of the cell's first number in `state.view`; that of `NOWHERE` if there is none left"""
    try:
        number = state.free.pop()
    except IndexError:
        number = _next_number()
        if number is None:
            add(UNTOLD)
            return NOWHERE
    at = FIRST_CELL + number * CELL_NUMBERS
    memory, view = state.memory, state.view
    begin = at * 8
    memory[begin + 8 : begin + 64] = bytes(56)
    describe_cell(at, description)
    generation = state.generations[number]
    state.generations[number] = generation + 1
    view[at] = kind + 256 * generation
    while view[CELLS_USED] <= number:
        view[CELLS_USED] = number + 1
    return at


def describe_cell(at, description):
    begin = at * 8 + 64
    state.memory[begin : begin + 2 + len(description)] = len(description).to_bytes(2, 'little') + description


def _next_number():
    """One that was never used; else that of the object that has been gone for longest, since what is gone can be read on until then."""
    number = next(state.next, None)
    if number is None and state.dying:
        try:
            number = (state.dying.pop(0) - FIRST_CELL) // CELL_NUMBERS
        except IndexError:
            pass
    return number


def free_cell(at):
    if at >= FIRST_CELL:
        state.view[at] = 0
        state.free.append((at - FIRST_CELL) // CELL_NUMBERS)


def number_of(at):
    """@returns the cell's number, as others name it; of one that is nowhere, a number that no cell has"""
    return (at - FIRST_CELL) // CELL_NUMBERS if at >= FIRST_CELL else CELLS


_adding = [None]
_to_add = []


def _add_by_turns(at, count=1):
    """Exact, whoever comes in between: who finds another one adding leaves it to that one."""
    _to_add.append((at, count))
    while _to_add:
        try:
            del _adding[0]
        except IndexError:
            return
        try:
            while _to_add:
                index, more = _to_add.pop(0)
                state.view[index] += more
        finally:
            _adding[:] = (None,)


def _add_at_once(at, count=1):
    state.view[at] += count


add = _add_at_once if IS_ADDING_ATOMIC else _add_by_turns


_FREE = (None,)


def tell(line):
    """Writes a line of JSON (bytes, with its line break) into the ring. Never waits: who finds another one writing leaves the line to that one."""
    turn = state.turn
    try:
        # No call and no loop between this and `try`: nothing can be raised there by a signal handler, so that the turn is always given back.
        del turn[0]
    except IndexError:
        _leave_to_another(line)
        return
    try:
        view = state.view
        end = view[RING_END]
        at = end % RING_BYTES + RING_AT
        length = len(line)
        if length > MOST_LINE or at + length > RING_ENDS_AT:
            _write_in_two(line, end)
        else:
            state.memory[at : at + length] = line
            view[LINES] += 1
            view[RING_END] = end + length
    finally:
        turn[:] = _FREE
    if state.pending:
        _tell_pending()


def _leave_to_another(line):
    pending = state.pending
    pending.append(line)
    if state.turn:
        _tell_pending()
    elif len(pending) > 2_000:
        # Whoever was writing has gone for good: a signal handler's exception ended it (3.8 and 3.9).
        add(DROPPED, len(pending))
        del pending[:]
        state.turn[:] = _FREE


def _tell_pending():
    pending = state.pending
    while pending:
        try:
            line = pending.pop(0)
        except IndexError:
            return
        tell(line)


def _write_in_two(line, end):
    length = len(line)
    view = state.view
    if length > MOST_LINE:
        add(DROPPED)
        return
    at = end % RING_BYTES
    first = RING_BYTES - at
    state.memory[RING_AT + at : RING_ENDS_AT] = line[:first]
    state.memory[RING_AT : RING_AT + length - first] = line[first:]
    view[LINES] += 1
    view[RING_END] = end + length
