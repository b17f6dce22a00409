/**
 * Puts of this process into an unbounded queue of another, without asking for each.
 *
 * The owner says with the answer to the first put that this process need not ask any more. From then on an item is put as soon
 * as it is in the outbox. What was put leaves at once, unless puts follow each other so fast that the program does nothing else in
 * between; then they leave together, at the end of the turn, and before anything else that this process sends, so whoever learns
 * of what this process did after a put will find the item in the queue. The owner tells now and then what it has taken in; so
 * many bytes that are not known to be are the most that may be on their way, and then `put` waits.
 */

import { clockMs } from '../run/clock.ts'
import type { Batch } from '../wire/batch/batch.ts'
import { BytesBatch, isLargeBytes } from '../wire/batch/bytes-batch.ts'
import { OwnBatch } from '../wire/batch/own-batch.ts'
import { partOf } from '../wire/batch/part.ts'
import type { Payload } from '../wire/frames.ts'

/** So many bytes may be on their way to the owner, before puts wait for it. */
export const WINDOW_BYTES = 4 * 1024 * 1024

/** Between two puts that are closer than this, a program cannot have done anything that is seen from outside. */
const NOTHING_BETWEEN_MS = 0.002

export interface OutboxLine {
  /** Something is in the outbox: `flush` must be called before anything else is sent, and at the end of the turn. */
  filled(outbox: Outbox): void
  send(payload: Payload): void
  /** Hands what was sent to the kernel now. */
  flush(): void
}

export class Outbox {
  readonly #line: OutboxLine
  #trusted = false
  #batch: OwnBatch | null = null
  /** The sizes of the frames that the owner has not taken in yet, in order. */
  readonly #onTheirWay: number[] = []
  #bytesOnTheirWay = 0
  #taken = 0
  #lastLookMs = 0
  readonly #waiting = new Set<() => void>()

  constructor(line: OutboxLine) {
    this.#line = line
  }

  /** The owner says that this process need not ask. */
  trust(): void {
    this.#trusted = true
  }

  get trusted(): boolean {
    return this.#trusted
  }

  /** Whether an item can be put right now. */
  get open(): boolean {
    return this.#trusted && this.#bytesOnTheirWay < WINDOW_BYTES && this.#waiting.size === 0
  }

  /** Whether a put waits for it to be open. */
  get awaited(): boolean {
    return this.#waiting.size > 0
  }

  /** Puts one item, where it is `open`. @throws UnsendableError */
  add(item: unknown): void {
    if (isLargeBytes(item)) {
      this.addBatch(new BytesBatch(item))
      return
    }
    if (typeof item !== 'number' || !this.#batch?.addNumber(item)) {
      const part = partOf(item, 'item')
      if (!this.#batch?.add(part)) {
        this.flush()
        this.#begin().add(part)
      }
    }
    if (this.#batch?.full) this.flush()
    const nowMs = clockMs()
    const isNothingBetween = nowMs - this.#lastLookMs < NOTHING_BETWEEN_MS
    if (!isNothingBetween) this.#line.flush()
    this.#lastLookMs = isNothingBetween ? nowMs : clockMs()
  }

  /** Puts many, where it is `open`. */
  addBatch(batch: Batch): void {
    this.flush()
    this.#send(batch)
    this.#line.flush()
  }

  /** Calls `go` once it is open. @returns what to call to wait no more */
  whenOpen(go: () => void): () => void {
    this.#waiting.add(go)
    this.#letIn()
    return () => this.#waiting.delete(go)
  }

  /** Sends what is in it. */
  flush(): void {
    const batch = this.#batch
    if (!batch) return
    this.#batch = null
    this.#send(batch)
  }

  /** The owner has taken in so many frames, ever. */
  taken(frames: number): void {
    const count = Math.min(frames - this.#taken, this.#onTheirWay.length)
    if (!(count > 0)) return
    for (const bytes of this.#onTheirWay.splice(0, count)) this.#bytesOnTheirWay -= bytes
    this.#taken += count
    this.#letIn()
  }

  /** No more puts without asking: the queue is closed, or gone. Who waits finds out by asking. */
  end({ gone }: { gone: boolean }): void {
    if (gone) {
      this.#batch = null
      this.#onTheirWay.length = 0
      this.#bytesOnTheirWay = 0
    } else this.flush()
    this.#trusted = false
    this.#letIn()
  }

  #begin(): OwnBatch {
    this.#batch = new OwnBatch()
    this.#line.filled(this)
    return this.#batch
  }

  #send(batch: Batch): void {
    // Made when it is about to be written, for it may be in memory that the next one is made in too.
    this.#line.send(() => {
      const payload = batch.lend()
      let bytes = 0
      for (const part of payload) bytes += part.byteLength
      this.#onTheirWay.push(bytes)
      this.#bytesOnTheirWay += bytes
      return payload
    })
    batch.sent?.()
  }

  #letIn(): void {
    for (const go of this.#waiting) {
      if (this.#trusted && this.#bytesOnTheirWay >= WINDOW_BYTES) return
      this.#waiting.delete(go)
      go()
    }
  }
}
