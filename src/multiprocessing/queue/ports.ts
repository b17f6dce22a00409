/** The two ways to a queue: it lives in this process, or in another. Both keep the same promises. */
import type { WaitTarget } from '../../shared/telemetry.ts'
import { Empty, Full, QueueClosedError } from '../errors.ts'
import type { Run } from '../run/run.ts'
import { after } from '../run/timer.ts'
import type { WholeBytes } from '../wire/lent-bytes.ts'
import { revive } from '../wire/revive.ts'
import type { Revive } from '../wire/values.ts'
import { type Batch, itemPart, ReceivedBatch } from './batch.ts'
import type { Claim, Contested, Inbox } from './inbox.ts'
import type { Outbox } from './outbox.ts'
import { QueueService } from './service.ts'
import { NOTHING, type Parcel, type QueueStore } from './store.ts'

/** How long to wait: not at all, for real milliseconds, or (undefined) without end. */
export interface Patience {
  wait: boolean
  timeoutMs: number | undefined
  /** Of a put into a queue by priority. */
  priority?: number
}

export interface QueuePort {
  /** Puts an item, if that needs no waiting and no answer. @returns whether it did; throws UnsendableError */
  offer(item: unknown): boolean
  /** Resolves once all items are in the queue; rejects with QueueClosedError, or Full, which says how many of them are. */
  put(batch: Batch, patience: Patience): Promise<void>
  /** @returns an item that has left the queue, or NOTHING if one must be waited for; throws WireError */
  takeOne(): unknown
  /** Resolves with items, at least one and at most `max`, that have left the queue; rejects with Empty or QueueClosedError. */
  get(max: number, patience: Patience): Promise<unknown[]>
  size(): Promise<number>
  close(): Promise<void>
}

interface Place {
  id: string
  name: string
}

/** What a wait is for, as it is shown. */
const getting = ({ id, name }: Place): WaitTarget => ({ what: 'get', id, label: `get from ${name}` })
const putting = ({ id, name }: Place): WaitTarget => ({ what: 'put', id, label: `put to ${name}` })

function fullAfter(name: string, put: number): Full {
  return Object.assign(new Full(`The queue ${name} is full.`), { put })
}

function reviveIn(run: Run): Revive {
  return (handle) => revive(handle, run)
}

function valuesOf(parcels: readonly Pick<Parcel, 'batch' | 'start' | 'end'>[], reviver: Revive): unknown[] {
  const values: unknown[] = []
  for (const { batch, start, end } of parcels) {
    for (let i = start; i < end; i++) values.push(batch.valueAt(i, reviver))
  }
  return values
}

export class LocalPort implements QueuePort {
  readonly #run: Run
  readonly #place: Place
  readonly #store: QueueStore
  readonly #revive: Revive

  constructor(run: Run, place: Place, store: QueueStore) {
    this.#run = run
    this.#place = place
    this.#store = store
    this.#revive = reviveIn(run)
  }

  offer(item: unknown): boolean {
    const part = itemPart(item, 'item')
    if (!this.#store.takesOne || this.#run.stopped) return false
    this.#store.putOne(this.#run.path, part)
    return true
  }

  put(batch: Batch, { wait, timeoutMs, priority }: Patience): Promise<void> {
    const { name } = this.#place
    return this.#run.wait((resolve, reject) => {
      let stopClock: (() => void) | undefined
      const settle = () => stopClock?.()
      const ticket = this.#store.put(
        this.#run.path,
        batch,
        wait,
        {
          accepted: () => {
            settle()
            resolve()
          },
          refused: (error, put) => {
            settle()
            reject(error instanceof Full ? fullAfter(name, put) : error)
          },
        },
        () => new Full(),
        priority,
      )
      if (!ticket) return undefined
      const withdraw = () => {
        settle()
        return this.#store.withdraw(ticket)
      }
      stopClock = after(timeoutMs, () => {
        const put = this.#store.putSoFar(ticket)
        if (withdraw()) reject(fullAfter(name, put))
      })
      return withdraw
    }, putting(this.#place))
  }

  takeOne(): unknown {
    return this.#run.stopped ? NOTHING : this.#store.takeOne(this.#run.path, this.#revive)
  }

