/** The processes of a program, as the kernel tells of them: who there is, what each does, how it ended, who is connected with whom. */
import type { ConnectedEnd } from '../../shared/telemetry.ts'
import { Connections } from './connections.ts'
import { readOpenEnds } from './descriptors.ts'
import { type Doing, doingOf, RUNNING } from './doing.ts'
import { type Ended, endedBy } from './ended.ts'
import { type Identity, Membership } from './membership.ts'
import { OutOfMemory } from './out-of-memory.ts'
import { readPageBytes } from './page-size.ts'
import { readCommand, readExecutable, readUid } from './portrait.ts'
import { whyRefused } from './reach.ts'
import { SocketPeers } from './socket-peers.ts'
import { type Stat, StatFiles } from './stat.ts'

export type { Identity }

export interface TreeOptions {
  /** Those that it begins with, by `identityOf`. */
  roots: readonly Identity[]
  /** The run's folder: who has it as `FORKSCOPE_RUN` in its environment belongs to the tree as well. */
  mark?: string
  /** What a process is called where others speak of it; its name, as the kernel knows it, if this gives none. */
  nameOf?: (id: string) => string | undefined
}

export interface TreeProcess extends Identity {
  /** `<pid>.<start>` */
  id: string
  /** Now; another one once its parent has ended. */
  ppid: number
  /** Who had started it, if that one is known to the tree. */
  parent: string | null
  /** Null if it was gone before that could be asked. */
  uid: number | null
  /** What the kernel calls it, at most 15 bytes: any text. */
  name: string
  /** Its arguments with spaces between, the first 4 KiB of them; empty if it has none. */
  command: string
  /** The file that it runs, or null where that must not be seen. */
  executable: string | null
  threads: number
  cpuTimeMs: number
  memoryBytes: number
  doing: Doing
  /** How it ended, once it has: it is there until its parent has waited for it. Null also where that must not be seen. */
  ended: Ended | null
  /** Why it ended, in words, where that is known. */
  reason?: string
  /** What of it is not seen, why, and what one can do; else empty. */
  unseen: string
}

export interface GoneProcess extends Identity {
  id: string
  /** Null if nobody saw it between its end and its parent's wait for it: only its parent knows then. */
  ended: Ended | null
  /** Why, in words, where that is known. */
  reason?: string
}

export interface TreeChanges {
  /** Parents before their children. */
  appeared: readonly TreeProcess[]
  /** Whose state, words, name, command or threads have changed, and who has ended and is not waited for. */
  changed: readonly TreeProcess[]
  gone: readonly GoneProcess[]
  /** Whose pipes and sockets go elsewhere than they did. */
  connected: readonly ConnectedProcess[]
}

export interface ConnectedProcess {
  id: string
  ends: ConnectedEnd[]
  more: number
}

interface Member extends TreeProcess {
  stack: number
  /** When what it does was looked at last, and what it has open. */
  statAtMs: number
  endsAtMs: number
  /** Its ends as they were told last, as text to compare with. */
  toldEnds: string
}

const STAT_EVERY_MS = 1_000
const DESCRIPTORS_EVERY_MS = 2_000
/** What is due is done in pieces: of a thousand processes, a piece holds the loop for a few milliseconds. */
const MOST_STATS_AT_A_TIME = 250
const MOST_DESCRIPTORS_AT_A_TIME = 40
/** Looking costs at most this part of the time. */
const MOST_SHARE = 0.03
/** Of those that have the other end of a pipe. */
const MOST_NAMED = 3
/** What was told of the ends of who has none. */
const NO_ENDS = JSON.stringify({ ends: [], more: 0 })
/** While processes come and go; where nothing happens, each pause is longer than the one before. */
const SHORTEST_PAUSE_MS = 60
const QUIET_PAUSE_MS = 240
const LONGEST_PAUSE_MS = 1_000

/** @returns what a process is known by, or null if there is none of this pid. */
export function identityOf(pid: number): Identity | null {
  const stat = new StatFiles().glance(pid)
  return stat && { pid, start: stat.start }
}

/** Whether this system has what the tree is read from. Where it has not, there is only what the monitor can tell. */
export function canSeeProcesses(): boolean {
  return identityOf(process.pid) !== null
}

