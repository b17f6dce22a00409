/**
 * Whether it was for want of memory that the kernel killed a process: its log says which one, where it may be read; else the counter of the control group
 * says that it was one of those in it.
 */
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs'
import { readStart } from './read-text.ts'

/** What is in the log before one looks is passed over; a line is one read(2) of `/dev/kmsg`, at most 8 KiB. */
const LONGEST_LINE = 8_192
const MOST_LINES_AT_A_TIME = 10_000
const KILLED = /Killed process (\d+) \((.*?)\)/

export class OutOfMemory {
  #log = openLog()
  readonly #buffer = Buffer.allocUnsafe(LONGEST_LINE)
  readonly #killed = new Map<number, string>()
  /** By the file of each control group that a process of the tree is in: how many of it had been killed when it was read last. */
  readonly #counts = new Map<string, number>()
  readonly #fileOf = new Map<number, string>()

  constructor() {
    this.#readLog()
    this.#killed.clear()
  }

  /** From now on it is of interest how this one ends. */
  watch(pid: number): void {
    const file = countFileOf(pid)
    if (file === null) return
    this.#fileOf.set(pid, file)
    if (!this.#counts.has(file)) this.#counts.set(file, readCount(file))
  }

  /**
   * It is gone. @param name as the kernel knows it @param isKilled whether it is known to have ended by SIGKILL: if not, only the log is believed
   * @returns why, in words, if it was for want of memory; undefined if not, or if that is not to be seen
   */
  reasonFor(pid: number, name: string, isKilled: boolean): string | undefined {
    const file = this.#fileOf.get(pid)
    this.#fileOf.delete(pid)
    this.#readLog()
    if (this.#killed.get(pid) === name) {
      this.#killed.delete(pid)
      this.#noteCount(file)
      return 'the system had no memory left for it, and ended it'
    }
    if (!isKilled || !this.#noteCount(file)) return undefined
    return 'the memory of its control group was used up, and the system ended one of its processes'
  }

  close(): void {
    if (this.#log !== null) closeSync(this.#log)
    this.#log = null
  }

  /** @returns whether one of the group has been killed since it was read last */
  #noteCount(file: string | undefined): boolean {
    if (file === undefined) return false
    const before = this.#counts.get(file) ?? 0
    const now = readCount(file)
    if (now <= before) return false
    this.#counts.set(file, before + 1)
    return true
  }

  #readLog(): void {
    if (this.#log === null) return
    for (let count = 0; count < MOST_LINES_AT_A_TIME; count++) {
      try {
        const [, pid, name = ''] =
          KILLED.exec(this.#buffer.toString('utf8', 0, readSync(this.#log, this.#buffer, 0, LONGEST_LINE, null))) ?? []
        if (pid !== undefined) this.#killed.set(Number(pid), name)
      } catch (error) {
        // EPIPE: lines were overwritten before they were read; the next read goes on after them. EAGAIN: no more.
        if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return
      }
    }
  }
}

function openLog(): number | null {
  try {
    return openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return null
  }
}

/** Of the second version of control groups `memory.events`, of the first `memory.oom_control`. */
function countFileOf(pid: number): string | null {
  const groups = readStart(`/proc/${pid}/cgroup`) ?? ''
  const first = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.*)$/m.exec(groups)?.[1]
  if (first !== undefined) return `/sys/fs/cgroup/memory${first}/memory.oom_control`
  const second = /^0::(.*)$/m.exec(groups)?.[1]
  return second === undefined ? null : `/sys/fs/cgroup${second}/memory.events`
}

function readCount(file: string): number {
  try {
    return Number(/^oom_kill (\d+)/m.exec(readFileSync(file, 'latin1'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
