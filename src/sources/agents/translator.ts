/** Makes telemetry of what agents have written: threads and their waits, queues, locks and pools. Who there is, `members.ts` tells. */
import { isText } from '../../shared/checks.ts'
import type { ProcessId, TelemetryEvent } from '../../shared/telemetry.ts'
import { Loops } from './loops.ts'
import type { Members } from './members.ts'
import { Objects } from './objects.ts'
import { Pools } from './pools.ts'
import type { CellKind } from './protocol.ts'
import { Queues } from './queues.ts'
import type { ReadCell, RegionRead } from './region.ts'
import { Threads } from './threads.ts'

export interface TranslatorOptions {
  members: Members
  emit: (event: TelemetryEvent) => void
  nowUs: () => number
  /** CLOCK_MONOTONIC at the session's beginning, in microseconds. */
  originUs: number
}

export interface Told {
  process: ProcessId
  pid: number
  atUs: number
  line: Readonly<Record<string, unknown>>
}

/** The cells of a region, by their numbers, with whose they are. */
export interface Cells {
  process: ProcessId
  pid: number
  /** Of the region: with the number and the generation of a cell, it is one thing for ever. */
  key: string
  byIndex: ReadonlyMap<number, ReadCell>
}

export class Translator {
  readonly #options: TranslatorOptions
  readonly #threads: Threads
  readonly #queues: Queues
  readonly #objects: Objects
  readonly #loops: Loops
  readonly #pools: Pools
  #told: Told[] = []
  readonly #cells = new Map<string, Cells>()
  readonly #lost = new Map<string, number>()
  #problems = 0

  constructor(options: TranslatorOptions) {
    this.#options = options
    this.#pools = new Pools(options)
    this.#queues = new Queues(options)
    this.#objects = new Objects(options)
    this.#loops = new Loops(options)
    const known = (kind: CellKind | undefined, name: string | undefined) => {
      const of = { queue: this.#queues, lock: this.#objects, object: this.#objects }[String(kind)]
      return name === undefined ? undefined : of?.labelOf(name)
    }
    this.#threads = new Threads({ ...options, known }, this.#pools)
  }

  /** Takes what a region has; it is told by `settle`, so that what several processes say is in the order in which it happened. */
  take(key: string, pid: number, start: number, read: RegionRead): void {
    const { members, nowUs, originUs } = this.#options
    const process = `${pid}.${start}`
    for (const line of read.lines) {
      if (line.e === 'hello') members.heard(pid, start, line)
      // What a program says of the time is true up to now.
      const atUs = Math.max(0, Math.min(nowUs(), Number(line.t) - originUs)) || nowUs()
      this.#told.push({ process, pid, atUs, line })
    }
    if (members.get(pid, start)) {
      const byIndex = new Map(read.cells.map((cell) => [cell.index, cell]))
      this.#cells.set(key, { process, pid, key, byIndex })
    }
    this.#tellLost(key, process, read)
  }

  /** All is over: what was kept back to tell it together is told. */
  finish(): void {
    this.settle()
    this.#queues.flush(this.#threads.waiting)
  }

  /** Tells all that was taken. */
  settle(): void {
    const all = [...this.#cells.values()]
    this.#pools.update(all)
    const told = this.#told.sort((a, b) => a.atUs - b.atUs)
    this.#told = []
    for (const each of told) {
      const [pid, start] = each.process.split('.').map(Number) as [number, number]
      if (each.line.e === 'hello' || this.#options.members.heard(pid, start, each.line)) continue
      if (!this.#pools.heard(each)) this.#problem(each)
    }
    this.#queues.update(all)
    this.#objects.update(all)
    for (const cells of all) this.#threads.update(cells)
    for (const cells of all) this.#loops.update(cells)
    this.#queues.tell(this.#threads.waiting)
    this.#objects.tell(this.#threads.waiting)
  }

  /** A process is over: what it counted stays, what it waited for is over, and what it holds it holds for ever. */
  ended(process: ProcessId): void {
    this.#threads.ended(process)
    for (const [key, cells] of this.#cells) {
      if (cells.process !== process) continue
      this.#queues.keep(cells)
      this.#objects.keep(cells)
      this.#loops.forget(cells)
      this.#cells.delete(key)
    }
  }

  #problem({ process, atUs, line }: Told): void {
    const { emit } = this.#options
    const isOff = line.e === 'off'
    if (!isOff && line.e !== 'problem') return
    const message = isOff
      ? `Forkscope's agent does not watch ${isText(line.group) ? line.group : 'a part'} of this process: ${isText(line.why) ? line.why : 'it does not fit'}`
      : isText(line.message)
        ? line.message
        : 'Something went wrong that the program was not told of.'
    const kinds = ['item-lost', 'unhandled-rejection', 'slow-callback'] as const
    const kind = isOff ? 'agent-off' : (kinds.find((known) => known === line.kind) ?? 'item-lost')
    emit({ type: 'problem.raised', atUs, problem: `agent/${process}/${++this.#problems}`, kind, message, process })
  }

  #tellLost(key: string, process: ProcessId, { lost, malformed, untold }: RegionRead): void {
    const count = lost + malformed + untold
    const before = this.#lost.get(key) ?? 0
    if (count <= before) return
    this.#lost.set(key, count)
    const { emit, nowUs } = this.#options
    const problem = `agent/${key}/lost`
    if (before > 0) emit({ type: 'problem.repeated', atUs: nowUs(), problem, count })
    else {
      const message = 'More happened than could be told: some of what this process did is not shown.'
      emit({
        type: 'problem.raised',
        atUs: nowUs(),
        problem,
        kind: 'agent-off',
        message,
        consequence: 'Totals of queues and pools are exact all the same.',
        process,
      })
    }
  }
}
