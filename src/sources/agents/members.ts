/** The processes of a run, put together from what the kernel and the agents tell: the one place that says who there is and how it ended. */
import { basename } from 'node:path'
import { isCount, isNumber, isRecord, isText } from '../../shared/checks.ts'
import type { ProcessId, TelemetryEvent, WaitTarget } from '../../shared/telemetry.ts'
import type { Doing } from '../process-tree/doing.ts'
import type { Ended } from '../process-tree/ended.ts'
import type { ConnectedProcess, Identity, TreeProcess } from '../process-tree/process-tree.ts'

/** How a process ended, where nobody has seen it, is waited for so long: its parent may tell. */
const GRACE_MS = 300
const MOST_EARLY = 10_000
const STOPPED: WaitTarget = { what: 'other', label: 'to be continued' }

type End = Ended & { reason?: string }

/** What of a process is needed to begin with. */
type Begun = Identity & { ppid: number; command: string }

export interface Member {
  id: ProcessId
  pid: number
  start: number
  name: string
  /** By the program, and so better than what the kernel has. */
  isNamed: boolean
  command: string
  isDescribed: boolean
  /** What an agent in it says that it runs on. */
  runtime: string | null
  /** What the kernel said last that it does. */
  doing: Doing | null
  end: End | null
  /** How it said that it would end. */
  ownEnd: End | null
  /** The error that it said it ends for. */
  uncaught: string | null
  goneMs: number | null
}

export interface MembersOptions {
  emit: (event: TelemetryEvent) => void
  nowUs: () => number
  /** What of a process without an agent is not seen, and why; to be read after its name is known. */
  unseen: (process: Begun) => string
  /** A process is over, and has been told of. */
  ended: (member: Member) => void
}

type Line = Readonly<Record<string, unknown>>

export class Members {
  readonly #options: MembersOptions
  /** By pid, those that have not been told to have ended. */
  readonly #members = new Map<number, Member>()
  /** What was told of a child before it was seen. */
  readonly #early = new Map<number, Line>()
  /** How those ended that nobody has seen: a process may be over before anybody looks. */
  readonly #earlyEnds = new Map<number, End>()

  #root: ProcessId | undefined

  constructor(options: MembersOptions) {
    this.#options = options
  }

  get(pid: number, start: number): Member | undefined {
    const member = this.#members.get(pid)
    return member?.start === start ? member : undefined
  }

  /** @returns the id of the process that has, or had last, this pid */
  idOf(pid: number): ProcessId | undefined {
    return this.#members.get(pid)?.id
  }

  /** Whether a process of the run has said that it started this one, which nobody has seen yet. */
  isChild(pid: number): boolean {
    return this.#early.has(pid)
  }

  /** The first process of the run, also when it has ended. */
  get root(): ProcessId | undefined {
    return this.#root
  }

  get isEmpty(): boolean {
    return this.#members.size === 0
  }

  /** Those that have not been told to have ended. */
  get all(): Iterable<Member> {
    return this.#members.values()
  }

  /** @returns what the kernel said last that a process does */
  doingOf(id: ProcessId): Doing | null {
    const member = this.#members.get(Number.parseInt(id, 10))
    return member?.id === id ? member.doing : null
  }

  nameOf(id: ProcessId): string | undefined {
    const member = this.#members.get(Number.parseInt(id, 10))
    return member?.id === id ? member.name : undefined
  }

  /** The first process of the run has begun. */
  begin(process: Begun): void {
    this.#describe(this.#add(process, true), process, '')
  }

  /** The kernel has a process of the run. */
  appeared(process: TreeProcess): void {
    const command = process.command || process.name
    const member = this.get(process.pid, process.start) ?? this.#add({ ...process, command }, true)
    if (!member.isDescribed) this.#describe(member, { ...process, command }, process.unseen)
    this.#does(member, process)
  }

