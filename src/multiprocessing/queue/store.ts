/**
 * A queue's contents and everybody who waits on it, in the process that owns the queue. Nothing is decoded unless this
 * process itself gets it, and nothing is sent here: callers are told by callbacks.
 *
 * Items are kept in parcels, ranges of the batches that they came in, so that what is done for an item in a batch is next to
 * nothing. An item is in the queue until the getter has acknowledged it. Between delivery and acknowledgement it is *on its
 * way*: it counts in the depth, and if the getter's process ends first, it returns to its place at the head.
 */
import type { QueueClosedError } from '../errors.ts'
import type { Revive } from '../wire/values.ts'
import { type Batch, OwnBatch, type Part } from './batch.ts'
import type { ClaimPlace } from './claims.ts'

/** The path of a process; also its id. */
export type ClientId = string

/** Items of a batch from `start` up to `end`, that were accepted together. */
export interface Parcel {
  readonly batch: Batch
  start: number
  end: number
  /** Position of the first among all items the queue ever accepted: what restores the order when items come back. */
  sequence: number
  acceptedAtUs: number
  /** Lower comes first; equal ones in the order of coming. 0 for all but in a queue by priority. */
  readonly priority: number
}

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
  /**
   * Gets at least one item, in order; they are on their way until `acknowledge`.
   * @param ahead how more than it asked for is taken, if that is not by `acknowledge`: what follows `max` items is a delivery of its own
   */
  deliver(parcels: Parcel[], delivery: number, ahead?: { delivery: number; place: ClaimPlace }): void
  refused(error: Error): void
  /** Takes more than it asks for, where nobody else may want it: so many. */
  ahead?: number
  /** Waits only until others have given back what they hold ahead; this is what it is refused with then. */
  empty?: () => Error
}

/** A waiting `put` or `get`, to withdraw it by. */
export type Ticket = symbol

interface Delivery {
  client: ClientId
  parcels: Parcel[]
  count: number
  /** Whether there is more in it than was asked for, which can be asked back. */
  ahead: boolean
  recalled: boolean
  /** Where the client says what it takes of it, one by one; null if it tells by messages. */
  place: ClaimPlace | null
  /** How many of those are accounted for. */
  claimed: number
}

/** What `takeOne` gives where it can give nothing at once. */
export const NOTHING = Symbol('nothing')

export const RESIDENCE_BUCKETS = 20
/** More changes than this in an interval are told by their extremes only. */
const MOST_STEPS = 16
/** Items that are got so fast that as many as are noted together take less than half a millisecond; never more than the second. */
const NOTED_TOGETHER_OF_AN_INTERVAL = 1 / 200
const MOST_NOTED_TOGETHER = 256
/** As long as nothing is known. */
const FIRST_NOTED_TOGETHER = 16
/** So many may be with a client that must be asked for them, and answers when it has time. */
const MOST_ASKED_BACK = 255
/** Items that come later than this after the first do not join its parcel, so that each is known to be as old as it is. */
const SAME_PARCEL_US = 1_000

function before(a: Parcel, b: Parcel): number {
  return a.priority - b.priority || a.sequence - b.sequence
}

export function countOf(parcels: readonly Parcel[]): number {
  let count = 0
  for (const { start, end } of parcels) count += end - start
  return count
}

/** No two queues of a process have deliveries of the same number: what comes ahead of several is claimed and revoked in the same places. */
let nextDelivery = 1

export class QueueStore {
  readonly maxsize: number
  readonly #now: () => number
  /** Called after every change; null where nobody watches. */
  readonly #changed: (() => void) | null
  #parcels: Parcel[] = []
  /** Index of the first parcel in `#parcels` that is still there; the rest of the array is compacted now and then. */
  #head = 0
  /** Items in the parcels. */
  #available = 0
  #onTheirWay = 0
  #nextSequence = 0
  readonly #putters = new Map<Ticket, Putter>()
  readonly #getters = new Map<Ticket, Getter>()
  readonly #deliveries = new Map<number, Delivery>()
  #closed: QueueClosedError | null = null
  /** Items that have left and are not noted yet, and when they came. */
  #toBeNoted = 0
  #notedSinceUs = 0
  /** So many more of the same age are only counted when they leave. */
  #onlyCounted = 0
  #notedTogether = FIRST_NOTED_TOGETHER
  #getsBefore = 0
  /** Processes that may put without asking, until they have confirmed that they know of the end. */
  readonly #trusted = new Set<ClientId>()

