/** A first-in-first-out queue that any process of a program can use: Python's `multiprocessing.Queue`. */
import { QUEUE_REPORT_MS } from '../../shared/telemetry.ts'
import { Full, QueueClosedError } from '../errors.ts'
import { clockMs } from '../run/clock.ts'
import { Paced } from '../run/paced.ts'
import { currentRun, type Run } from '../run/run.ts'
import { checkTimeout, type WaitOptions } from '../run/wait-options.ts'
import type { Batch } from '../wire/batch/batch.ts'
import { CopiedBytesBatch, isLargeBytes } from '../wire/batch/bytes-batch.ts'
import { batchesOf, OwnBatch } from '../wire/batch/own-batch.ts'
import { partOf } from '../wire/batch/part.ts'
import { References } from '../wire/references.ts'
import { registerKind, remember } from '../wire/revive.ts'
import { type SharedHandle, sharedHandle } from '../wire/values.ts'
import { LocalPort } from './local-port.ts'
import { NOTHING } from './nothing.ts'
import { QueueOwner } from './owner.ts'
import type { Patience, QueuePort } from './port.ts'
import { RemotePort } from './remote-port.ts'
import { QueueStore } from './store.ts'

export interface QueueOptions {
  /** At most this many items; `put` waits while it is full. 0, the default, is without bound. */
  maxsize?: number
  /** What it is called on screen and in messages; by default `queue 1` and so on. */
  name?: string
  /** Whether `put` may name a priority: what is lower comes first, what is equal in the order of coming. */
  priority?: boolean
  /** Whether items are given in the order in which they were put, whoever gets them: true if left out. False allows another order. */
  ordered?: boolean
}

export interface PutOptions extends WaitOptions {
  /** Any number, 0 if left out; only for a queue that was made with `priority`. */
  priority?: number
}

export interface QueueHandle extends SharedHandle {
  kind: 'queue' | 'joinable-queue'
  owner: string
  name: string
  maxsize: number
  priority: boolean
}

/** The option that makes an object for a queue of another process; only this file has the key. */
const fromHandle = Symbol('fromHandle')

function checkMaxsize(maxsize: number): number {
  if (!Number.isInteger(maxsize) || maxsize < 0) {
    throw new RangeError(`maxsize must be a whole number of at least 0, but ${maxsize} is not.`)
  }
  return maxsize
}

/** So many items `getMany` gives at most, if it is not told otherwise. */
const MANY = 4_096

/** So many batches are on their way at once, where each must be answered: the next is written while the one before is taken in. */
const WINDOW = 4

/** What `put` gives where there was nothing to wait for. */
const DONE = Promise.resolve()

const WITHOUT_END: Patience = { wait: true, timeoutMs: undefined }

function batchOf(item: unknown): Batch {
  if (isLargeBytes(item)) return new CopiedBytesBatch(item)
  const batch = new OwnBatch()
  batch.add(partOf(item, 'item'))
  return batch
}

interface PutOutcome {
  put: number
  error?: Error
}

/** Begins one after the other, a few ahead of what is done, and nothing more after one that failed. */
async function inWindow(all: Iterable<Batch>, put: (batch: Batch) => Promise<PutOutcome>): Promise<PutOutcome[]> {
  const outcomes: PutOutcome[] = []
  const pending: Promise<PutOutcome>[] = []
  const settleFirst = async () => outcomes.push(await (pending.shift() as Promise<PutOutcome>))
  for (const batch of all) {
    if (pending.length >= WINDOW) await settleFirst()
    if (outcomes.some(({ error }) => error)) break
    pending.push(put(batch))
  }
  while (pending.length > 0) await settleFirst()
  return outcomes
}

/**
 * Items are copied: what is got is a structured clone of what was put, whichever process put it. The queue may be passed as
 * an argument to processes and to pool tasks, and inside items of other queues.
 */
export class Queue<T = unknown> implements AsyncIterable<T> {
  readonly name: string
  readonly maxsize: number
  protected readonly id: string
  protected readonly owner: string
  protected readonly run: Run
  /** The contents, in the process that keeps the queue. */
  protected readonly store: QueueStore | null
  readonly #byPriority: boolean
  readonly #port: QueuePort

