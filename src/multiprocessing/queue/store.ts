/**
 * A queue's contents and everybody who waits on it, in the process that owns the queue. Nothing is decoded unless this
 * process itself gets it, and nothing is sent here: callers are told by callbacks.
 *
 * Items are kept in parcels, ranges of the batches that they came in, so that what is done for an item in a batch is next to
 * nothing. An item that was asked for is in the queue until the getter has acknowledged it: it counts in the depth, and if the
 * getter's process ends first, it returns to its place at the head. Where many are got by other processes, the head of the queue is in
 * a ring (`ring.ts`) too, from which they take items by themselves; who takes one here claims it there first.
 */
import type { QueueClosedError } from '../errors.ts'
import type { Batch } from '../wire/batch/batch.ts'
import { OwnBatch } from '../wire/batch/own-batch.ts'
import type { Part } from '../wire/batch/part.ts'
import type { MemoryPlace } from '../wire/mapped-memory.ts'
import type { Revive } from '../wire/values.ts'
import { Deliveries } from './deliveries.ts'
import { Figures } from './figures.ts'
import { Head } from './head.ts'
import { NOTHING } from './nothing.ts'
import { type Parcel, Parcels } from './parcels.ts'

/** The path of a process; also its id. */
export type ClientId = string

interface Putter {
  client: ClientId
  batch: Batch
  /** How many of the batch are in the queue. */
  put: number
  priority: number
  sinceUs: number
  accepted(): void
  /** @param put how many of the batch are in the queue */
  refused(error: Error, put: number): void
}

interface Getter {
  client: ClientId
  max: number
  sinceUs: number
  /** Gets at least one item and at most `max`, in order; they are on their way until `acknowledge`. */
  deliver(parcels: Parcel[], delivery: number): void
  refused(error: Error): void
}

/** A waiting `put` or `get`, to withdraw it by. */
export type Ticket = symbol

export interface StoreOptions {
  /** 0 for no bound. */
  maxsize: number
  /** The run's clock, in microseconds. */
  now: () => number
  /** Called after every change, to schedule a report; null if nobody wants reports. */
  changed: (() => void) | null
  /** Whether items may come before others that were put earlier. */
  byPriority?: boolean
  /** Called once, when it is closed and nothing is left in it or on its way to it. */
  ended?: () => void
}

export class QueueStore {
  readonly maxsize: number
  readonly figures: Figures
  readonly #now: () => number
  readonly #changed: (() => void) | null
  readonly #byPriority: boolean
  #tellEnded: (() => void) | undefined
  readonly #parcels = new Parcels()
  readonly #deliveries = new Deliveries()
  readonly #putters = new Map<Ticket, Putter>()
  readonly #getters = new Map<Ticket, Getter>()
  /** What is refused with once it is closed. Made anew each time: an error keeps alive whoever called, by its stack. */
  #closed: (() => QueueClosedError) | null = null
  /** Processes that may put without asking, until they have confirmed that they know of the end. */
  readonly #trusted = new Set<ClientId>()
  readonly producers = new Set<ClientId>()
  readonly consumers = new Set<ClientId>()
  /** How many items each client has got; counted only for who asks for it. */
  gotBy: Map<ClientId, number> | null = null
  readonly #head: Head

