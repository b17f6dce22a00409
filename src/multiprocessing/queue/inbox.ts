/**
 * Items of a queue of another process that came ahead of their `get`, because this process is the only one that gets.
 *
 * They are still in the queue: each is acknowledged when a `get` takes it, before that returns. If the owner asks for them, because
 * somebody else wants one, or this process wants many, what is left goes back. How many come ahead is learnt from how fast they are
 * taken, so that nothing waits here for long.
 */
import type { Revive } from '../wire/values.ts'
import type { ReceivedBatch } from './batch.ts'
import { NOTHING } from './store.ts'

/** About so long it may take to get all that came ahead. */
const AHEAD_MS = 2
const MOST_AHEAD = 255

export interface InboxLine {
  /** Tells the owner that the next item of a delivery is taken. @returns whether the kernel has that now */
  taken(delivery: number): boolean
  giveBack(delivery: number): void
}

export class Inbox {
  readonly #line: InboxLine
  #delivery = 0
  #batches: ReceivedBatch[] = []
  #index = 0
  /** An item whose acknowledgement the kernel has not taken yet. */
  #held: { value: () => unknown } | null = null
  #startedMs = 0
  #came = 1
  /** How many requests to get are not answered yet. */
  asking = 0
  /** How many items may come with the next one. */
  ahead = 0
  /** A request for an item and more is on its way; who comes after it must not overtake it. */
  #asked: Promise<unknown> | null = null

  constructor(line: InboxLine) {
    this.#line = line
  }

  get asked(): Promise<unknown> | null {
    return this.#asked
  }

  /** What `get` asks is on its way until this settles. */
  waitBehind(answer: Promise<unknown>): void {
    const done = () => {
      if (this.#asked === settled) this.#asked = null
    }
    const settled = answer.then(done, done)
    this.#asked = settled
  }

  /** A `get` that must ask begins: how many may come ahead depends on how fast the last ones went. */
  beforeAsking(): void {
    const meanMs = (performance.now() - this.#startedMs) / this.#came
    this.ahead = Math.min(MOST_AHEAD, 2 * this.ahead + 1, Math.floor(AHEAD_MS / Math.max(meanMs, 0.001)))
  }

  /** A `get` was answered, with so many items. */
  answered(count: number): void {
    this.#startedMs = performance.now()
    this.#came = count
  }

  /** @param batches what came ahead, after the first `from` items */
  fill(delivery: number, batches: ReceivedBatch[], from: number): void {
    this.#delivery = delivery
    this.#batches = batches
    this.#index = from
    this.#skipEmpty()
  }

  /** @returns an item that has left the queue, or NOTHING; throws WireError if it cannot be read */
  take(revive: Revive): unknown {
    const batch = this.#batches[0]
    if (!batch || this.#held) return NOTHING
    const index = this.#index++
    this.#skipEmpty()
    if (this.#line.taken(this.#delivery)) return batch.valueAt(index, revive)
    this.#held = { value: () => batch.valueAt(index, revive) }
    return NOTHING
  }

  /** The item that only waited for its acknowledgement to leave. */
  takeHeld(): (() => unknown) | null {
    const held = this.#held
    this.#held = null
    return held?.value ?? null
  }

  /** The owner wants back what is left. It must be answered, whatever that is. */
  recalled(delivery: number): void {
    if (delivery === this.#delivery) this.#batches = []
    this.ahead = 0
    this.#line.giveBack(delivery)
  }

  /** Gives back what is left, before something else is asked for. */
  giveBack(): void {
    if (this.#batches.length === 0) return
    this.#batches = []
    this.#line.giveBack(this.#delivery)
  }

  /** The owner is gone, and the items with it. */
  end(): void {
    this.#batches = []
  }

  #skipEmpty(): void {
    while (this.#batches[0] && this.#index >= this.#batches[0].count) {
      this.#index -= this.#batches[0].count
      this.#batches.shift()
    }
  }
}
