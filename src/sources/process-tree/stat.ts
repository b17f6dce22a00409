/**
 * Linux' `/proc/PID/stat` (proc_pid_stat(5)), by descriptors that stay open: for a thousand processes a fifth of what opening and parsing
 * each file as text costs. A descriptor is of the process, not of its pid: it gives nothing more once that has ended and been waited for.
 */
import { closeSync, openSync, readSync } from 'node:fs'

/** USER_HZ is 100 on every architecture that Node runs on. */
export const TICK_MS = 10
/** What is read besides these opens its file each time: descriptors are not ours alone. */
const MOST_DESCRIPTORS = 2_000
const SPACE = 0x20
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39
const OPENING = 0x28
const CLOSING = 0x29
const FIRST_NUMBER = 4
const LAST = 52

/** Fields of the file, counted from 1, as the manual does. */
const FIELD = {
  ppid: 4,
  session: 6,
  utime: 14,
  stime: 15,
  threads: 20,
  start: 22,
  rss: 24,
  stack: 28,
  exitCode: 52,
} as const

export interface Stat {
  /** At most 15 bytes, whatever they are. */
  name: string
  /** `R` running, `S` sleeping, `D` waits for a disk, `T` stopped, `t` traced, `Z` ended and not waited for, `X` gone, `I` idle. */
  state: string
  ppid: number
  /** The id of its session, setsid(2). */
  session: number
  cpuTimeMs: number
  threads: number
  /** When it started, in ticks since the system did: with its pid, what it is known by. */
  start: number
  rssPages: number
  /** Where its stack begins: another one after each exec; 0 or 1 where that must not be seen. */
  stack: number
  /** As waitpid(2) would give it, once it has ended; 0 as well where that must not be seen. */
  waitStatus: number
}

/** @returns what a line tells, or null if it is none. The name stands in parentheses and may hold anything, parentheses too */
export function parseStat(buffer: Buffer, length: number): Stat | null {
  const line = buffer.subarray(0, length)
  const opening = line.indexOf(OPENING)
  const closing = line.lastIndexOf(CLOSING)
  if (opening < 0 || closing < opening || closing + 4 > length) return null
  const values = new Array<number>(LAST + 1).fill(0)
  let field = FIRST_NUMBER
  for (let at = closing + 4; at < length && field <= LAST; at++) {
    let value = 0
    const isNegative = line[at] === MINUS
    if (isNegative) at++
    for (let digit = line[at] as number; digit >= ZERO && digit <= NINE; digit = line[++at] as number) {
      value = value * 10 + digit - ZERO
    }
    values[field++] = isNegative ? -value : value
    if (line[at] !== SPACE) break
  }
  if (field <= FIELD.rss) return null
  const of = (name: keyof typeof FIELD): number => values[FIELD[name]] as number
  return {
    name: line.toString('utf8', opening + 1, closing),
    state: String.fromCharCode(line[closing + 2] as number),
    ppid: of('ppid'),
    session: of('session'),
    cpuTimeMs: (of('utime') + of('stime')) * TICK_MS,
    threads: of('threads'),
    start: of('start'),
    rssPages: of('rss'),
    stack: of('stack'),
    waitStatus: of('exitCode'),
  }
}

/** Whether a process has ended, whether its parent has waited for it or not, or this pid is another's by now. */
export function isOver(pid: number, start: number): boolean {
  const stat = new StatFiles().glance(pid)
  return stat?.start !== start || stat.state === 'Z' || stat.state === 'X'
}

export class StatFiles {
  readonly #descriptors = new Map<number, number>()
  readonly #buffer = Buffer.allocUnsafe(2_048)

  /** @returns what the kernel tells of it now, or null if it is gone, even if its pid is another's meanwhile, which a second call then tells of */
  read(pid: number): Stat | null {
    const open = this.#descriptors.get(pid)
    try {
      if (open !== undefined) return this.#parse(open)
      const descriptor = openSync(`/proc/${pid}/stat`, 'r')
      if (this.#descriptors.size < MOST_DESCRIPTORS) this.#descriptors.set(pid, descriptor)
      else return this.#readAndClose(descriptor)
      return this.#parse(descriptor)
    } catch {
      this.forget(pid)
      return null
    }
  }

  /** The same without keeping anything open: for what is asked once. */
  glance(pid: number): Stat | null {
    try {
      return this.#readAndClose(openSync(`/proc/${pid}/stat`, 'r'))
    } catch {
      return null
    }
  }

  /** @returns the pids of which a descriptor is open */
  get open(): IterableIterator<number> {
    return this.#descriptors.keys()
  }

  forget(pid: number): void {
    const descriptor = this.#descriptors.get(pid)
    if (descriptor !== undefined) closeSync(descriptor)
    this.#descriptors.delete(pid)
  }

  /** Gives back all descriptors. It can be read again after that. */
  close(): void {
    for (const pid of [...this.#descriptors.keys()]) this.forget(pid)
  }

  #readAndClose(descriptor: number): Stat | null {
    try {
      return this.#parse(descriptor)
    } finally {
      closeSync(descriptor)
    }
  }

  #parse(descriptor: number): Stat | null {
    return parseStat(this.#buffer, readSync(descriptor, this.#buffer, 0, this.#buffer.length, 0))
  }
}
