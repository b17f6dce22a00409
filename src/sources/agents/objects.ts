/** Locks and what else one can wait for that is no queue: who has it, and who waits. */
import { isText } from '../../shared/checks.ts'
import { type ObjectKind, type ProcessId, QUEUE_REPORT_MS, type Waiter } from '../../shared/telemetry.ts'
import { idOf, labelOf, type Waiting } from './threads.ts'
import type { Cells, TranslatorOptions } from './translator.ts'

interface Shared {
  id: string
  label: string
  /** By cell: who has it, since when, and at which time of taking it. */
  holders: Map<string, Waiter & { acquired: number }>
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
    for (const cells of all) this.keep(cells)
  }

  /** Takes who has what; of a process that is over, it has that for ever. */
  keep(cells: Cells): void {
    const { nowUs, originUs } = this.#options
    for (const { kind, index, generation, fields, description } of cells.byIndex.values()) {
      if ((kind !== 'lock' && kind !== 'object') || !isText(description.id)) continue
      const shared = this.#object(description.id, description, cells.process)
      if (kind === 'object') continue
      const key = `${cells.key}/${index}/${generation}`
      const { held = 0, tid = 0, acquired = 0, sinceNs = 0 } = fields
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
      const holders = [...shared.holders.values()].map(({ process, sinceUs }) => ({ process, sinceUs }))
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

  #object(name: string, description: Readonly<Record<string, unknown>>, process: ProcessId): Shared {
    const known = this.#objects.get(name)
    if (known) return known
    const kind = (isText(description.kind) ? description.kind : 'lock') as ObjectKind
    const [id, label] = [`o:${name}`, labelOf(description, kind)]
    const shared: Shared = { id, label, holders: new Map(), told: '[[],[]]', toldUs: Number.NEGATIVE_INFINITY }
    this.#objects.set(name, shared)
    const { emit, nowUs } = this.#options
    emit({ type: 'object.created', atUs: nowUs(), object: id, kind, name: label, process })
    return shared
  }
}