  get(max: number, { wait, timeoutMs }: Patience): Promise<unknown[]> {
    const { name } = this.#place
    const empty = () => new Empty(`The queue ${name} is empty.`)
    return this.#run.wait((resolve, reject) => {
      let stopClock: (() => void) | undefined
      const settle = () => stopClock?.()
      const ticket = this.#store.get(
        this.#run.path,
        max,
        wait,
        {
          deliver: (parcels, delivery) => {
            settle()
            this.#store.acknowledge(this.#run.path, delivery)
            try {
              resolve(valuesOf(parcels, this.#revive))
            } catch (error) {
              reject(error as Error)
            }
          },
          refused: (error) => {
            settle()
            reject(error)
          },
        },
        empty,
      )
      if (!ticket) return undefined
      const withdraw = () => {
        settle()
        return this.#store.withdraw(ticket)
      }
      stopClock = after(timeoutMs, () => {
        if (withdraw()) reject(empty())
      })
      return withdraw
    }, getting(this.#place))
  }

  size(): Promise<number> {
    this.#store.look()
    return Promise.resolve(this.#store.depth)
  }

  close(): Promise<void> {
    QueueService.of(this.#run).close(this.#place.id)
    return Promise.resolve()
  }
}

export class RemotePort implements QueuePort {
  readonly #run: Run
  readonly #place: Place & { owner: string }
  readonly #service: QueueService
  readonly #outbox: Outbox
  readonly #inbox: Inbox
  readonly #revive: Revive

  constructor(run: Run, place: Place & { owner: string; maxsize: number }) {
    this.#run = run
    this.#place = place
    this.#service = QueueService.of(run)
    this.#outbox = this.#service.outbox(place)
    this.#inbox = this.#service.inbox(place)
    this.#revive = reviveIn(run)
  }

  offer(item: unknown): boolean {
    if (!this.#outbox.open || this.#run.stopped) return false
    this.#outbox.add(item)
    return true
  }

  async put(batch: Batch, patience: Patience): Promise<void> {
    // Who need not ask waits only for the window; if the queue is closed meanwhile, asking tells so.
    if (this.#outbox.trusted && patience.priority === undefined) {
      if (!this.#outbox.open) await this.#whenOpen(patience)
      if (this.#outbox.trusted) {
        this.#outbox.addBatch(batch)
        return
      }
    }
    await this.#askToPut(batch, patience)
  }

  #whenOpen({ wait, timeoutMs }: Patience): Promise<void> {
    const { name } = this.#place
    return this.#run.wait((resolve, reject) => {
      if (!wait) {
        reject(fullAfter(name, 0))
        return undefined
      }
      let stopClock: (() => void) | undefined
      const giveUp = this.#outbox.whenOpen(() => {
        stopClock?.()
        resolve()
      })
      stopClock = after(timeoutMs, () => {
        giveUp()
        reject(fullAfter(name, 0))
      })
      return () => {
        stopClock?.()
        giveUp()
      }
    }, putting(this.#place))
  }

  #askToPut(batch: Batch, { wait, timeoutMs, priority }: Patience): Promise<void> {
    const { name } = this.#place
    return this.#run.wait((resolve, reject) => {
      const header = { type: 'queue.put', wait, priority }
      const withdraw = this.#service.ask(this.#place, header, batch.encode(0, batch.count), {
        answered: ({ type, put, trusted }) => {
          stopClock()
          if (trusted === true) this.#outbox.trust()
          if (type === 'queue.done') resolve()
          else reject(fullAfter(name, Number(put)))
        },
        refused: (error) => {
          stopClock()
          reject(error)
        },
      })
      const stopClock = after(timeoutMs, withdraw)
      return withdraw
    }, putting(this.#place))
  }

  takeOne(): unknown {
    // Who asked before gets before.
    if (this.#run.stopped || this.#inbox.asked) return NOTHING
    return this.#inbox.take(this.#revive)
  }

  async get(max: number, patience: Patience): Promise<unknown[]> {
    const inbox = this.#inbox
    const held = inbox.takeHeld()
    if (held) {
      await this.#service.flushed(this.#place.owner)
      return [held()]
    }
    const item = max === 1 ? this.takeOne() : NOTHING
    if (item !== NOTHING) return [item]
    const contested = inbox.takeContested()
    if (inbox.takeBlocked() || contested) {
      const answer = this.#claimLater(contested, patience)
      inbox.waitBehind(answer)
      return answer
    }
    if (inbox.asked) return this.#getBehind(inbox.asked, max, patience)
    inbox.giveBack()
    if (max > 1 || inbox.asking > 0) return this.#askToGet(max, patience, 0)
    return this.#askForMore(patience)
  }

  /** Asks for an item, and for more ahead. */
  #askForMore(patience: Patience): Promise<unknown[]> {
    const inbox = this.#inbox
    inbox.beforeAsking()
    const answer = this.#askToGet(1, patience, inbox.ahead)
    if (inbox.ahead > 0) inbox.waitBehind(answer)
    return answer
  }

  /**
   * An item that could not be claimed yet, or was revoked while it was claimed: then the owner says whose it is. If there is none in
   * the end, the next one is asked for.
   */
  async #claimLater(first: Contested | null, patience: Patience): Promise<unknown[]> {
    const inbox = this.#inbox
    let contested = first
    do {
      if (contested) {
        if (await this.#granted(contested)) return [contested.value()]
        break
      }
      await this.#service.allSent()
      const item = inbox.take(this.#revive)
      if (item !== NOTHING) return [item]
      contested = inbox.takeContested()
    } while (contested || inbox.takeBlocked())
    return this.#askToGet(1, patience, 0)
  }

  /** Whoever asks for more than it wants is alone: who comes after it must wait, or would overtake what comes ahead. */
  async #getBehind(asked: Promise<unknown>, max: number, { wait, timeoutMs }: Patience): Promise<unknown[]> {
    if (!wait) {
      try {
        return await this.#askToGet(max, { wait, timeoutMs }, 0)
      } catch (error) {
        // What came ahead meanwhile was there all the time.
        const item = error instanceof Empty ? this.#inbox.take(this.#revive) : NOTHING
        if (item === NOTHING) throw error
        return [item]
      }
    }
    const startMs = performance.now()
    // Until it is answered the queue is empty.
    if (!(await this.#whenAnswered(asked, timeoutMs))) throw new Empty(`The queue ${this.#place.name} is empty.`)
    const left = timeoutMs === undefined ? undefined : Math.max(0, timeoutMs - (performance.now() - startMs))
    return this.get(max, { wait, timeoutMs: left })
  }

  #granted({ granted }: Contested): Promise<boolean> {
    return this.#run.wait((resolve) => void granted.then(resolve), getting(this.#place))
  }

  /** @returns false if the time ran out first */
  #whenAnswered(answer: Promise<unknown>, timeoutMs: number | undefined): Promise<boolean> {
    return this.#run.wait((resolve) => {
      const stopClock = after(timeoutMs, () => resolve(false))
      answer.then(() => {
        stopClock()
        resolve(true)
      })
      return stopClock
    }, getting(this.#place))
  }

  #askToGet(max: number, { wait, timeoutMs }: Patience, ahead: number): Promise<unknown[]> {
    const { name } = this.#place
    this.#inbox.asking++
    return this.#run.wait((resolve, reject) => {
      const settle = () => {
        this.#inbox.asking--
        stopClock()
      }
      const header = { type: 'queue.get', wait, max, ...(ahead > 0 && { ahead }) }
      const withdraw = this.#service.ask(this.#place, header, [], {
        answered: (header, payload, tail) => {
          settle()
          if (header.type === 'queue.withdrawn') {
            reject(new Empty(`The queue ${name} is empty.`))
            return
          }
          const delivery = Number(header.delivery)
          let read: () => unknown[]
          let count: number
          try {
            const batches = batchesIn(payload, tail, header.sizes)
            count = batches.reduce((sum, batch) => sum + batch.count, 0)
            this.#inbox.answered(count)
            const first = batches[0] as ReceivedBatch
            if (count <= max) {
              const parcels = batches.map((batch) => ({ batch, start: 0, end: batch.count }))
              read = () => valuesOf(parcels, this.#revive)
            } else {
              read = () => [first.valueAt(0, this.#revive)]
              const claim = claimIn(header.claim)
              this.#inbox.fill(claim?.delivery ?? delivery, batches, 1, claim)
            }
          } catch (error) {
            this.#service.acknowledge(this.#place, delivery)
            reject(error as Error)
            return
          }
          const taken = this.#service.acknowledge(this.#place, delivery, count > max ? max : undefined)
          const give = () => {
            try {
              resolve(read())
            } catch (error) {
              reject(error as Error)
            }
          }
          // The items are ours once the acknowledgement has left this process, and not before: see ARCHITECTURE.md.
          if (taken) taken.then(give)
          else give()
        },
        refused: (error) => {
          settle()
          reject(error)
        },
      })
      const stopClock = after(timeoutMs, withdraw)
      return withdraw
    }, getting(this.#place))
  }

  size(): Promise<number> {
    return this.#run.wait((resolve, reject) => {
      this.#service.ask(this.#place, { type: 'queue.size' }, [], {
        answered: (header) => resolve(Number(header.size)),
        refused: reject,
      })
      return undefined
    })
  }

  close(): Promise<void> {
    return this.#run.wait((resolve, reject) => {
      this.#service.ask(this.#place, { type: 'queue.close' }, [], {
        answered: () => resolve(),
        refused: reject,
      })
      return undefined
    })
  }
}

/** @returns where what came ahead is to be claimed; null if it is not */
function claimIn(claim: unknown): (Claim & { delivery: number }) | null {
  if (typeof claim !== 'object' || claim === null) return null
  const { delivery, place, base } = claim as Record<string, unknown>
  return { delivery: Number(delivery), place: Number(place), base: Number(base) }
}

/** @param sizes the byte lengths of the batches in the payload; throws WireError if it is something else */
function batchesIn(payload: Uint8Array, tail: WholeBytes | undefined, sizes: unknown): ReceivedBatch[] {
  if (!Array.isArray(sizes)) return [new ReceivedBatch(payload, tail)]
  let at = 0
  return sizes.map((size, index) => {
    const end = at + Number(size)
    // What is in memory of its own is the end of the last one.
    const batch = new ReceivedBatch(payload.subarray(at, end), index === sizes.length - 1 ? tail : undefined)
    at = end
    return batch
  })
}

/** A closed queue, in words. */
export function closedError(name: string): QueueClosedError {
  return new QueueClosedError(`The queue ${name} is closed.`)
}
