/**
 * A queue's contents and everybody who waits on it, in the process that owns the queue. No bytes are decoded and nothing is
 * sent here: callers are told by callbacks.
 *
 * An item is in the queue until the getter has acknowledged it. Between delivery and acknowledgement it is *on its way*: it
 * counts in the depth, and if the getter's process ends first, it returns to its place at the head.
 */
import type { QueueClosedError } from '../errors.ts'

/** The path of a process; also its id. */
export type ClientId = string

export interface StoredItem {
  readonly bytes: Uint8Array
  /** Position among all items the queue ever accepted: what restores the order when items come back. */
  sequence: number
  acceptedAtUs: number
  /** Lower comes first; equal ones in the order of coming. 0 for all but in a queue by priority. */
  readonly priority: number
}

interface Putter {
  client: ClientId
  item: StoredItem
  sinceUs: number
  accepted(): void
  refused(error: Error): void
}

interface Getter {
  client: ClientId
  max: number
  sinceUs: number
  /** Gets at least one item, in order; they are on their way until `acknowledge`. */
  deliver(items: StoredItem[], delivery: number): void
  refused(error: Error): void
}

/** A waiting `put` or `get`, to withdraw it by. */
export type Ticket = symbol

interface Delivery {
  client: ClientId
  items: StoredItem[]
}

export const RESIDENCE_BUCKETS = 20
/** More changes than this in an interval are told by their extremes only. */
const MOST_STEPS = 16

function before(a: StoredItem, b: StoredItem): number {
  return a.priority - b.priority || a.sequence - b.sequence
}

export class QueueStore {
  readonly maxsize: number
  readonly #now: () => number
  readonly #changed: () => void
  #items: StoredItem[] = []
  /** Index of the first item in `#items` that is still there; the rest of the array is compacted now and then. */
  #head = 0
  #onTheirWay = 0
  #nextSequence = 0
  #nextDelivery = 1
  readonly #putters = new Map<Ticket, Putter>()
  readonly #getters = new Map<Ticket, Getter>()
  readonly #deliveries = new Map<number, Delivery>()
  #closed: QueueClosedError | null = null

  puts = 0
  gets = 0
  depthMax = 0
  depthMin = 0
  /** Every depth of the interval; null once there were too many. */
  steps: { atUs: number; depth: number }[] | null = []
  readonly producers = new Set<ClientId>()
  readonly consumers = new Set<ClientId>()
  readonly residence: number[] = new Array(RESIDENCE_BUCKETS).fill(0)
  /** How many items each client has got; counted only for who asks for it. */
  gotBy: Map<ClientId, number> | null = null

  /**
   * @param maxsize 0 for no bound
   * @param now the run's clock, in microseconds
   * @param changed called after every change, to schedule a report
   */
  constructor(maxsize: number, now: () => number, changed: () => void) {
    this.maxsize = maxsize
    this.#now = now
    this.#changed = changed
  }

  /** Items put and not yet got, those on their way included. */
  get depth(): number {
    return this.#items.length - this.#head + this.#onTheirWay
  }

  get closed(): boolean {
    return this.#closed !== null
  }

  waiting(who: 'put' | 'get'): { process: ClientId; sinceUs: number }[] {
    const list = who === 'put' ? this.#putters : this.#getters
    const first = new Map<ClientId, number>()
    for (const { client, sinceUs } of list.values()) {
      if (!first.has(client)) first.set(client, sinceUs)
    }
    return [...first].map(([process, sinceUs]) => ({ process, sinceUs }))
  }

