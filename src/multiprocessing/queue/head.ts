/**
 * The head of a queue: items leave it here, or are taken out of a ring (`ring.ts`) by other processes, once many of them are asked for.
 * What is in the ring is in the parcels too. Whoever gives an item away here claims it in the ring first.
 */
import type { MemoryPlace } from '../wire/mapped-memory.ts'
import type { Parcel, Parcels } from './parcels.ts'
import { Ring } from './ring.ts'

/** So many requests of other processes in so short a time make it worth a ring. */
const MANY_REQUESTS = 64
const SHORT_TIME_US = 250_000
/** What is asked for together travels together, but not more than this: a message has a limit, and one item may be near it. */
const MOST_DELIVERY_BYTES = 64 * 1024 * 1024

export interface HeadListener {
  /** Items were taken out of the ring. */
  taken(parcels: readonly Parcel[]): void
  /** Whether somebody waits here for an item: then it goes to them, and not into the ring. */
  isAwaited(): boolean
}

export class Head {
  readonly #parcels: Parcels
  readonly #now: () => number
  readonly #listener: HeadListener
  #ring: Ring | null = null
  #requests = 0
  #requestsSinceUs = 0
  #publishing = false
  #dropped = false

  constructor(parcels: Parcels, now: () => number, listener: HeadListener) {
    this.#parcels = parcels
    this.#now = now
    this.#listener = listener
  }

  /** Whether items may be taken by other processes at any moment. */
  get isShared(): boolean {
    return this.#ring !== null
  }

  /**
   * Another process asks to get, and could take from a ring by itself.
   * @returns where it is; undefined as long as there is none, because too little is asked for
   */
  ringFor(): MemoryPlace | undefined {
    if (this.#ring || this.#dropped) return this.#ring?.place
    if (this.#requests++ % MANY_REQUESTS > 0) return undefined
    const nowUs = this.#now()
    const soon = this.#requests > 1 && nowUs - this.#requestsSinceUs < SHORT_TIME_US
    this.#requestsSinceUs = nowUs
    if (!soon) return undefined
    this.#ring = Ring.create() ?? null
    this.publish()
    return this.#ring?.place
  }

  /** Others may have taken items out of the ring: here they leave too. */
  sync(): void {
    if (!this.#ring) return
    const taken = this.#ring.look()
    if (taken === null) {
      // Somebody wrote into it what cannot be. It is used no more; nobody else is harmed.
      this.drop()
    } else if (taken > 0) this.#listener.taken(this.#parcels.cut(taken))
  }

  /** What is at the head, up to `max` items, is this process's to give: nobody can take it out of the ring any more. */
  claim(max: number): void {
    for (;;) {
      this.sync()
      const published = Math.min(max, this.#ring?.unclaimed ?? 0)
      if (published === 0 || this.#ring?.claim(published)) return
    }
  }

  /** @returns items off the head, at least one if there is one, and no more than fit in a message */
  take(max: number): Parcel[] {
    for (;;) {
      this.sync()
      const count = this.#parcels.fitting(max, MOST_DELIVERY_BYTES)
      const published = Math.min(count, this.#ring?.unclaimed ?? 0)
      if (published === 0 || this.#ring?.claim(published)) return this.#parcels.cut(count)
    }
  }

  /** Items have come: they go into the ring at the end of the turn, together. */
  publishSoon(): void {
    if (!this.#ring || this.#publishing) return
    this.#publishing = true
    process.nextTick(() => {
      this.#publishing = false
      this.publish()
    })
  }

  /** What is here goes into the ring, as far as there is room. */
  publish(): void {
    if (!this.#ring || this.#listener.isAwaited()) return
    this.sync()
    // A full one has room again only once some were taken.
    if (this.#ring && !this.#ring.full) this.#ring.publishAll(this.#parcels.behind(this.#ring.unclaimed))
  }

  /** There is no ring any more, and never will be. */
  drop(): void {
    this.#dropped = true
    this.#ring?.close()
    this.#ring = null
  }
}