export class ProcessTree {
  readonly #stats = new StatFiles()
  readonly #membership: Membership
  readonly #connections = new Connections()
  readonly #outOfMemory = new OutOfMemory()
  readonly #nameOf: (id: string) => string | undefined
  readonly #members = new Map<number, Member>()
  readonly #pageBytes = readPageBytes()
  /** What this process has open and its children may have inherited: Electron's have, and none of it is theirs. */
  readonly #ours = new Set(readOpenEnds(process.pid).ends.map(({ link }) => link))
  #pauseMs = SHORTEST_PAUSE_MS

  constructor({ roots, mark, nameOf = () => undefined }: TreeOptions) {
    this.#membership = new Membership(this.#stats, roots, mark ?? null)
    this.#nameOf = nameOf
  }

  /** Who is in it: those that live, and those that have ended and are not waited for. */
  get processes(): IterableIterator<TreeProcess> {
    return this.#members.values()
  }

  /** Those that had not ended when they were looked at last. */
  get living(): TreeProcess[] {
    return [...this.#members.values()].filter(({ doing }) => doing.state !== 'ended')
  }

  /** Whether this process is in it; one that has just begun is found by this as well. */
  isMember({ pid, start }: Identity): boolean {
    const known = this.#members.get(pid)
    return known ? known.start === start : this.#membership.has({ pid, start })
  }

  /** After how many milliseconds to scan again, so that looking costs little whatever there is to see. */
  get pauseMs(): number {
    return this.#pauseMs
  }

  /**
   * Looks at what is due: who has come and gone each time, what each does once a second, who is connected with whom every two seconds, or less often
   * where there are many. It throws nothing: what cannot be seen is left out, and said in `unseen`.
   * @param nowMs of a monotonic clock
   * @param isFull what each does is looked at now, whether that is due or not
   */
  scan(nowMs: number = performance.now(), isFull = false): TreeChanges {
    const beganMs = performance.now()
    const gone: GoneProcess[] = []
    const { joined, left } = this.#membership.look()
    for (const pid of left) this.#leave(pid, gone)
    const appeared = joined.map(({ pid, stat }) => this.#join(pid, stat))
    const connected = this.#lookAtEnds(nowMs)
    const changed = this.#lookAtStates(nowMs, isFull, gone).filter((member) => !appeared.includes(member))
    const tookMs = performance.now() - beganMs
    const isQuiet = appeared.length === 0 && gone.length === 0
    const pauseMs = isQuiet ? Math.min(QUIET_PAUSE_MS, 1.5 * this.#pauseMs) : SHORTEST_PAUSE_MS
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(pauseMs, tookMs / MOST_SHARE))
    return { appeared, changed, gone, connected }
  }

  /** Gives back what it holds. */
  close(): void {
    this.#stats.close()
    this.#outOfMemory.close()
  }

  #join(pid: number, stat: Stat): Member {
    const parent = this.#members.get(stat.ppid)
    const member: Member = {
      id: `${pid}.${stat.start}`,
      pid,
      start: stat.start,
      ppid: stat.ppid,
      parent: parent?.id ?? null,
      uid: readUid(pid),
      name: stat.name,
      command: readCommand(pid),
      executable: readExecutable(pid),
      threads: stat.threads,
      cpuTimeMs: stat.cpuTimeMs,
      memoryBytes: stat.rssPages * this.#pageBytes,
      doing: RUNNING,
      ended: null,
      unseen: '',
      stack: stat.stack,
      statAtMs: Number.NEGATIVE_INFINITY,
      endsAtMs: Number.NEGATIVE_INFINITY,
      toldEnds: NO_ENDS,
    }
    this.#members.set(pid, member)
    this.#outOfMemory.watch(pid)
    return member
  }

  #leave(pid: number, gone: GoneProcess[]): void {
    const member = this.#members.get(pid)
    if (!member) return
    this.#members.delete(pid)
    this.#connections.delete(member.id)
    this.#stats.forget(pid)
    this.#membership.forget(pid)
    const { id, start, ended } = member
    const reason = member.reason ?? (ended === null ? this.#whyKilled(member) : undefined)
    gone.push({ id, pid, start, ended, ...(reason !== undefined && { reason }) })
  }

  #lookAtEnds(nowMs: number): ConnectedProcess[] {
    const looked: Member[] = []
    for (const member of this.#members.values()) {
      if (nowMs - member.endsAtMs < DESCRIPTORS_EVERY_MS) continue
      if (looked.length === MOST_DESCRIPTORS_AT_A_TIME) break
      looked.push(member)
      member.endsAtMs = nowMs
      // What changes its own command line tells so in no other way; who has ended has none.
      member.command = readCommand(member.pid) || member.command
      const { ends, isRefused } = readOpenEnds(member.pid)
      this.#connections.set(
        member.id,
        ends.filter(({ link }) => !this.#ours.has(link)),
      )
      if (isRefused) member.unseen ||= whyRefused(member.uid)
    }
    const peers = new SocketPeers()
    return looked.flatMap((member) => {
      const found = this.#connections.of(member.id, (link) => peers.of(Number(link.slice('socket:['.length, -1))))
      const told = JSON.stringify(found)
      if (told === member.toldEnds) return []
      member.toldEnds = told
      return [{ id: member.id, ...found }]
    })
  }

