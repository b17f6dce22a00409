/** Threads of a process that has an agent, and what each waits for. */
import { isText } from '../../shared/checks.ts'
import type { ObjectKind, ProcessId, Wait, WaitTarget } from '../../shared/telemetry.ts'
import { SHORT_WAIT_US } from '../../shared/telemetry.ts'
import { labelOf } from './descriptions.ts'
import type { Pools } from './pools.ts'
import { type CellKind, WAITS } from './protocol.ts'
import { type LoopSeen, Quiet } from './quiet.ts'
import type { ReadCell } from './region.ts'
import type { Cells, TranslatorOptions } from './translator.ts'

/** So long after its beginning a process is known, if ever. */
const UNKNOWN_US = 1_000_000

/** Somebody waits for something that has a name of the agent's. */
export interface Waiting {
  thread: ProcessId
  what: string
  /** The name of the queue, lock or other thing. */
  on: string
  sinceUs: number
}

export interface ThreadsOptions extends TranslatorOptions {
  /** @returns what a thing is called by who made it, under the agent's name for it */
  known: (kind: CellKind | undefined, name: string | undefined) => string | undefined
}

interface Thread {
  name: string
  /** Which cell tells of it. */
  key: string
  turn: number
  /** Whether it was told to wait. */
  isTold: boolean
}

export class Threads {
  readonly #options: ThreadsOptions
  readonly #pools: Pools
  readonly #threads = new Map<ProcessId, Thread>()
  readonly #waiting = new Map<ProcessId, Waiting>()
  readonly #quiet: Quiet

  constructor(options: ThreadsOptions, pools: Pools) {
    this.#options = options
    this.#pools = pools
    const { members, nowUs } = options
    const doing = (process: ProcessId) => members.doingOf(process)
    this.#quiet = new Quiet({ nowUs, doing, tell: (...does) => members.tellState(...does) })
  }

  get waiting(): ReadonlyMap<ProcessId, Waiting> {
    return this.#waiting
  }

  update(cells: Cells): void {
    const seen = new Set<ProcessId>()
    for (const cell of cells.byIndex.values()) {
      if (cell.kind !== 'thread') continue
      const id = idOf(cells, cell.fields.tid ?? 0)
      seen.add(id)
      this.#thread(id, cell, cells)
    }
    // A process may have several regions: each tells of its own threads.
    for (const [id, { key }] of this.#threads) {
      if (id !== cells.process && key.startsWith(`${cells.key}/`) && !seen.has(id)) this.#end(id)
    }
  }

  ended(process: ProcessId): void {
    const prefix = `${process}/`
    for (const id of [...this.#threads.keys()]) {
      if (id.startsWith(prefix)) this.#end(id)
      else if (id === process) this.#forget(id)
    }
  }

  #end(id: ProcessId): void {
    this.#forget(id)
    const { emit, nowUs } = this.#options
    emit({ type: 'process.exited', atUs: nowUs(), process: id, exitCode: 0, signal: null })
  }

