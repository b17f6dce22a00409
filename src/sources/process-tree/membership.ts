/**
 * Which processes of the machine belong to a tree: those that descend from its roots, and those that carry its mark in their environment, which
 * finds also one whose parent had ended before anybody looked. A process is its pid and its start time, since pids are used again.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { AGENT_VARIABLES } from '../agents/protocol.ts'
import type { Stat, StatFiles } from './stat.ts'

export interface Identity {
  pid: number
  /** Field 22 of `/proc/PID/stat`: ticks since the system began. */
  start: number
}

export interface Joined extends Identity {
  stat: Stat
}

interface Known {
  start: number
  isMember: boolean
}

/** So many that are new are judged at a time: on a machine with very many, the first look takes several turns. */
const MOST_AT_A_TIME = 2_000
/** So many that do not belong to it are looked at again each time, in case one's pid has become another's unseen. */
const LOOKED_AT_AGAIN = 8

export class Membership {
  readonly #stats: StatFiles
  readonly #roots: readonly Identity[]
  readonly #oldest: number
  readonly #mark: string | null
  readonly #known = new Map<number, Known>()
  /** Found between two looks. */
  #early: Joined[] = []
  #again: IterableIterator<number> = [].values()

  constructor(stats: StatFiles, roots: readonly Identity[], mark: string | null) {
    this.#stats = stats
    this.#roots = roots
    this.#oldest = roots.reduce((oldest, { start }) => Math.min(oldest, start), Number.POSITIVE_INFINITY)
    this.#mark = mark
  }

  /** @returns who has been found to belong to it since the last look, parents before their children, and the pids of those that are gone */
  look(): { joined: Joined[]; left: number[] } {
    const listed = listPids()
    const present = new Set(listed)
    const left: number[] = []
    for (const [pid, { isMember }] of this.#known) {
      if (present.has(pid)) continue
      this.#known.delete(pid)
      if (isMember) left.push(pid)
    }
    this.#lookAgain()
    const joined = this.#early.filter(({ pid, start }) => this.#known.get(pid)?.start === start)
    this.#early = []
    const strange = listed.filter((pid) => !this.#known.has(pid))
    for (const pid of this.#nearestFirst(strange)) this.#judge(pid, joined)
    return { joined, left }
  }

  /** Whether this one belongs to it, also if it has begun since the last look: the next one tells of it. */
  has({ pid, start }: Identity): boolean {
    const known = this.#known.get(pid)
    if (known?.start === start) return known.isMember
    this.#known.delete(pid)
    return this.#judge(pid, this.#early) && this.#known.get(pid)?.start === start
  }

  /** It is gone: whoever has its pid from now on is another. */
  forget(pid: number): void {
    this.#known.delete(pid)
  }

  /** Pids are given in their order, so those that belong to it are most likely the next ones after its root's. */
  #nearestFirst(pids: number[]): number[] {
    if (pids.length <= MOST_AT_A_TIME) return pids
    const first = this.#roots[0]?.pid ?? 0
    const distance = (pid: number): number => (pid >= first ? pid - first : pid + 2 ** 23)
    return pids.sort((a, b) => distance(a) - distance(b)).slice(0, MOST_AT_A_TIME)
  }

  #judge(pid: number, joined: Joined[]): boolean {
    const known = this.#known.get(pid)
    if (known) return known.isMember
    const stat = this.#stats.glance(pid)
    if (!stat) return false
    // Known before its parent is judged: who is its own ancestor, as only a pid used again can seem to be, ends this.
    const own: Known = { start: stat.start, isMember: false }
    this.#known.set(pid, own)
    own.isMember = this.#belongs(pid, stat, joined)
    if (own.isMember) joined.push({ pid, start: stat.start, stat })
    return own.isMember
  }

  #belongs(pid: number, { start, ppid }: Stat, joined: Joined[]): boolean {
    if (this.#roots.some((root) => root.pid === pid && root.start === start)) return true
    // Nobody is older than who it descends from.
    if (start < this.#oldest) return false
    if (ppid > 1 && this.#judge(ppid, joined) && (this.#known.get(ppid)?.start ?? start + 1) <= start) return true
    return this.#mark !== null && hasMark(pid, this.#mark)
  }

  #lookAgain(): void {
    for (let count = 0; count < LOOKED_AT_AGAIN; count++) {
      const { value: pid, done } = this.#again.next()
      if (done) {
        this.#again = [...this.#known.keys()].values()
        return
      }
      const known = this.#known.get(pid)
      if (known && !known.isMember && this.#stats.glance(pid)?.start !== known.start) this.#known.delete(pid)
    }
  }
}

function listPids(): number[] {
  const pids: number[] = []
  for (const name of readdirSync('/proc')) {
    const first = name.charCodeAt(0)
    if (first >= 0x31 && first <= 0x39) pids.push(Number(name))
  }
  return pids
}

/** An environment may be megabytes long, and what is looked for may stand at its end. */
function hasMark(pid: number, mark: string): boolean {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`.includes(`\0${AGENT_VARIABLES.folder}=${mark}\0`)
  } catch {
    return false
  }
}