  #lookAtStates(nowMs: number, isFull: boolean, gone: GoneProcess[]): Member[] {
    const changed: Member[] = []
    let count = 0
    for (const member of this.#members.values()) {
      if (!isFull && nowMs - member.statAtMs < STAT_EVERY_MS) continue
      if (++count > MOST_STATS_AT_A_TIME && !isFull) break
      member.statAtMs = nowMs
      const stat = this.#stats.read(member.pid)
      if (stat === null || stat.start !== member.start) this.#leave(member.pid, gone)
      else if (this.#update(member, stat)) changed.push(member)
    }
    return changed
  }

  /** @returns whether what is shown of it has changed */
  #update(member: Member, stat: Stat): boolean {
    const before = `${member.doing.words}\0${member.name}\0${member.command}\0${member.threads}\0${member.unseen}`
    member.cpuTimeMs = stat.cpuTimeMs
    member.memoryBytes = stat.rssPages * this.#pageBytes
    member.threads = stat.threads
    member.ppid = stat.ppid
    // Of one that has ended, what it ran is not told any more: it is shown as before.
    const hasEnded = stat.state === 'Z' || stat.state === 'X'
    if (!hasEnded && (stat.stack !== member.stack || stat.name !== member.name)) {
      member.name = stat.name
      member.stack = stat.stack
      member.command = readCommand(member.pid)
      member.executable = readExecutable(member.pid)
    }
    const folder = `/proc/${member.pid}`
    member.doing = doingOf(folder, stat.state, (link, end) => this.#others(member, link, end))
    if (member.doing.isRefused) member.unseen ||= whyRefused(member.uid)
    if (member.doing.state === 'ended' && member.ended === null) {
      member.ended = this.#endOf(member, stat)
      const reason = member.ended?.signal === 'SIGKILL' ? this.#whyKilled(member) : undefined
      if (reason !== undefined) member.reason = reason
    }
    return before !== `${member.doing.words}\0${member.name}\0${member.command}\0${member.threads}\0${member.unseen}`
  }

  #whyKilled({ pid, name, ended }: Member): string | undefined {
    return this.#outOfMemory.reasonFor(pid, name, ended?.signal === 'SIGKILL')
  }

  /** A status is shown only to who might trace it; to others all end with 0, which is nothing to be believed. */
  #endOf({ uid }: Member, { waitStatus }: Stat): Ended | null {
    const me = process.getuid?.()
    return waitStatus !== 0 || me === 0 || me === uid ? endedBy(waitStatus) : null
  }

  /** @returns ` from worker 2 (17)`, ` to nobody`: who has the other end of what a process reads or writes */
  #others({ id }: Member, link: string, end: 'read' | 'write'): string {
    const preposition = end === 'read' ? 'from' : 'of'
    const names = this.#connections.others(id, link, end).map((other) => this.#title(other))
    if (names.length === 0) return ''
    const shown = names.slice(0, MOST_NAMED).join(', ')
    return ` ${preposition} ${shown}${names.length > MOST_NAMED ? ' and others' : ''}`
  }

  #title(id: string): string {
    const pid = Number.parseInt(id, 10)
    return `${this.#nameOf(id) ?? this.#members.get(pid)?.name ?? 'a process'} (${pid})`
  }
}
