/** Queues: how many items all processes together have put and got, who does, and who waits. */
import { isCount, isText } from '../../shared/checks.ts'
import { type ProcessId, QUEUE_REPORT_MS, type Waiter } from '../../shared/telemetry.ts'
import { type Description, type Descriptions, labelOf, mergedDescriptions } from './descriptions.ts'
import { idOf, type Waiting } from './threads.ts'
import type { Cells, TranslatorOptions } from './translator.ts'

interface Counted {
  process: ProcessId
  puts: number
  gets: number
}

interface Queue {
  id: string
  label: string
  /** By cell: what each has counted so far. What a process that is over had counted stays. */
  counted: Map<string, Counted>
  told: string
  toldUs: number
}

export class Queues {
  readonly #options: TranslatorOptions
  readonly #queues = new Map<string, Queue>()

  constructor(options: TranslatorOptions) {
    this.#options = options
  }

  /** Takes what is counted now. */
  update(all: readonly Cells[]): void {
    const known = mergedDescriptions(all, ({ kind }) => kind === 'queue', this.#queues)
    for (const cells of all) this.keep(cells, known)
  }

  /** Takes what these cells have counted; it stays when they are gone. */
  keep(cells: Cells, known?: Descriptions): void {
    for (const { kind, index, generation, fields, description } of cells.byIndex.values()) {
      if (kind !== 'queue' || !isText(description.id)) continue
      const { puts = 0, gets = 0 } = fields
      const queue = this.#queue(description.id, known?.get(description.id) ?? description, cells.process)
      const process = isCount(description.tid) ? idOf(cells, description.tid) : cells.process
      queue.counted.set(`${cells.key}/${index}/${generation}`, { process, puts, gets })
    }
  }

  /** Tells of those that have changed. @param waiting who waits for what */
  tell(waiting: ReadonlyMap<ProcessId, Waiting>): void {
    const waiters = { get: new Map<string, Waiter[]>(), put: new Map<string, Waiter[]>() }
    for (const { thread, what, on, sinceUs } of waiting.values()) {
      if (what !== 'get' && what !== 'put') continue
      const list = waiters[what].get(on)
      const waiter = { process: thread, sinceUs }
      if (list) list.push(waiter)
      else waiters[what].set(on, [waiter])
    }
    for (const [name, queue] of this.#queues)
      this.#tell(queue, waiters.put.get(name) ?? [], waiters.get.get(name) ?? [])
  }

  #tell(queue: Queue, waitingToPut: Waiter[], waitingToGet: Waiter[]): void {
    const { emit, nowUs } = this.#options
    let [puts, gets] = [0, 0]
    const [producers, consumers] = [new Set<ProcessId>(), new Set<ProcessId>()]
    for (const counted of queue.counted.values()) {
      puts += counted.puts
      gets += counted.gets
      if (counted.puts > 0) producers.add(counted.process)
      if (counted.gets > 0) consumers.add(counted.process)
    }
    const atUs = nowUs()
    const told = JSON.stringify([puts, gets, waitingToPut, waitingToGet])
    if (told === queue.told || atUs - queue.toldUs < QUEUE_REPORT_MS * 1_000) return
    queue.told = told
    queue.toldUs = atUs
    // The regions are read one after the other: a get may be seen before its put.
    const depth = Math.max(0, puts - gets)
    const figures = { depth, depthMax: depth, depthMin: depth, puts, gets, residence: [] }
    emit({
      ...{ type: 'queue.changed', atUs, queue: queue.id, ...figures, waitingToPut, waitingToGet },
      ...{ producers: [...producers], consumers: [...consumers] },
    })
  }

  /** @returns what a queue is called, which who made it knows */
  labelOf(name: string): string | undefined {
    return this.#queues.get(name)?.label
  }

  #queue(name: string, description: Description, process: ProcessId): Queue {
    const known = this.#queues.get(name)
    if (known) return known
    const [id, label] = [`q:${name}`, labelOf(description, 'queue')]
    const queue: Queue = { id, label, counted: new Map(), told: '', toldUs: Number.NEGATIVE_INFINITY }
    this.#queues.set(name, queue)
    const { emit, nowUs } = this.#options
    const maxsize = isCount(description.maxsize) && description.maxsize < 2 ** 30 ? description.maxsize : 0
    emit({ type: 'queue.created', atUs: nowUs(), queue: id, name: label, maxsize, process })
    return queue
  }

  /** All that is not told yet is told, however little time has passed. */
  flush(waiting: ReadonlyMap<ProcessId, Waiting>): void {
    for (const queue of this.#queues.values()) queue.toldUs = Number.NEGATIVE_INFINITY
    this.tell(waiting)
  }
}