  puts = 0
  gets = 0
  depthMax = 0
  depthMin = 0
  /** Every depth of the interval; null once there were too many. */
  steps: { atUs: number; depth: number }[] | null = []
  readonly producers = new Set<ClientId>()
  readonly consumers = new Set<ClientId>()
  /** Who did the same thing again is in the set already. */
  #lastProducer: ClientId = ''
  #lastConsumer: ClientId = ''
  readonly residence: number[] = new Array(RESIDENCE_BUCKETS).fill(0)
  /**
   * Called to ask a client for what it holds ahead of a delivery; it answers with `giveBack`. If it was taken back already, by
   * revoking its claims, this only tells how many it had taken.
   */
  recall: ((client: ClientId, delivery: number, taken: number | undefined) => void) | null = null
  /** Opens a place for a client to claim in; null, or undefined for those that can have none. */
  claims: ((client: ClientId) => ClaimPlace | undefined) | null = null
  /** Deliveries that were revoked, whose clients do not know of it yet. */
  readonly #revoked = new Map<number, { client: ClientId; place: ClaimPlace }>()
  /** How many deliveries hold something ahead. */
  #heldAhead = 0
  /** Whether nobody may get an item while another holds an older one ahead. */
  ordered = true
  /** How many items each client has got; counted only for who asks for it. */
  gotBy: Map<ClientId, number> | null = null

  /**
   * @param maxsize 0 for no bound
   * @param now the run's clock, in microseconds
   * @param changed called after every change, to schedule a report; null if nobody wants reports
   */
  constructor(maxsize: number, now: () => number, changed: (() => void) | null) {
    this.maxsize = maxsize
    this.#now = now
    this.#changed = changed
  }