  #describe(member: Member, process: Begun, known: string): void {
    const { id, runtime } = member
    const unseen = runtime === null ? known || this.#options.unseen(process) : ''
    this.#emit({ type: 'process.described', process: id, command: process.command, ...(unseen !== '' && { unseen }) })
    member.isDescribed = true
  }

  /** Its pipes and sockets go elsewhere than they did. */
  connected({ id, ends, more }: ConnectedProcess): void {
    if (this.nameOf(id) === undefined) return
    this.#emit({ type: 'process.connected', process: id, ends, ...(more > 0 && { more }) })
  }

  /** It does something else, or has become another program. */
  changed(process: TreeProcess): void {
    const member = this.get(process.pid, process.start)
    if (!member) return
    const command = process.command || process.name
    const name = member.isNamed ? member.name : nameOf({ ...process, command })
    const { unseen } = process
    if (name !== member.name || command !== member.command || (unseen !== '' && member.runtime === null)) {
      Object.assign(member, { name, command })
      const isSilent = member.runtime === null && unseen !== ''
      this.#emit({ type: 'process.described', process: member.id, name, command, ...(isSilent && { unseen }) })
    }
    this.#does(member, process)
  }

  /** What the kernel says that a process does is told of those that say nothing themselves; of the others where they say nothing, see `Quiet`. */
  #does(member: Member, { pid, start, doing, ended, reason }: TreeProcess): void {
    const { id, runtime } = member
    member.doing = doing
    const { state } = doing
    if (state === 'ended') this.gone(pid, start, ended && { ...ended, ...(reason !== undefined && { reason }) })
    if (state === 'ended' || runtime !== null) return
    this.tellState(id, doing)
  }

  /** Tells what a process does in the kernel's words. */
  tellState(process: ProcessId, { state, waitingOn }: Doing): void {
    if (state === 'ended') return
    if (state !== 'stopped') this.#emit({ type: 'process.state', process, state, ...(waitingOn && { waitingOn }) })
    else this.#emit({ type: 'process.state', process, state: 'waiting', waitingOn: waitingOn ?? STOPPED })
  }

  /** The kernel has it no more. */
  gone(pid: number, start: number, end: End | null): void {
    const member = this.get(pid, start)
    if (!member) return
    member.goneMs ??= performance.now()
    member.end ??= end
  }

  /** Whoever waited for it knows how it ended. */
  endedWith(pid: number, end: End): void {
    const member = this.#members.get(pid)
    if (member) member.end = end
    else if (this.#earlyEnds.size < MOST_EARLY) this.#earlyEnds.set(pid, end)
  }

  /** An agent in this process tells. @returns whether the line is one about processes */
  heard(pid: number, start: number, line: Line): boolean {
    if (line.e === 'hello') this.#hello(pid, start, line)
    else if (line.e === 'name') this.#named(this.get(pid, start), line)
    else if (line.e === 'child') this.#child(line)
    else if (line.e === 'child.ended') this.#childEnded(line)
    else if (line.e === 'end') this.#ends(this.get(pid, start), line)
    else if (line.e === 'uncaught') this.#uncaught(this.get(pid, start), line)
    else return false
    return true
  }

  /** It is about to end: what it says itself is how it ended, if nobody else knows. */
  #ends(member: Member | undefined, { code }: Line): void {
    if (member && isCount(code)) member.ownEnd = { exitCode: code, signal: null }
  }

  #uncaught(member: Member | undefined, { error }: Line): void {
    if (!member || !isRecord(error)) return
    const [name, message] = [isText(error.name) ? error.name : 'error', isText(error.message) ? error.message : '']
    member.uncaught = `nobody caught ${name}${message === '' ? '' : `: ${message}`}`
  }

  /** Tells the ends that are due. */
  settle(): void {
    const nowMs = performance.now()
    for (const member of [...this.#members.values()]) {
      if (member.goneMs === null || (member.end === null && nowMs - member.goneMs < GRACE_MS)) continue
      this.#tellEnd(member)
    }
  }

  /** The run is over: what is not known now will not be. */
  finish(): void {
    for (const member of [...this.#members.values()]) this.#tellEnd(member)
  }

  #tellEnd(member: Member): void {
    this.#options.ended(member)
    this.#members.delete(member.pid)
    const end: End = member.end ?? member.ownEnd ?? { exitCode: null, signal: null }
    const { exitCode, signal } = end
    const reason = end.reason ?? (exitCode === 0 ? undefined : (member.uncaught ?? undefined))
    this.#emit({
      type: 'process.exited',
      process: member.id,
      exitCode,
      signal,
      ...(reason !== undefined && { reason }),
    })
  }

  #hello(pid: number, start: number, line: Line): void {
    const argv = Array.isArray(line.argv) ? line.argv.filter(isText) : []
    const command = argv.join(' ')
    const ppid = isCount(line.ppid) ? line.ppid : 0
    const member = this.get(pid, start) ?? this.#add({ pid, start, ppid, command }, false)
    const words = { python: 'Python', node: 'Node' }[String(line.agent)]
    if (words === undefined || !isText(line.runtime)) return
    member.runtime = `${words} ${line.runtime}`
    // The kernel may have been asked while it became this program, when it has no command line.
    if (!member.isNamed && command !== '') Object.assign(member, { command, name: nameOf({ command, pid }) })
    const { id, runtime, name } = member
    this.#emit({
      type: 'process.described',
      process: id,
      runtime,
      isSilent: false,
      unseen: '',
      ...(command !== '' && { command, name }),
    })
    this.#emit({ type: 'process.state', process: id, state: 'running' })
  }

  #named(member: Member | undefined, { name }: Line): void {
    if (!member || !isText(name) || name === '') return
    member.name = name
    member.isNamed = true
    this.#emit({ type: 'process.described', process: member.id, name })
  }

  #child(line: Line): void {
    if (!isCount(line.pid)) return
    const member = this.#members.get(line.pid)
    if (member) {
      if (!member.isNamed) this.#named(member, line)
    } else if (this.#early.size < MOST_EARLY) this.#early.set(line.pid, line)
  }

  #childEnded({ pid, code, signal }: Line): void {
    if (!isCount(pid)) return
    this.endedWith(pid, { exitCode: isNumber(code) ? code : null, signal: isText(signal) ? signal : null })
  }

  #add(process: Begun, isSilent: boolean): Member {
    const { pid, start, ppid } = process
    // A pid that comes again is another process: the one before has ended.
    const before = this.#members.get(pid)
    if (before) this.#tellEnd(before)
    const id = `${pid}.${start}`
    const parent = this.#members.get(ppid)
    const member: Member = {
      id,
      pid,
      start,
      name: nameOf(process),
      isNamed: false,
      isDescribed: false,
      command: process.command,
      runtime: null,
      doing: null,
      end: this.#earlyEnds.get(pid) ?? null,
      ownEnd: null,
      uncaught: null,
      goneMs: null,
    }
    const isFirst = this.#members.size === 0 && !parent
    this.#members.set(pid, member)
    this.#root ??= id
    this.#emit({
      ...{ type: 'process.started', process: id, name: member.name, pid, parentPid: ppid, parent: parent?.id ?? null },
      ...{ kind: isFirst ? 'main' : 'process', isSilent },
    })
    const early = this.#early.get(pid)
    if (early) this.#named(member, early)
    this.#early.delete(pid)
    this.#earlyEnds.delete(pid)
    return member
  }

  #emit(event: DistributiveOmit<TelemetryEvent, 'atUs'>): void {
    this.#options.emit({ ...event, atUs: this.#options.nowUs() } as TelemetryEvent)
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

const INTERPRETERS = /^(?:python[\d.]*|node|nodejs|sh|bash|dash|ruby|perl)$/
/** What comes after it is no file. */
const CODE_FOLLOWS = /^(?:-[cep]|--eval|--print)$/
const SERVICES = [
  ['multiprocessing.resource_tracker', 'resource tracker'],
  ['multiprocessing.forkserver', 'fork server'],
] as const

/** @returns a short name: the script of an interpreter, else the program */
export function nameOf({ command, pid }: { command: string; pid: number }): string {
  for (const [part, name] of SERVICES) if (command.includes(part)) return name
  const [program = '', ...words] = command.split(' ')
  const name = basename(program)
  const script = INTERPRETERS.test(name) ? words.find((word) => !word.startsWith('-')) : undefined
  const moduleAt = words.indexOf('-m')
  if (INTERPRETERS.test(name) && moduleAt >= 0 && words[moduleAt + 1]) return words[moduleAt + 1] as string
  return (script && !words.some((word) => CODE_FOLLOWS.test(word)) ? basename(script) : name) || `process ${pid}`
}