  #forget(id: ProcessId): void {
    this.#threads.delete(id)
    this.#waiting.delete(id)
    this.#quiet.forget(id)
  }

  #thread(id: ProcessId, cell: ReadCell, cells: Cells): void {
    const { emit, nowUs } = this.#options
    const key = `${cells.key}/${cell.index}/${cell.generation}`
    let thread = this.#threads.get(id)
    if (!thread) {
      const { name: given } = cell.description
      const name = isText(given) ? given : `thread ${cell.fields.tid}`
      thread = { name, key, turn: 0, isTold: false }
      this.#threads.set(id, thread)
      if (id !== cells.process) {
        const about = { process: id, name, pid: cells.pid, parentPid: cells.pid }
        emit({ type: 'process.started', atUs: nowUs(), ...about, parent: cells.process, kind: 'thread' })
        emit({ type: 'process.state', atUs: nowUs(), process: id, state: 'running' })
      }
    }
    if (thread.key !== key) Object.assign(thread, { key, turn: -1 })
    this.#look(id, thread, cell, cells)
    // The kernel is asked for the first thread of each process only.
    if (id === cells.process) this.#quiet.look(id, cell.fields.turn ?? 0, thread.isTold, loopOf(cells))
  }

  #look(id: ProcessId, thread: Thread, { fields }: ReadCell, cells: Cells): void {
    const { emit, nowUs, originUs } = this.#options
    const atUs = nowUs()
    const { turn = 0, sinceNs = 0, timeoutMs = 0 } = fields
    if (turn === thread.turn && (thread.isTold || turn % 2 === 0)) return
    const isWaiting = turn % 2 === 1
    const sinceUs = Math.round(Math.max(0, Math.min(atUs, sinceNs / 1_000 - originUs)))
    if (isWaiting && atUs - sinceUs < SHORT_WAIT_US) return
    if (!isWaiting) {
      thread.turn = turn
      if (!thread.isTold) return
      thread.isTold = false
      this.#waiting.delete(id)
      emit({ type: 'process.waits', atUs, process: id, waits: [] })
      emit({ type: 'process.state', atUs, process: id, state: 'running' })
      return
    }
    const what = WAITS[fields.what as keyof typeof WAITS]?.what ?? 'other'
    const on = this.#target(what, fields, cells)
    // Who has just begun is not known yet.
    if (what === 'join' && !on.wait && atUs - sinceUs < UNKNOWN_US) return
    thread.turn = turn
    thread.isTold = true
    if (on.name === undefined) this.#waiting.delete(id)
    else this.#waiting.set(id, { thread: id, what, on: on.name, sinceUs })
    if (what === 'sleep') {
      emit({ type: 'process.waits', atUs, process: id, waits: [] })
      emit({ type: 'process.state', atUs: sinceUs, process: id, state: 'sleeping' })
      return
    }
    const wait = on.wait && { on: on.wait, sinceUs, ...(timeoutMs > 0 && { timeoutMs }) }
    emit({ type: 'process.waits', atUs, process: id, waits: wait ? [wait] : [] })
    emit({ type: 'process.state', atUs: sinceUs, process: id, state: 'waiting', waitingOn: on.target })
  }

  #target(what: string, fields: Readonly<Record<string, number>>, cells: Cells): Target {
    const { on = 0, about = 0 } = fields
    const { members } = this.#options
    const cell = cells.byIndex.get(what === 'result' ? about : on)
    const description = cell?.description ?? {}
    const name = isText(description.id) ? description.id : undefined
    const label = this.#options.known(cell?.kind, name) ?? labelOf(description, cell?.kind)
    switch (what) {
      case 'get':
      case 'put':
      case 'flush':
        return {
          ...(name !== undefined && { name, wait: { kind: 'queue', id: `q:${name}`, end: what } }),
          target: target(what, QUEUE_WORDS[what](label), name && `q:${name}`),
        }
      case 'join-queue':
        return {
          ...(name !== undefined && { name, wait: { kind: 'queue', id: `q:${name}`, end: 'join' } }),
          target: target('join', `join ${label}`, name && `q:${name}`),
        }
      case 'join': {
        const id = members.idOf(on)
        const words = this.#nameOf(on)
        return {
          ...(id !== undefined && { wait: { kind: 'process', id } }),
          target: target('join', `join ${words}`, id),
        }
      }
      case 'join-thread': {
        const id = idOf(cells, on)
        const name = this.#threads.get(id)?.name ?? 'a thread'
        return { wait: { kind: 'process', id }, target: target('join', `join ${name}`, id) }
      }
      case 'result':
        if (name === undefined) return { target: target('result', `result of ${label}`) }
        // The result of a `map` is that of all its parts, for which there is no name but the pool's.
        if (this.#pools.partsOf(name, on) === 1) {
          const id = `p:${name}/${on}.0`
          return { wait: { kind: 'task', id }, target: target('result', `result of ${label}`, id) }
        }
        return {
          wait: { kind: 'pool', id: `p:${name}`, end: 'result' },
          target: target('result', `results of ${label}`, `p:${name}`),
        }
      case 'task':
      case 'join-pool':
        return {
          ...(name !== undefined && {
            wait: { kind: 'pool', id: `p:${name}`, ...(what === 'task' && { end: 'task' }) },
          }),
          target: target(
            what === 'task' ? 'task' : 'join',
            what === 'task' ? `task of ${label}` : `join ${label}`,
            name && `p:${name}`,
          ),
        }
      case 'acquire':
      case 'receive':
      case 'send':
      case 'event':
      case 'condition':
      case 'barrier': {
        const kind = (isText(description.kind) ? description.kind : what) as ObjectKind
        return {
          ...(name !== undefined && { name, wait: { kind, id: `o:${name}` } }),
          target: target(what, `${OBJECT_WORDS[what]}${label}`, name && `o:${name}`),
        }
      }
      default:
        return { target: target('other', 'something') }
    }
  }

  #nameOf(pid: number): string {
    // Node tells who was waited for only when that has ended.
    if (pid === 0) return 'a command'
    for (const member of this.#options.members.all) if (member.pid === pid) return member.name
    return `process ${pid}`
  }
}

/** What is seen of the event loop of the process's first thread. */
function loopOf({ byIndex, pid }: Cells): LoopSeen {
  for (const { kind, fields } of byIndex.values()) {
    if (kind === 'loop' && fields.tid === pid) return { tasks: fields.tasks ?? 0, isMeasured: (fields.atNs ?? 0) > 0 }
  }
  return { tasks: 0, isMeasured: false }
}

interface Target {
  /** The agent's name for it. */
  name?: string
  wait?: Wait['on']
  target: WaitTarget
}

const QUEUE_WORDS = {
  get: (name: string) => `get from ${name}`,
  put: (name: string) => `put to ${name}`,
  flush: (name: string) => `hand over what it put to ${name}`,
}

const OBJECT_WORDS = {
  acquire: 'acquire ',
  receive: 'receive from ',
  send: 'send to ',
  event: 'wait for ',
  condition: 'wait for ',
  barrier: 'wait at ',
} as const

function target(what: WaitTarget['what'], label: string, id?: string): WaitTarget {
  return { what, label, ...(id !== undefined && { id }) }
}

/** The thread whose number is the process's own is the process's first one, and has no row of its own. */
export function idOf({ process, pid }: Pick<Cells, 'process' | 'pid'>, tid: number): ProcessId {
  return tid === pid || tid === 0 ? process : `${process}/${tid}`
}