  /** Puts now, or waits for room behind those that wait already. @returns a ticket if it waits */
  put(
    client: ClientId,
    bytes: Uint8Array,
    wait: boolean,
    reply: { accepted(): void; refused(error: Error): void },
    full: () => Error,
    priority = 0,
  ): Ticket | undefined {
    if (this.#closed) {
      reply.refused(this.#closed)
      return undefined
    }
    const nowUs = this.#now()
    const item: StoredItem = { bytes, sequence: -1, acceptedAtUs: nowUs, priority }
    this.producers.add(client)
    if (this.#putters.size === 0 && this.#hasRoom()) {
      this.#accept(item)
      reply.accepted()
      this.#serve()
      return undefined
    }
    if (!wait) {
      reply.refused(full())
      return undefined
    }
    const ticket = Symbol('put')
    this.#putters.set(ticket, { client, item, sinceUs: nowUs, ...reply })
    this.#changed()
    return ticket
  }

  /** Gets now, or waits behind those that wait already. @returns a ticket if it waits */
  get(
    client: ClientId,
    max: number,
    wait: boolean,
    reply: { deliver(items: StoredItem[], delivery: number): void; refused(error: Error): void },
    empty: () => Error,
  ): Ticket | undefined {
    this.consumers.add(client)
    if (this.#getters.size === 0 && this.#head < this.#items.length) {
      this.#deliver({ client, max, sinceUs: 0, ...reply })
      return undefined
    }
    if (this.#closed && this.#head === this.#items.length) {
      reply.refused(this.#closed)
      return undefined
    }
    if (!wait) {
      reply.refused(empty())
      return undefined
    }
    const ticket = Symbol('get')
    this.#getters.set(ticket, { client, max, sinceUs: this.#now(), ...reply })
    this.#changed()
    return ticket
  }

  /** Takes a waiting `put` or `get` back. @returns false if it was served before */
  withdraw(ticket: Ticket): boolean {
    const withdrawn = this.#putters.delete(ticket) || this.#getters.delete(ticket)
    if (withdrawn) this.#changed()
    return withdrawn
  }

  /** The getter has its items: now they have left the queue. A delivery that is not known is ignored. */
  acknowledge(client: ClientId, id: number): void {
    const delivery = this.#deliveries.get(id)
    if (!delivery || delivery.client !== client) return
    this.#deliveries.delete(id)
    this.#onTheirWay -= delivery.items.length
    this.gets += delivery.items.length
    this.gotBy?.set(client, (this.gotBy.get(client) ?? 0) + delivery.items.length)
    const nowUs = this.#now()
    this.#noteDepth(nowUs)
    for (const item of delivery.items) {
      const ms = (nowUs - item.acceptedAtUs) / 1000
      const bucket = ms < 1 ? 0 : Math.min(RESIDENCE_BUCKETS - 1, Math.floor(Math.log2(ms)) + 1)
      this.residence[bucket] = (this.residence[bucket] ?? 0) + 1
    }
    this.#changed()
    this.#serve()
  }

  /**
   * A process is gone, with all below it: what it waited for is forgotten, and what was on its way to it goes back to the
   * head of the queue in order.
   */
  release(isGone: (client: ClientId) => boolean): void {
    for (const [ticket, { client }] of this.#putters) if (isGone(client)) this.#putters.delete(ticket)
    for (const [ticket, { client }] of this.#getters) if (isGone(client)) this.#getters.delete(ticket)
    const back: StoredItem[] = []
    for (const [id, delivery] of this.#deliveries) {
      if (!isGone(delivery.client)) continue
      this.#deliveries.delete(id)
      this.#onTheirWay -= delivery.items.length
      back.push(...delivery.items)
    }
    if (back.length > 0) {
      // What came back before may lie between these, so the whole front is sorted; the rest is in order already.
      const rest = this.#items.slice(this.#head)
      this.#items = [...back, ...rest].sort(before)
      this.#head = 0
    }
    this.#changed()
    this.#serve()
  }

  /** No more puts. Waiting puts are refused; gets are served until nothing is left, then refused. */
  close(error: QueueClosedError): void {
    if (this.#closed) return
    this.#closed = error
    const putters = [...this.#putters.values()]
    this.#putters.clear()
    for (const putter of putters) putter.refused(error)
    this.#serve()
    if (this.depth === 0) this.#refuseGetters(error)
    this.#changed()
  }

  /** Starts a new interval for the extremes of the depth. */
  startInterval(): void {
    this.depthMax = this.depth
    this.depthMin = this.depth
    this.steps = []
  }

  #noteDepth(atUs: number): void {
    const { depth } = this
    if (depth > this.depthMax) this.depthMax = depth
    if (depth < this.depthMin) this.depthMin = depth
    if (!this.steps) return
    if (this.steps.length < MOST_STEPS) this.steps.push({ atUs, depth })
    else this.steps = null
  }

  #hasRoom(): boolean {
    return this.maxsize <= 0 || this.depth < this.maxsize
  }

  #accept(item: StoredItem): void {
    item.sequence = this.#nextSequence++
    item.acceptedAtUs = this.#now()
    this.#insert(item)
    this.puts++
    this.#noteDepth(item.acceptedAtUs)
    this.#changed()
  }

  /** Behind all that come before it: at the end, unless what is there is less urgent. */
  #insert(item: StoredItem): void {
    let low = this.#head
    let high = this.#items.length
    if (high === low || (this.#items[high - 1] as StoredItem).priority <= item.priority) {
      this.#items.push(item)
      return
    }
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#items[middle] as StoredItem).priority <= item.priority) low = middle + 1
      else high = middle
    }
    this.#items.splice(low, 0, item)
  }

  #deliver(getter: Getter): void {
    const count = Math.min(getter.max, this.#items.length - this.#head)
    const items = this.#items.slice(this.#head, this.#head + count)
    this.#items.fill(undefined as never, this.#head, this.#head + count)
    this.#head += count
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    this.#onTheirWay += count
    const id = this.#nextDelivery++
    this.#deliveries.set(id, { client: getter.client, items })
    getter.deliver(items, id)
  }

  /** Lets in who waits with items and serves who waits for them, in turn, until neither can go on. */
  #serve(): void {
    for (;;) {
      const putter = this.#hasRoom() ? this.#putters.entries().next().value : undefined
      if (putter) {
        this.#putters.delete(putter[0])
        this.#accept(putter[1].item)
        putter[1].accepted()
      }
      const getter = this.#head < this.#items.length ? this.#getters.entries().next().value : undefined
      if (getter) {
        this.#getters.delete(getter[0])
        this.#deliver(getter[1])
      }
      if (!putter && !getter) break
    }
    if (this.#closed && this.depth === 0) this.#refuseGetters(this.#closed)
  }

  #refuseGetters(error: Error): void {
    const getters = [...this.#getters.values()]
    this.#getters.clear()
    for (const getter of getters) getter.refused(error)
  }
}
