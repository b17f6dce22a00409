/**
 * Items of a queue of another process that came ahead of their `get`, so that a process that gets one after the other need not ask for each.
 *
 * They are still in the queue: each is claimed when a `get` takes it (`claims.ts`), or acknowledged by a message before that returns,
 * where the owner is not this process's parent. If somebody else wants one the owner revokes the claims that were not made yet, or
 * asks for what is left; if this process wants many, what is left goes back. How many come ahead is learnt from how fast they are
 * taken, so that nothing waits here for long.
 */
import type { Revive } from '../wire/values.ts'
import type { ReceivedBatch } from './batch.ts'
import { NOTHING } from './store.ts'

/** About so long it may take to get all that came ahead. */
const AHEAD_MS = 10
const MOST_AHEAD = 4_096

/** Where to claim the items of a delivery. */
export interface Claim {
  readonly place: number
  readonly base: number
}

/** An item of which only the owner knows whose it is: it was claimed while it was revoked. */
export interface Contested {
  /** Whether it is this process's. */
  readonly granted: Promise<boolean>
  value(): unknown
}

export interface InboxLine {
  /** Whether the kernel has all that this process sent before. */
  mayClaim(): boolean
  /** Takes the next item of a delivery. @returns false if it was revoked */
  claim(claim: Claim, count: number, delivery: number): boolean
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
  #claim: Claim | null = null
  /** How many of the delivery are claimed. */
  #claimed = 0
  #contested: Contested | null = null
  /** There is an item, but it could not be claimed yet. */
  #blocked = false
  #settleContested: ((taken: number) => void) | null = null
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

  /**
   * @param batches what came ahead, after the first `from` items
   * @param claim where they are claimed; null if each is told by a message
   */
  fill(delivery: number, batches: ReceivedBatch[], from: number, claim: Claim | null): void {
    this.#delivery = delivery
    this.#claim = claim
    this.#claimed = 0
    this.#batches = batches
    this.#index = from
    this.#skipEmpty()
  }

  /** @returns an item that has left the queue, or NOTHING; throws WireError if it cannot be read */
  take(revive: Revive): unknown {
    const batch = this.#batches[0]
    if (!batch || this.#held || this.#contested) return NOTHING
    if (this.#claim && !this.#line.mayClaim()) {
      this.#blocked = true
      return NOTHING
    }
    const index = this.#index++
    this.#skipEmpty()
    if (this.#claim) {
      const count = ++this.#claimed
      if (this.#line.claim(this.#claim, count, this.#delivery)) return batch.valueAt(index, revive)
      this.#batches = []
      const granted = new Promise<boolean>((resolve) => {
        this.#settleContested = (taken) => resolve(count <= taken)
      })
      this.#contested = { granted, value: () => batch.valueAt(index, revive) }
      return NOTHING
    }
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

  /** Whether the last item could not be claimed, because the kernel does not have yet what was sent before. */
  takeBlocked(): boolean {
    const blocked = this.#blocked
    this.#blocked = false
    return blocked
  }

  /** The item that was claimed last, if it is not known whose it is. */
  takeContested(): Contested | null {
    const contested = this.#contested
    this.#contested = null
    return contested
  }

  /**
   * The owner wants back what is left, or has taken it. It must be answered, whatever that is.
   * @param taken how many were claimed before, if the owner knows
   */
  recalled(delivery: number, taken: number): void {
    if (delivery === this.#delivery) {
      this.#batches = []
      this.#settleContested?.(taken)
      this.#settleContested = null
    }
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
