/** Locks and what else one can wait for that is no queue: who has it, and who waits. */
import { isText } from '../../shared/checks.ts'
import { type ObjectKind, type ProcessId, QUEUE_REPORT_MS, type Waiter } from '../../shared/telemetry.ts'
import { type Description, type Descriptions, labelOf, mergedDescriptions } from './descriptions.ts'
import { idOf, type Waiting } from './threads.ts'
import type { Cells, TranslatorOptions } from './translator.ts'

interface Shared {
  id: string
  label: string
  /** By cell: who has taken it and not given it back, since when, and at which time of taking it. */
  holders: Map<string, Waiter & { acquired: number }>
  /** By cell: how often another process has given it back. */
  given: Map<string, number>
  told: string
  toldUs: number
}

export class Objects {
  readonly #options: TranslatorOptions
  readonly #objects = new Map<string, Shared>()

  constructor(options: TranslatorOptions) {
    this.#options = options
  }

  update(all: readonly Cells[]): void {
    const known = mergedDescriptions(all, ({ kind }) => kind === 'lock' || kind === 'object', this.#objects)
    for (const cells of all) this.keep(cells, known)
  }

  /** Takes who has what; of a process that is over, it has that for ever. */
  keep(cells: Cells, known?: Descriptions): void {
    const { nowUs, originUs } = this.#options
    for (const { kind, index, generation, fields, description } of cells.byIndex.values()) {
      if ((kind !== 'lock' && kind !== 'object') || !isText(description.id)) continue
      const shared = this.#object(description.id, known?.get(description.id) ?? description, cells.process)
      if (kind === 'object') continue
      const key = `${cells.key}/${index}/${generation}`
      const { held = 0, tid = 0, acquired = 0, sinceNs = 0, given = 0, healed = 0 } = fields
      if (given !== healed || shared.given.has(key)) shared.given.set(key, given - healed)
      const before = shared.holders.get(key)
      if (held === 0) shared.holders.delete(key)
      else if (before?.acquired !== acquired) {
        const sinceUs = sinceNs > 0 ? Math.round(Math.max(0, sinceNs / 1_000 - originUs)) : nowUs()
        shared.holders.set(key, { process: idOf(cells, tid), sinceUs, acquired })
      }
    }
  }

  tell(waiting: ReadonlyMap<ProcessId, Waiting>): void {
    const waiters = new Map<string, Waiter[]>()
    for (const { thread, on, sinceUs } of waiting.values()) {
      const list = waiters.get(on)
      const waiter = { process: thread, sinceUs }
      if (list) list.push(waiter)
      else waiters.set(on, [waiter])
    }
    const { emit, nowUs } = this.#options
    for (const [name, shared] of this.#objects) {
      const holders = holdersOf(shared)
      const list = waiters.get(name) ?? []
      // What is taken and given back all the time changes nothing that can be read, but for who has it.
      const told = JSON.stringify([holders.map(({ process }) => process), list])
      const atUs = nowUs()
      if (told === shared.told || atUs - shared.toldUs < QUEUE_REPORT_MS * 1_000) continue
      shared.told = told
      shared.toldUs = atUs
      emit({ type: 'object.changed', atUs, object: shared.id, holders, waiting: list })
    }
  }

  /** @returns what an object is called, which who made it knows */
  labelOf(name: string): string | undefined {
    return this.#objects.get(name)?.label
  }

  /** It goes with whoever made it, which its name tells; what is known by a semaphore's name stays for as long as the run. */
  #owner(name: string, process: ProcessId): ProcessId {
    const { members } = this.#options
    const [, pid] = /^[a-z](\d+)\.\d+$/.exec(name) ?? []
    return (pid === undefined ? members.root : members.idOf(Number(pid))) ?? process
  }

  #object(name: string, description: Description, process: ProcessId): Shared {
    const known = this.#objects.get(name)
    if (known) return known
    const kind = (isText(description.kind) ? description.kind : 'lock') as ObjectKind
    const [id, label] = [`o:${name}`, labelOf(description, kind)]
    const untold = { told: '[[],[]]', toldUs: Number.NEGATIVE_INFINITY }
    const shared: Shared = { id, label, holders: new Map(), given: new Map(), ...untold }
    this.#objects.set(name, shared)
    const { emit, nowUs } = this.#options
    emit({ type: 'object.created', atUs: nowUs(), object: id, kind, name: label, process: this.#owner(name, process) })
    return shared
  }
}

/** @returns who has it: of those who took it and did not give it back themselves, as many took it last as it is held by */
function holdersOf({ holders, given }: Shared): Waiter[] {
  const list = [...holders.values()].map(({ process, sinceUs }) => ({ process, sinceUs }))
  const givenBack = [...given.values()].reduce((sum, count) => sum + count, 0)
  if (givenBack <= 0) return list
  return list.sort((a, b) => a.sinceUs - b.sinceUs).slice(Math.min(givenBack, list.length))
}
