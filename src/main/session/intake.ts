/** What a source tells, taken in slices: though it tells a hundred thousand events in one go, the app goes on answering. */
import { AsyncLocalStorage } from 'node:async_hooks'

/** So long a turn of the event loop is held for one session, and for so many events in any case. */
const SLICE = { ms: 10, events: 20 }
/** So many may wait. For what is more the source is held up, and so is the app. */
const MOST_WAITING = 200_000
/** What has entered is let go of when it is so much, and half of all. */
const LET_GO = 10_000

/** Later turns belong to no run, though it was within one that the event was told. */
const outside = AsyncLocalStorage.snapshot()

export class Intake {
  readonly #enter: (event: unknown) => void
  readonly #inSlices: boolean
  /** What is yet to enter, from `#next` on. */
  #waiting: unknown[] = []
  #next = 0
  /** What was used of this turn. */
  #usedMs = 0
  #entered = 0
  #turnIsSet = false
  #whenEmpty: (() => void)[] = []

  /** @param inSlices whether anybody waits for the event loop; else everything enters at once */
  constructor(inSlices: boolean, enter: (event: unknown) => void) {
    this.#inSlices = inSlices
    this.#enter = enter
  }

  /** Lets an event enter: now, if this turn has time for it and none is before it, else in a later turn. */
  add(event: unknown): void {
    if (!this.#inSlices) {
      this.#enter(event)
      return
    }
    this.#setTurn()
    if (this.#count > 0 || this.#isUsedUp) this.#waiting.push(event)
    else this.#enterNow(event)
    while (this.#count > MOST_WAITING) this.#enterNext()
  }

  /** Resolves once all that was added has entered. */
  empty(): Promise<void> {
    if (this.#count === 0) return Promise.resolve()
    return new Promise((resolve) => this.#whenEmpty.push(resolve))
  }

  get #isUsedUp(): boolean {
    return this.#usedMs > SLICE.ms && this.#entered >= SLICE.events
  }

  get #count(): number {
    return this.#waiting.length - this.#next
  }

  #setTurn(): void {
    if (this.#turnIsSet) return
    this.#turnIsSet = true
    outside(() => setImmediate(() => this.#turn()))
  }

  #turn(): void {
    this.#turnIsSet = false
    this.#usedMs = 0
    this.#entered = 0
    while (this.#count > 0 && !this.#isUsedUp) this.#enterNext()
    if (this.#count > 0) this.#setTurn()
    else for (const resolve of this.#whenEmpty.splice(0)) resolve()
  }

  #enterNext(): void {
    const event = this.#waiting[this.#next++]
    if (this.#count === 0 || (this.#next > LET_GO && this.#next > this.#count)) {
      this.#waiting = this.#waiting.slice(this.#next)
      this.#next = 0
    }
    this.#enterNow(event)
  }

  #enterNow(event: unknown): void {
    const from = performance.now()
    this.#enter(event)
    this.#usedMs += performance.now() - from
    this.#entered++
  }
}
