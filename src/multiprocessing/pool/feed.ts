/** Where `imap` and its kin take their calls from: an iterator, no further than somebody needs what comes of it. */
import { isError, textOf } from '../errors.ts'
import type { Part } from '../wire/batch/part.ts'
import { AsyncResult, type Outcome, type ResultOwner } from './async-result.ts'
import { callSafely } from './call-safely.ts'
import type { Reader } from './reader.ts'

/** So many chunks for each worker are taken before the first is read. */
const FIRST_CHUNKS = 4
/** So many chunks for each worker may be ahead of the reader at most, or twice as many as it is given of short tasks. */
const MOST_CHUNKS = 16

/** What a feed has of its pool. */
export interface FeedHost<R> {
  readonly workers: number
  /** How many tasks a worker is given, as long as they are. */
  depth(): number
  /** @throws what it refuses a chunk with. @param at which item is the chunk's first */
  encode(chunk: unknown[], at: number): Part | number
  submit(payload: Part | number, chunk: unknown[]): AsyncResult<R[]>
  /** There is a result that no task has: an error. */
  refused(result: AsyncResult<R[]>, error: Error): void
  /** Whose such a result is. */
  readonly owner: ResultOwner
}

/** A chunk that was taken and not read. */
interface Ahead<R> {
  readonly result: AsyncResult<R[]>
  outcome: Outcome<R[]> | null
  after: Ahead<R> | null
}

/**
 * It stays ahead of its reader by a number of chunks that grows as he reads, and waits where he does not. So an endless
 * iterator is as good as any other, and results do not pile up.
 */
export class Feed<R> {
  /** Called once, when nothing more is taken from the iterator. */
  onEnd: (() => void) | null = null
  readonly #iterator: Iterator<unknown>
  readonly #chunkSize: number
  /** Whether chunks are read in the order of the items, or else as they are done. */
  readonly #ordered: boolean
  readonly #reader: Reader
  readonly #host: FeedHost<R>
  /** What can be read, in this order; if not ordered, only what is done. */
  #first: Ahead<R> | null = null
  #last: Ahead<R> | null = null
  #ahead = 0
  #running = 0
  #read = 0
  #itemsTaken = 0
  #want: ((outcome: Outcome<R[]>) => void) | null = null
  #busy = false
  #ended = false
  /** What is read after all the rest: why nothing more comes. */
  #reason: AsyncResult<R[]> | null = null
  /** Somebody waits for the end of all, read or not. */
  #draining = false

  /** @throws what refuses one of the first chunks; none is submitted then */
  constructor(iterator: Iterator<unknown>, chunkSize: number, ordered: boolean, reader: Reader, host: FeedHost<R>) {
    this.#iterator = iterator
    this.#chunkSize = chunkSize
    this.#ordered = ordered
    this.#reader = reader
    this.#host = host
    this.#begin()
  }

  get ended(): boolean {
    return this.#ended
  }

  /** @returns the next chunk's outcome, null if there is none left. Not to be called again before it is there */
  next(): Promise<Outcome<R[]>> | null {
    this.#read++
    this.#fill()
    if (this.#ahead === 0) {
      const reason = this.#reason
      if (!reason) return null
      this.#reason = null
      this.#reader.take(reason)
      return reason.settled
    }
    return new Promise((resolve) => {
      this.#want = resolve
      this.#deliver()
    })
  }

  /** The reader begins to wait. @returns what to call at the end of that */
  waits(): (() => void) | undefined {
    return this.#host.owner.waits()
  }

  /** The reader wants no more. What was taken can still be read. @throws what the iterator throws at its end */
  leave(): void {
    if (this.#ended) return
    this.#end()
    this.#iterator.return?.()
  }

  /** Nothing more is taken, and whoever reads to the end finds out why. */
  stop(reason: Error): void {
    if (this.#ended) return
    this.#reason = this.#failed(reason)
    this.#end()
    // An iterator cannot be told while it is asked.
    if (!this.#busy) callSafely(() => this.#iterator.return?.())
  }

  /** From now on all is taken, as fast as it is done. */
  drain(): void {
    this.#draining = true
    this.#fill()
  }

  #begin(): void {
    const first: { chunk: unknown[]; payload: Part | number }[] = []
    try {
      while (!this.#ended && first.length < FIRST_CHUNKS * this.#host.workers) {
        const at = this.#itemsTaken
        const chunk = this.#take()
        if (chunk.length > 0) first.push({ chunk, payload: this.#host.encode(chunk, at) })
      }
    } catch (error) {
      callSafely(() => this.leave())
      throw error
    }
    for (const { chunk, payload } of first) this.#submit(payload, chunk)
  }

  /** Takes as much as there is room for. */
  #fill(): void {
    while (!this.#ended && !this.#busy && this.#hasRoom()) {
      const at = this.#itemsTaken
      const chunk = this.#take()
      if (chunk.length === 0) return
      let payload: Part | number
      try {
        payload = this.#host.encode(chunk, at)
      } catch (error) {
        const result = this.#failed(error as Error)
        this.#host.refused(result, error as Error)
        this.#ahead++
        this.#push({ result, outcome: { ok: false, error: error as Error }, after: null })
        continue
      }
      this.#submit(payload, chunk)
    }
  }

  #hasRoom(): boolean {
    const { workers } = this.#host
    const most = workers * Math.max(MOST_CHUNKS, 2 * this.#host.depth())
    if (this.#draining) return this.#running < most
    return this.#ahead < Math.min(FIRST_CHUNKS * workers + this.#read, most)
  }

  /** @returns the next chunk, perhaps shorter than others: the iterator is at its end, or throws */
  #take(): unknown[] {
    const chunk: unknown[] = []
    this.#busy = true
    try {
      while (chunk.length < this.#chunkSize) {
        const next = this.#iterator.next()
        // It may itself have ended the pool.
        if (this.#ended) return []
        if (next.done) {
          this.#end()
          break
        }
        chunk.push(next.value)
      }
    } catch (thrown) {
      const error = isError(thrown) ? thrown : new Error(`thrown: ${textOf(thrown)}`)
      this.#reason = this.#failed(error)
      this.#host.refused(this.#reason, error)
      this.#end()
    } finally {
      this.#busy = false
    }
    this.#itemsTaken += chunk.length
    return chunk
  }

  #submit(payload: Part | number, chunk: unknown[]): void {
    const entry: Ahead<R> = { result: this.#host.submit(payload, chunk), outcome: null, after: null }
    this.#ahead++
    this.#running++
    if (this.#ordered) this.#push(entry)
    entry.result.onSettled((outcome) => {
      entry.outcome = outcome
      this.#running--
      if (!this.#ordered) this.#push(entry)
      this.#deliver()
      if (this.#draining) this.#fill()
    })
  }

  #push(entry: Ahead<R>): void {
    if (this.#last) this.#last.after = entry
    else this.#first = entry
    this.#last = entry
    this.#deliver()
  }

  /** The next one goes to the reader, if it is there and he waits. */
  #deliver(): void {
    const [want, first] = [this.#want, this.#first]
    if (!want || !first?.outcome) return
    this.#want = null
    this.#first = first.after
    if (!first.after) this.#last = null
    this.#ahead--
    this.#reader.take(first.result)
    want(first.outcome)
  }

  #failed(error: Error): AsyncResult<R[]> {
    const result = new AsyncResult<R[]>(this.#host.owner)
    result.settle({ ok: false, error })
    return result
  }

  #end(): void {
    this.#ended = true
    this.onEnd?.()
  }
}