  /** Items put and not yet got, those on their way included. */
  get depth(): number {
    return this.#available + this.#onTheirWay
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
      reply.refused(this.#closed, 0)
      return undefined
    }
    this.producers.add(client)
    let put = 0
    if (this.#putters.size === 0) {
      if (this.#room() < batch.count) this.look()
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
    if (client !== this.#lastProducer) this.producers.add((this.#lastProducer = client))
    const last = this.#parcels[this.#parcels.length - 1]
    this.#noteGot()
    const nowUs = this.#now()
    if (
      last &&
      last.batch instanceof OwnBatch &&
      last.end === last.batch.count &&
      last.priority === 0 &&
      last.start < last.end &&
      nowUs - last.acceptedAtUs < SAME_PARCEL_US &&
      last.batch.addItem(part)
    ) {
      last.end++
      this.#available++
      this.#nextSequence++
      this.puts++
      this.#noteDepth(nowUs)
      this.#changed?.()
    } else {
      const batch = new OwnBatch()
      batch.addItem(part)
      this.#accept(batch, 0, 1, 0)
    }
    if (this.#getters.size > 0) this.#serve()
  }

  /** Takes one item for this process, if there is one and nobody was first. Throws WireError if it cannot be read; it is gone then. */
  takeOne(client: ClientId, revive: Revive): unknown {
    if (this.#getters.size > 0 || this.#available === 0 || (this.#heldAhead > 0 && this.ordered)) return NOTHING
    const parcel = this.#parcels[this.#head] as Parcel
    const index = parcel.start++
    parcel.sequence++
    this.#available--
    if (parcel.start === parcel.end) this.#dropHead(1)
    if (client !== this.#lastConsumer) this.consumers.add((this.#lastConsumer = client))
    if (this.#onlyCounted > 0 && parcel.acceptedAtUs === this.#notedSinceUs && !this.gotBy) {
      // Nothing else is left of `#got`, and this is where items go fastest.
      this.#onlyCounted--
      this.#toBeNoted++
      this.gets++
    } else this.#got(client, 1, parcel.acceptedAtUs)
    if (this.#putters.size > 0 || this.#closed) this.#serve()
    return parcel.batch.valueAt(index, revive)
  }

  /** Gets now, or waits behind those that wait already. @returns a ticket if it waits */
  get(
    client: ClientId,
    max: number,
    wait: boolean,
    reply: Pick<Getter, 'deliver' | 'refused' | 'ahead'>,
    empty: () => Error,
  ): Ticket | undefined {
    this.consumers.add(client)
    // What others hold ahead is older than what is here.
    const held = this.#heldAhead > 0 && (this.ordered || this.#available === 0) && this.#recallFrom(client)
    if (this.#getters.size === 0 && this.#available > 0) {
      this.#deliver({ client, max, sinceUs: 0, ...reply })
      return undefined
    }
    if (this.#ended) {
      reply.refused(this.#closed as QueueClosedError)
      return undefined
    }
    if (!wait && !held) {
      reply.refused(empty())
      return undefined
    }
    const ticket = Symbol('get')
    this.#getters.set(ticket, { client, max, sinceUs: this.#now(), ...reply, ...(!wait && { empty }) })
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
   * The getter has its items, or the first `count` of them: now they have left the queue. A delivery that is not known is
   * ignored.
   */
  acknowledge(client: ClientId, id: number, count = Number.POSITIVE_INFINITY): void {
    const delivery = this.#deliveries.get(id)
    if (!delivery || delivery.client !== client) return
    this.#leave(id, delivery, count)
    if (this.#putters.size > 0 || this.#getters.size > 0) this.#serve()
  }

  /** Accounts for what was claimed and not told, so that all figures are exact. */
  look(): void {
    if (this.#heldAhead === 0) return
    for (const [id, delivery] of this.#deliveries) this.#lookAt(id, delivery)
    if (this.#putters.size > 0 || this.#getters.size > 0) this.#serve()
  }

  /** @param taken what was seen when it was revoked: the process has not got what it claims after that */
  #lookAt(id: number, delivery: Delivery, taken = delivery.place?.taken() ?? 0): void {
    const more = taken - delivery.claimed
    if (more <= 0) return
    delivery.claimed = taken
    this.#leave(id, delivery, more)
  }

  /** The first items of a delivery have left the queue. */
  #leave(id: number, delivery: Delivery, count: number): void {
    const { client } = delivery
    let left = Math.min(count, delivery.count)
    this.#onTheirWay -= left
    if (left === delivery.count) {
      this.#forget(id, delivery)
      for (const { start, end, acceptedAtUs } of delivery.parcels) this.#got(client, end - start, acceptedAtUs)
      delivery.count = 0
      return
    }
    delivery.count -= left
    while (left > 0) {
      const parcel = delivery.parcels[0] as Parcel
      const taken = Math.min(left, parcel.end - parcel.start)
      parcel.start += taken
      parcel.sequence += taken
      left -= taken
      if (parcel.start === parcel.end) delivery.parcels.shift()
      this.#got(client, taken, parcel.acceptedAtUs)
    }
  }

  /** The getter does not want what is left of a delivery: it goes back to its place at the head. */
  giveBack(client: ClientId, id: number): void {
    const revoked = this.#revoked.get(id)
    if (revoked?.client === client) {
      this.#revoked.delete(id)
      revoked.place.free()
      return
    }
    const delivery = this.#deliveries.get(id)
    if (!delivery || delivery.client !== client) return
    this.#lookAt(id, delivery)
    if (delivery.count > 0) {
      this.#forget(id, delivery)
      this.#takeBack([delivery])
    }
    this.#changed?.()
    this.#serve()
  }

  /** Whether nobody but this process has ever got anything here. */
  isOnlyConsumer(client: ClientId): boolean {
    return this.consumers.size === 0 || (this.consumers.size === 1 && this.consumers.has(client))
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
    const lost: Delivery[] = []
    for (const [id, delivery] of this.#deliveries) {
      if (!isGone(delivery.client)) continue
      // Its connection is gone; it may have some moments left itself, and shall take nothing in them.
      this.#lookAt(id, delivery, delivery.place?.revoke(id))
      if (delivery.count === 0) continue
      this.#forget(id, delivery)
      lost.push(delivery)
    }
    for (const [id, { client }] of this.#revoked) if (isGone(client)) this.#revoked.delete(id)
    this.#takeBack(lost)
    this.#changed?.()
    this.#serve()
  }

  /**
   * No more puts. Waiting puts are refused; gets are served until nothing is left, then refused.
   * @returns the processes that may still have puts on their way, and must confirm that they know
   */
  close(error: QueueClosedError): ClientId[] {
    if (this.#closed) return []
    this.#closed = error
    const putters = [...this.#putters.values()]
    this.#putters.clear()
    for (const putter of putters) putter.refused(error, putter.put)
    this.#serve()
    this.#changed?.()
    return [...this.#trusted]
  }

  /** Brings the figures up to date, before they are told. */
  noteAll(): void {
    this.look()
    this.#noteGot()
  }

  /** Starts a new interval for the extremes of the depth. */
  startInterval(): void {
    this.depthMax = this.depth
    this.depthMin = this.depth
    this.steps = []
    const fast = Math.floor((this.gets - this.#getsBefore) * NOTED_TOGETHER_OF_AN_INTERVAL)
    this.#notedTogether = Math.max(1, Math.min(MOST_NOTED_TOGETHER, fast))
    this.#getsBefore = this.gets
  }

  /** Whether nothing will ever come any more. */
  get #ended(): boolean {
    return this.#closed !== null && this.depth === 0 && this.#trusted.size === 0
  }

  #forget(id: number, delivery: Delivery): void {
    this.#deliveries.delete(id)
    if (!delivery.ahead) return
    this.#heldAhead--
    delivery.place?.free()
  }

  #takeBack(deliveries: readonly Delivery[]): void {
    const back: Parcel[] = []
    for (const { count, parcels } of deliveries) {
      this.#onTheirWay -= count
      this.#available += count
      back.push(...parcels)
    }
    if (back.length === 0) return
    // What came back before may lie between these, so the whole front is sorted; the rest is in order already.
    this.#parcels = [...back, ...this.#parcels.slice(this.#head)].sort(before)
    this.#head = 0
  }

  /** Somebody wants what others hold ahead. What can be revoked is back then. @returns whether others must be waited for */
  #recallFrom(wanting: ClientId): boolean {
    let held = false
    const back: Delivery[] = []
    for (const [id, delivery] of this.#deliveries) {
      if (!delivery.ahead) continue
      if (delivery.client === wanting) {
        this.#lookAt(id, delivery)
        continue
      }
      const { place, client } = delivery
      if (place) {
        const taken = place.revoke(id)
        this.#lookAt(id, delivery, taken)
        // Even if nothing is left: it may have taken the last one just now, and seen that it was revoked.
        this.recall?.(client, id, taken)
        if (delivery.count === 0) continue
        this.#deliveries.delete(id)
        this.#heldAhead--
        this.#revoked.set(id, { client, place })
        back.push(delivery)
        continue
      }
      held = true
      if (delivery.recalled) continue
      delivery.recalled = true
      this.recall?.(client, id, undefined)
    }
    this.#takeBack(back)
    return held
  }

  #noteDepth(atUs: number): void {
    const { depth } = this
    if (depth > this.depthMax) this.depthMax = depth
    if (depth < this.depthMin) this.depthMin = depth
    if (!this.steps) return
    if (this.steps.length < MOST_STEPS) this.steps.push({ atUs, depth })
    else this.steps = null
  }

  #room(): number {
    return this.maxsize <= 0 ? Number.POSITIVE_INFINITY : this.maxsize - this.depth
  }

  #accept(batch: Batch, start: number, end: number, priority: number): void {
    // The depth was lowest just now.
    this.#noteGot()
    const nowUs = this.#now()
    const sequence = this.#nextSequence
    this.#nextSequence += end - start
    this.#insert({ batch, start, end, sequence, acceptedAtUs: nowUs, priority })
    this.#available += end - start
    this.puts += end - start
    this.#noteDepth(nowUs)
    this.#changed?.()
  }

  #got(client: ClientId, count: number, acceptedAtUs: number): void {
    this.gets += count
    this.gotBy?.set(client, (this.gotBy.get(client) ?? 0) + count)
    // For nobody, no clock is asked: that would cost as much as all the rest.
    if (!this.#changed) return
    if (this.#onlyCounted > 0 && acceptedAtUs === this.#notedSinceUs) {
      this.#onlyCounted -= count
      this.#toBeNoted += count
      return
    }
    this.#noteGot()
    this.#toBeNoted = count
    this.#notedSinceUs = acceptedAtUs
    // Where items go so fast that their steps are not told, some that came together are noted together.
    this.#onlyCounted = this.steps ? 0 : this.#notedTogether - count
    if (this.#onlyCounted <= 0) this.#noteGot()
    this.#changed()
  }

  /** Notes how long items were in the queue that have left it, and how deep it is now. */
  #noteGot(): void {
    this.#onlyCounted = 0
    if (this.#toBeNoted === 0) return
    const nowUs = this.#now()
    this.#noteDepth(nowUs)
    const ms = (nowUs - this.#notedSinceUs) / 1000
    const bucket = ms < 1 ? 0 : Math.min(RESIDENCE_BUCKETS - 1, Math.floor(Math.log2(ms)) + 1)
    this.residence[bucket] = (this.residence[bucket] ?? 0) + this.#toBeNoted
    this.#toBeNoted = 0
  }

  /** Behind all that come before it: at the end, unless what is there is less urgent. */
  #insert(parcel: Parcel): void {
    let low = this.#head
    let high = this.#parcels.length
    if (high === low || (this.#parcels[high - 1] as Parcel).priority <= parcel.priority) {
      this.#parcels.push(parcel)
      return
    }
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#parcels[middle] as Parcel).priority <= parcel.priority) low = middle + 1
      else high = middle
    }
    this.#parcels.splice(low, 0, parcel)
  }

  #dropHead(count: number): void {
    this.#parcels.fill(undefined as never, this.#head, this.#head + count)
    this.#head += count
    if (this.#head === this.#parcels.length) {
      this.#parcels = []
      this.#head = 0
    } else if (this.#head > 1024 && this.#head * 2 > this.#parcels.length) {
      this.#parcels = this.#parcels.slice(this.#head)
      this.#head = 0
    }
  }

  /** Cuts up to `max` items off the head. */
  #cut(max: number): Parcel[] {
    const parcels: Parcel[] = []
    let left = Math.min(max, this.#available)
    this.#available -= left
    let whole = 0
    while (left > 0) {
      const parcel = this.#parcels[this.#head + whole] as Parcel
      const count = parcel.end - parcel.start
      if (count <= left) {
        parcels.push(parcel)
        whole++
        left -= count
      } else {
        parcels.push({ ...parcel, end: parcel.start + left })
        parcel.start += left
        parcel.sequence += left
        left = 0
      }
    }
    if (whole > 0) this.#dropHead(whole)
    return parcels
  }

  #deliver(getter: Getter): void {
    const { client, max, ahead: wanted = 0 } = getter
    const only = this.isOnlyConsumer(client)
    const share = this.ordered ? 0 : Math.floor(this.#available / this.consumers.size)
    const more = only ? wanted : Math.min(wanted, share)
    const place = more > 0 && this.#available > max ? this.claims?.(client) : undefined
    if (place) {
      const asked = this.#cut(max)
      const delivery = this.#send(client, asked, false, null)
      const parcels = this.#cut(more)
      getter.deliver([...asked, ...parcels], delivery, { delivery: this.#send(client, parcels, true, place), place })
      return
    }
    const parcels = this.#cut(only ? max + Math.min(more, MOST_ASKED_BACK) : max)
    getter.deliver(parcels, this.#send(client, parcels, countOf(parcels) > max, null))
  }

  /** Notes that items are on their way. @returns the number of the delivery */
  #send(client: ClientId, parcels: readonly Parcel[], ahead: boolean, place: ClaimPlace | null): number {
    const count = countOf(parcels)
    this.#onTheirWay += count
    const id = nextDelivery++
    if (ahead) this.#heldAhead++
    // What is acknowledged is cut off these, while the ones that are delivered stay as they are.
    const kept = ahead ? parcels.map((parcel) => ({ ...parcel })) : [...parcels]
    this.#deliveries.set(id, { client, parcels: kept, count, ahead, recalled: false, place, claimed: 0 })
    return id
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
      const getter = this.#available > 0 ? this.#getters.entries().next().value : undefined
      if (getter) {
        this.#getters.delete(getter[0])
        this.#deliver(getter[1])
      }
      if (!putter && !getter) break
    }
    if (this.#getters.size > 0) this.#refuseImpatient()
    if (this.#getters.size > 0 && this.#ended) this.#refuseGetters(this.#closed as QueueClosedError)
  }

  /** Who did not want to wait has waited only for what others gave back. */
  #refuseImpatient(): void {
    for (const [ticket, { client, empty, refused }] of this.#getters) {
      const isAwaited = (other: Delivery) => other.ahead && !other.place && other.client !== client
      if (!empty || [...this.#deliveries.values()].some(isAwaited)) continue
      this.#getters.delete(ticket)
      refused(empty())
    }
  }

  #refuseGetters(error: Error): void {
    const getters = [...this.#getters.values()]
    this.#getters.clear()
    for (const getter of getters) getter.refused(error)
  }
}
