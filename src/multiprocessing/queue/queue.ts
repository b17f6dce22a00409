/** A first-in-first-out queue that any process of a program can use: Python's `multiprocessing.Queue`. */
import { QUEUE_REPORT_MS } from '../../shared/telemetry.ts'
import { QueueClosedError, WireError } from '../errors.ts'
import { currentRun, type Run } from '../run/run.ts'
import { decodeValue, encodeValue, type SharedHandle, sharedHandle } from '../wire/values.ts'
import { LocalPort, type Patience, type QueuePort, RemotePort } from './ports.ts'
import { QueueService } from './service.ts'
import { QueueStore } from './store.ts'

export interface QueueOptions {
  /** At most this many items; `put` waits while it is full. 0, the default, is without bound. */
  maxsize?: number
  /** What it is called on screen and in messages; by default `queue 1` and so on. */
  name?: string
}

export interface WaitOptions {
  /** Program time in milliseconds; without it the wait has no end. */
  timeoutMs?: number
}

interface QueueHandle extends SharedHandle {
  kind: 'queue'
  owner: string
  name: string
  maxsize: number
}

/** The option that makes an object for a queue of another process; only this file has the key. */
const fromHandle = Symbol('fromHandle')

/** Queues made in this process, and those it was handed, so that a handle that comes back is the same object. */
const known = new WeakMap<Run, Map<string, Queue<unknown>>>()

function knownTo(run: Run): Map<string, Queue<unknown>> {
  let queues = known.get(run)
  if (!queues) known.set(run, (queues = new Map()))
  return queues
}

function checkMaxsize(maxsize: number): number {
  if (!Number.isInteger(maxsize) || maxsize < 0) {
    throw new RangeError(`maxsize must be a whole number of at least 0, but ${maxsize} is not.`)
  }
  return maxsize
}

function checkTimeout(timeoutMs: number | undefined): number | undefined {
  if (timeoutMs === undefined || timeoutMs === Number.POSITIVE_INFINITY) return undefined
  if (typeof timeoutMs !== 'number' || Number.isNaN(timeoutMs)) {
    throw new RangeError(`timeoutMs must be a number of milliseconds, but ${String(timeoutMs)} is not.`)
  }
  return Math.max(0, timeoutMs)
}

/**
 * Items are copied: what is got is a structured clone of what was put, whichever process put it. The queue may be passed as
 * an argument to processes and to pool tasks, and inside items of other queues.
 */
export class Queue<T = unknown> implements AsyncIterable<T> {
  readonly name: string
  readonly maxsize: number
  readonly #id: string
  readonly #owner: string
  readonly #run: Run
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
    if (handle) {
      this.#run = run
      this.#id = handle.id
      this.#owner = handle.owner
      this.name = handle.name
      this.maxsize = handle.maxsize
      this.#port = new RemotePort(run, handle)
    } else {
      this.maxsize = checkMaxsize(given.maxsize ?? 0)
      const number = run.count('queue')
      this.#run = run
      this.#id = `${run.path}/queue${number}`
      this.#owner = run.path
      this.name = given.name ?? `queue ${number}`
      this.#port = ownQueue(run, this.#id, this.name, this.maxsize)
    }
    knownTo(run).set(this.#id, this as Queue<unknown>)
  }

  /**
   * Puts an item at the end. Resolves once it is in the queue, so with a `maxsize` a fast putter is held back.
   * @throws UnsendableError if the item cannot travel, naming the place; Full after `timeoutMs`; QueueClosedError
   */
  async put(item: T, options: WaitOptions = {}): Promise<void> {
    await this.#port.put(encodeValue(item, 'item'), this.#patience(options))
  }

  /** Puts an item if there is room right now; Full otherwise. Python's `put_nowait`. */
  async putNowait(item: T): Promise<void> {
    await this.#port.put(encodeValue(item, 'item'), { wait: false, timeoutMs: undefined })
  }

  /**
   * Takes the item at the head, waiting for one. It has left the queue when this resolves, not before.
   * @throws Empty after `timeoutMs`; QueueClosedError once the queue is closed and nothing is left
   */
  async get(options: WaitOptions = {}): Promise<T> {
    return this.#decode(await this.#port.get(this.#patience(options)))
  }

  /** Takes the item at the head if there is one right now; Empty otherwise. Python's `get_nowait`. */
  async getNowait(): Promise<T> {
    return this.#decode(await this.#port.get({ wait: false, timeoutMs: undefined }))
  }

  /** @returns how many items are put and not yet got, exactly, at the moment its owner answers. Python's `qsize`. */
  size(): Promise<number> {
    return this.#port.size()
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

  /** For the wire: where this queue is to be found. */
  [sharedHandle](): QueueHandle {
    return { kind: 'queue', id: this.#id, owner: this.#owner, name: this.name, maxsize: this.maxsize }
  }

  #patience(options: WaitOptions): Patience {
    const timeoutMs = checkTimeout(options.timeoutMs)
    return { wait: true, timeoutMs: timeoutMs === undefined ? undefined : this.#run.realMs(timeoutMs) }
  }

  #decode(bytes: Uint8Array): T {
    return decodeValue(bytes, (handle) => revive(handle, this.#run)) as T
  }
}

function ownQueue(run: Run, id: string, name: string, maxsize: number): QueuePort {
  let timer: NodeJS.Timeout | undefined
  let toldAtMs = Number.NEGATIVE_INFINITY
  const report = () => {
    clearTimeout(timer)
    timer = undefined
    toldAtMs = performance.now()
    run.emit({
      type: 'queue.changed',
      atUs: run.nowUs(),
      queue: id,
      depth: store.depth,
      depthMax: store.depthMax,
      depthMin: store.depthMin,
      ...(store.steps && { steps: store.steps }),
      puts: store.puts,
      gets: store.gets,
      waitingToPut: store.waiting('put'),
      waitingToGet: store.waiting('get'),
      producers: [...store.producers],
      consumers: [...store.consumers],
      residence: [...store.residence],
    })
    store.startInterval()
  }
  const changed = run.observed
    ? () => {
        // A report of several changes in one turn comes at its end, and the next one no sooner than after the interval.
        timer ??= setTimeout(report, Math.max(0, QUEUE_REPORT_MS - (performance.now() - toldAtMs))).unref()
      }
    : () => {}
  const store = new QueueStore(maxsize, run.nowUs, changed)
  QueueService.of(run).own({ id, name, store })
  if (run.observed) {
    run.emit({ type: 'queue.created', atUs: run.nowUs(), queue: id, name, maxsize, process: run.path })
    run.reporters.add(() => {
      if (timer) report()
    })
  }
  return new LocalPort(run, { id, name }, store)
}

/** @returns the object in this process for a shared object's handle; throws WireError for a handle of an unknown kind */
export function revive(handle: SharedHandle, run: Run): object {
  if (handle.kind !== 'queue')
    throw new WireError(`A message carries a shared object of an unknown kind, ${handle.kind}.`)
  const queue = knownTo(run).get(handle.id)
  if (queue) return queue
  const { owner, name, maxsize } = handle as QueueHandle
  if (owner === run.path) throw new QueueClosedError(`The queue ${name} does not exist any more.`)
  const options = { [fromHandle]: { kind: 'queue', id: handle.id, owner, name, maxsize } }
  return run.within(() => new Queue(options as QueueOptions))
}