  constructor({ maxsize, now, changed, byPriority = false, ended }: StoreOptions) {
    this.#tellEnded = ended
    this.maxsize = maxsize
    this.#now = now
    this.#changed = changed
    this.#byPriority = byPriority
    this.#head = new Head(this.#parcels, now, {
      taken: (parcels) => {
        for (const { start, end, acceptedAtUs } of parcels) this.#got('', end - start, acceptedAtUs)
      },
      isAwaited: () => this.#getters.size > 0,
    })
    this.figures = new Figures(now, changed !== null, () => this.#parcels.count + this.#deliveries.count)
  }

  /** Items put and not yet got, those on their way included. */
  get depth(): number {
    this.#head.sync()
    return this.#parcels.count + this.#deliveries.count
  }

  waiting(who: 'put' | 'get'): { process: ClientId; sinceUs: number }[] {
    const list = who === 'put' ? this.#putters : this.#getters
    const first = new Map<ClientId, number>()
    for (const { client, sinceUs } of list.values()) {
      if (!first.has(client)) first.set(client, sinceUs)
    }
    return [...first].map(([process, sinceUs]) => ({ process, sinceUs }))
  }

  /**
   * Puts a batch, or waits for room behind those that wait already; then its items go in one by one, as room comes.
   * @returns a ticket if it waits
   */
  put(
    client: ClientId,
    batch: Batch,
    wait: boolean,
    reply: Pick<Putter, 'accepted' | 'refused'>,
    full: () => Error,
    priority = 0,
  ): Ticket | undefined {
    if (this.#closed) {
      reply.refused(this.#closed(), 0)
      return undefined
    }
    this.producers.add(client)
    let put = 0
    if (this.#putters.size === 0) {
      put = Math.min(batch.count, this.#room())
      if (put > 0) this.#accept(batch, 0, put, priority)
      if (put === batch.count) {
        reply.accepted()
        this.#serve()
        return undefined
      }
    }
    if (!wait) {
      reply.refused(full(), put)
      this.#serve()
      return undefined
    }
    const ticket = Symbol('put')
    this.#putters.set(ticket, { client, batch, put, priority, sinceUs: this.#now(), ...reply })
    this.#serve()
    this.#changed?.()
    return ticket
  }

  /** Whether one more item of priority 0 could be put right now. */
  get takesOne(): boolean {
    return this.#closed === null && this.#putters.size === 0 && this.#room() > 0
  }

  /** Puts one item of this process, where `takesOne`. It joins the parcel at the end if it can. */
  putOne(client: ClientId, part: Part | number): void {
    this.producers.add(client)
    const nowUs = this.figures.beforePut()
    if (this.#parcels.addOne(part, nowUs)) {
      this.figures.put(1, nowUs)
      this.#changed?.()
    } else {
      const batch = new OwnBatch()
      batch.addItem(part)
      this.#accept(batch, 0, 1, 0)
    }
    if (this.#getters.size > 0) this.#serve()
    else this.#head.publishSoon()
  }

  /** Takes one item for this process, if there is one and nobody was first. Throws WireError if it cannot be read; it is gone then. */
  takeOne(client: ClientId, revive: Revive): unknown {
    if (this.#getters.size > 0) return NOTHING
    if (this.#head.isShared) this.#head.claim(1)
    const parcel = this.#parcels.first
    if (!parcel) return NOTHING
    const index = this.#parcels.shift()
    this.consumers.add(client)
    this.#got(client, 1, parcel.acceptedAtUs)
    if (this.#putters.size > 0 || this.#closed) this.#serve()
    return parcel.batch.valueAt(index, revive)
  }

  /** Gets now, or waits behind those that wait already. @returns a ticket if it waits */
  get(
    client: ClientId,
    max: number,
    wait: boolean,
    reply: Pick<Getter, 'deliver' | 'refused'>,
    empty: () => Error,
  ): Ticket | undefined {
    this.consumers.add(client)
    this.look()
    if (this.#getters.size === 0 && this.#parcels.count > 0 && this.#deliver({ client, max, sinceUs: 0, ...reply })) {
      return undefined
    }
    const ended = this.#ended
    if (ended) {
      reply.refused(ended())
      return undefined
    }
    if (!wait) {
      reply.refused(empty())
      return undefined
    }
    const ticket = Symbol('get')
    this.#getters.set(ticket, { client, max, sinceUs: this.#now(), ...reply })
    this.#changed?.()
    return ticket
  }

  /** Takes a waiting `get` back, or what waits of a `put`. @returns false if it was served before */
  withdraw(ticket: Ticket): boolean {
    const withdrawn = this.#putters.delete(ticket) || this.#getters.delete(ticket)
    if (withdrawn) this.#changed?.()
    return withdrawn
  }

  /** @returns how many items of a waiting put are in the queue */
  putSoFar(ticket: Ticket): number {
    return this.#putters.get(ticket)?.put ?? 0
  }

  /**
   * The getter has its items, or the first `count` of them: now they have left the queue, and the others go back to its head.
   * @returns false for a delivery that is not on its way to it (any more)
   */
  acknowledge(client: ClientId, id: number, count = Number.POSITIVE_INFINITY): boolean {
    const parcels = this.#deliveries.acknowledge(client, id, count)
    if (!parcels) return false
    for (const { start, end, acceptedAtUs } of parcels.got) this.#got(client, end - start, acceptedAtUs)
    this.#putBack(parcels.back)
    if (this.#putters.size > 0 || this.#getters.size > 0 || this.#closed) this.#serve()
    return true
  }

  /** Accounts for what was taken out of the ring, so that all figures are exact, and lets in who waits for its room. */
  look(): void {
    if (!this.#head.isShared) return
    this.#head.sync()
    if (this.#putters.size > 0 || this.#getters.size > 0) this.#serve()
    else this.#head.publish()
  }

  /**
   * A process of another asks to get, and could take from a ring by itself.
   * @returns where it is; undefined as long as there is none, because too little is asked for
   */
  ringFor(): MemoryPlace | undefined {
    return this.#byPriority || this.gotBy ? undefined : this.#head.ringFor()
  }

  /** From now on a process may put without asking, until `confirmClosed`. */
  trust(client: ClientId): boolean {
    if (this.#closed || this.maxsize > 0) return false
    this.#trusted.add(client)
    return true
  }

  /** A put of a process that need not ask. Even of a closed queue, as long as the process may not know of that. */
  putTrusted(client: ClientId, batch: Batch): void {
    if (!this.#trusted.has(client)) return
    this.producers.add(client)
    this.#accept(batch, 0, batch.count, 0)
    this.#serve()
  }

  /** A process knows that the queue is closed: nothing of it is on its way any more. */
  confirmClosed(client: ClientId): void {
    this.#trusted.delete(client)
    this.#serve()
  }

  /**
   * A process is gone, with all below it: what it waited for is forgotten, and what was on its way to it goes back to the
   * head of the queue in order.
   */
  release(isGone: (client: ClientId) => boolean): void {
    for (const [ticket, { client }] of this.#putters) if (isGone(client)) this.#putters.delete(ticket)
    for (const [ticket, { client }] of this.#getters) if (isGone(client)) this.#getters.delete(ticket)
    for (const client of this.#trusted) if (isGone(client)) this.#trusted.delete(client)
    this.#putBack(this.#deliveries.release(isGone))
    this.#changed?.()
    this.#serve()
  }

  /**
   * No more puts. Waiting puts are refused; gets are served until nothing is left, then refused.
   * @returns the processes that may still have puts on their way, and must confirm that they know
   */
  close(error: () => QueueClosedError): ClientId[] {
    if (this.#closed) return []
    this.#closed = error
    const putters = [...this.#putters.values()]
    this.#putters.clear()
    for (const putter of putters) putter.refused(error(), putter.put)
    this.#serve()
    this.#changed?.()
    return [...this.#trusted]
  }

  /** Nobody has the queue any more. */
  drop(): void {
    this.#head.drop()
  }

  /** Brings the figures up to date, before they are told. */
  noteAll(): void {
    this.look()
    this.figures.noteGot()
  }

  /** What getters are refused with if nothing will ever come any more. */
  get #ended(): (() => QueueClosedError) | null {
    return this.#closed !== null && this.depth === 0 && this.#trusted.size === 0 ? this.#closed : null
  }

  #room(): number {
    return this.maxsize <= 0 ? Number.POSITIVE_INFINITY : this.maxsize - this.depth
  }

  #accept(batch: Batch, start: number, end: number, priority: number): void {
    const nowUs = this.figures.beforePut()
    this.#parcels.add(batch, start, end, priority, nowUs)
    this.figures.put(end - start, nowUs)
    this.#head.publishSoon()
    this.#changed?.()
  }

  #putBack(parcels: readonly Parcel[]): void {
    if (parcels.length === 0) return
    // They come before what others may take by themselves.
    this.#head.claim(Number.POSITIVE_INFINITY)
    this.#parcels.putBack(parcels)
  }

  #got(client: ClientId, count: number, acceptedAtUs: number): void {
    this.gotBy?.set(client, (this.gotBy.get(client) ?? 0) + count)
    if (this.figures.got(count, acceptedAtUs)) this.#changed?.()
  }

  /** @returns whether there was something to deliver, after others had taken theirs */
  #deliver({ client, max, deliver }: Getter, ticket?: Ticket): boolean {
    const parcels = this.#head.take(max)
    if (parcels.length === 0) return false
    if (ticket) this.#getters.delete(ticket)
    deliver(parcels, this.#deliveries.add(client, parcels))
    return true
  }

  /** Lets in who waits with items and serves who waits for them, in turn, until neither can go on. */
  #serve(): void {
    while (this.#putters.size > 0 || this.#getters.size > 0) {
      const putter = this.#room() > 0 ? this.#putters.entries().next().value : undefined
      if (putter) {
        const [ticket, { batch, put, priority, accepted }] = putter
        const end = Math.min(batch.count, put + this.#room())
        putter[1].put = end
        if (end === batch.count) this.#putters.delete(ticket)
        this.#accept(batch, put, end, priority)
        if (end === batch.count) accepted()
      }
      const getter = this.#parcels.count > 0 ? this.#getters.entries().next().value : undefined
      const served = getter !== undefined && this.#deliver(getter[1], getter[0])
      if (!putter && !served) break
    }
    const ended = this.#closed ? this.#ended : null
    if (ended) {
      this.#refuseGetters(ended)
      this.#tellEnded?.()
      this.#tellEnded = undefined
    }
    this.#head.publish()
  }

  #refuseGetters(error: () => Error): void {
    const getters = [...this.#getters.values()]
    this.#getters.clear()
    for (const getter of getters) getter.refused(error())
  }
}