  /**
   * @param options a number is `maxsize`, as in Python
   * @throws RangeError if maxsize is not a whole number of at least 0
   */
  constructor(options: QueueOptions | number = {}) {
    const run = currentRun()
    const given: QueueOptions & { [fromHandle]?: QueueHandle } =
      typeof options === 'number' ? { maxsize: options } : options
    const handle = given[fromHandle]
    this.run = run
    let forget: (() => void) | undefined
    if (handle) {
      const { id, owner, name } = handle
      this.id = id
      this.owner = owner
      this.name = name
      this.maxsize = handle.maxsize
      this.#byPriority = handle.priority
      // One of this process's own comes back that the program did not have any more.
      this.store = owner === run.path ? QueueOwner.of(run).storeOf(id) : null
      if (this.store) this.#port = new LocalPort(run, handle, this.store, () => QueueOwner.of(run).close(id))
      else {
        const port = new RemotePort(run, handle)
        this.#port = port
        forget = () => port.forget()
      }
    } else {
      this.maxsize = checkMaxsize(given.maxsize ?? 0)
      const number = run.count('queue')
      this.id = `${run.path}/queue${number}`
      this.owner = run.path
      this.name = given.name ?? `queue ${number}`
      this.#byPriority = given.priority ?? false
      this.store = ownQueue(run, this.id, this.name, this.maxsize, this.#byPriority)
      const { id, name } = this
      this.#port = new LocalPort(run, { id, name }, this.store, () => QueueOwner.of(run).close(id))
    }
    remember(run, this.#handle, this, forget)
  }

  /**
   * Puts an item at the end. Resolves once it is in the queue, so with a `maxsize` a fast putter is held back.
   * @throws UnsendableError if the item cannot travel, naming the place; Full after `timeoutMs`; QueueClosedError
   */
  put(item: T, options?: PutOptions): Promise<void> {
    if (options === undefined) {
      try {
        if (this.#port.offer(item)) return this.run.breathe() ?? DONE
      } catch (error) {
        return Promise.reject(error)
      }
    }
    return this.#put(item, options ?? {})
  }

  async #put(item: T, options: PutOptions): Promise<void> {
    const patience = { ...this.#patience(options), ...this.#priority(options) }
    await this.#port.put(batchOf(item), patience)
    const pause = this.run.breathe()
    if (pause) await pause
  }

  /**
   * Puts many items at once, in order: they travel together, which costs a fraction of putting one after the other. With a
   * `maxsize` they go in piece by piece, as room comes; `timeoutMs` is for all of them.
   * @throws UnsendableError if any cannot travel, and then none was put; Full, which says how many were put
   */
  async putMany(items: Iterable<T>, options: PutOptions = {}): Promise<void> {
    const { timeoutMs } = this.#patience(options)
    const endMs = timeoutMs === undefined ? undefined : clockMs() + timeoutMs
    const batches = batchesOf(items)
    const put = (batch: Batch): Promise<PutOutcome> => {
      const left = endMs === undefined ? undefined : Math.max(0, endMs - clockMs())
      return this.#port.put(batch, { wait: true, timeoutMs: left, ...this.#priority(options) }).then(
        () => ({ put: batch.count }),
        (error: Error) => ({ put: error instanceof Full ? error.put : 0, error }),
      )
    }
    const outcomes = await inWindow(batches, put)
    const failed = outcomes.find(({ error }) => error)?.error
    if (!failed) {
      const pause = this.run.breathe()
      if (pause) await pause
      return
    }
    if (!(failed instanceof Full)) throw failed
    const done = outcomes.reduce((sum, outcome) => sum + outcome.put, 0)
    const all = batches.reduce((sum, { count }) => sum + count, 0)
    const full = new Full(`The queue ${this.name} is full: ${done} of ${all} items were put.`)
    throw Object.assign(full, { put: done })
  }

  /**
   * Takes what is there, at least one item and at most `max`, waiting for the first. All of them have left the queue then.
   * @throws as `get` does
   */
  async getMany(max = MANY, options: WaitOptions = {}): Promise<T[]> {
    if (!Number.isSafeInteger(max) || max < 1)
      throw new RangeError(`max must be a whole number of at least 1, but ${max} is not.`)
    const items = await this.#port.get(max, this.#patience(options))
    const pause = this.run.breathe()
    if (pause) await pause
    return items as T[]
  }

  /** Puts an item if there is room right now; Full otherwise. Python's `put_nowait`. */
  async putNowait(item: T, options: Pick<PutOptions, 'priority'> = {}): Promise<void> {
    const patience = { wait: false, timeoutMs: undefined, ...this.#priority(options) }
    await this.#port.put(batchOf(item), patience)
  }

  /**
   * Takes the item at the head, waiting for one. It has left the queue when this resolves, not before.
   * @throws Empty after `timeoutMs`; QueueClosedError once the queue is closed and nothing is left
   */
  get(options?: WaitOptions): Promise<T> {
    let patience: Patience
    let item: unknown
    try {
      patience = options === undefined ? WITHOUT_END : this.#patience(options)
      item = this.#port.takeOne()
    } catch (error) {
      return Promise.reject(error)
    }
    // Who must wait gives the event loop its turn anyway.
    if (item === NOTHING) return this.#get(patience)
    const pause = this.run.breathe()
    return pause ? pause.then(() => item as T) : Promise.resolve(item as T)
  }

  async #get(patience: Patience): Promise<T> {
    const [item] = await this.#port.get(1, patience)
    return item as T
  }

  /** Takes the item at the head if there is one right now; Empty otherwise. Python's `get_nowait`. */
  async getNowait(): Promise<T> {
    return await this.#get({ wait: false, timeoutMs: undefined })
  }

  /** @returns how many items are put and not yet got, exactly, at the moment its owner answers */
  async size(): Promise<number> {
    const size = await this.#port.size()
    const pause = this.run.breathe()
    if (pause) await pause
    return size
  }

  /** The same by Python's name; there it may be wrong, here it is not. */
  qsize(): Promise<number> {
    return this.size()
  }

  async empty(): Promise<boolean> {
    return (await this.size()) === 0
  }

  async full(): Promise<boolean> {
    return this.maxsize > 0 && (await this.size()) >= this.maxsize
  }

  /** Nothing can be put any more, by anybody. What is in the queue can still be got; after that `get` rejects. */
  close(): Promise<void> {
    return this.#port.close()
  }

  /** Items until the queue is closed and empty. */
  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (;;) {
      let item: T
      try {
        item = await this.get()
      } catch (error) {
        if (error instanceof QueueClosedError) return
        throw error
      }
      yield item
    }
  }

  /** For the wire, once for each time that it is sent: where this queue is to be found. */
  [sharedHandle](): QueueHandle {
    return References.of(this.run).send(this.#handle)
  }

  get #handle(): QueueHandle {
    const { id, owner, name, maxsize } = this
    return { kind: 'queue', id, owner, name, maxsize, priority: this.#byPriority }
  }

  #priority({ priority }: PutOptions): { priority?: number } {
    if (priority === undefined) return {}
    if (!this.#byPriority)
      throw new RangeError(`${this.name} is not a queue by priority: make it with { priority: true }.`)
    if (typeof priority !== 'number' || !Number.isFinite(priority)) {
      throw new RangeError(`A priority is a finite number, but ${String(priority)} is not.`)
    }
    return { priority }
  }

  #patience(options: WaitOptions): Patience {
    const timeoutMs = checkTimeout(options.timeoutMs)
    return { wait: true, timeoutMs: timeoutMs === undefined ? undefined : this.run.realMs(timeoutMs) }
  }
}

function ownQueue(run: Run, id: string, name: string, maxsize: number, byPriority: boolean): QueueStore {
  const report = new Paced(QUEUE_REPORT_MS, () => {
    store.noteAll()
    const { figures } = store
    run.emit({
      type: 'queue.changed',
      atUs: run.nowUs(),
      queue: id,
      depth: store.depth,
      depthMax: figures.depthMax,
      depthMin: figures.depthMin,
      ...(figures.steps && { steps: figures.steps }),
      puts: figures.puts,
      gets: figures.gets,
      waitingToPut: store.waiting('put'),
      waitingToGet: store.waiting('get'),
      producers: [...store.producers],
      consumers: [...store.consumers],
      residence: [...figures.residence],
    })
    figures.startInterval()
  })
  // Nobody has it any more, or there is nothing more to be had.
  const end = () => {
    lastReport()
    run.reporters.delete(lastReport)
    QueueOwner.of(run).disown(id)
  }
  const store = new QueueStore({
    maxsize,
    now: run.nowUs,
    changed: run.observed ? () => report.note() : null,
    byPriority,
    ended: () => {
      // One that is joined has more to say.
      if (store.gotBy) return
      References.of(run).disown(id)
      end()
    },
  })
  const lastReport = () => {
    if (report.isNoted) report.now()
  }
  QueueOwner.of(run).own({ id, name, store, byPriority })
  References.of(run).own(id, end)
  if (run.observed) {
    run.emit({ type: 'queue.created', atUs: run.nowUs(), queue: id, name, maxsize, process: run.path })
    run.reporters.add(lastReport)
  }
  return store
}

registerKind('queue', (handle, run) => new Queue(optionsFromHandle(handle as QueueHandle, run)))

/** @returns the options that make an object for a queue that is there; throws QueueClosedError if it was this process's and is not */
export function optionsFromHandle(handle: QueueHandle, run: Run): QueueOptions {
  if (handle.owner === run.path && !QueueOwner.of(run).storeOf(handle.id))
    throw new QueueClosedError(`The queue ${handle.name} does not exist any more.`)
  return { [fromHandle]: handle } as QueueOptions
}
