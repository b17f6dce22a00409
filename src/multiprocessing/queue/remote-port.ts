/** The way to a queue of another process. */
import { QueueClosedError } from '../errors.ts'
import type { Run } from '../run/run.ts'
import { after } from '../run/timer.ts'
import type { Waiting } from '../run/waiting.ts'
import type { Batch } from '../wire/batch/batch.ts'
import { batchesIn, readableIn } from '../wire/batch/received-batch.ts'
import { isNear } from '../wire/hub.ts'
import type { WholeBytes } from '../wire/lent-bytes.ts'
import type { AnyOf, HeaderOf } from '../wire/messages.ts'
import { Requests } from '../wire/requests.ts'
import { revive } from '../wire/revive.ts'
import type { Revive } from '../wire/values.ts'
import { NOTHING } from './nothing.ts'
import type { Outbox } from './outbox.ts'
import { Outboxes } from './outboxes.ts'
import {
  closedError,
  fullError,
  goneError,
  type Patience,
  type QueuePlace,
  type QueuePort,
  type QueueWaits,
  waitsAt,
} from './port.ts'
import { RingGetter } from './ring.ts'

const ANSWERS = ['queue.done', 'queue.full', 'queue.items'] as const

type Answer = HeaderOf<(typeof ANSWERS)[number]>
type Question = AnyOf<'queue.put' | 'queue.get' | 'queue.size' | 'queue.close', 'to' | 'from' | 'request'>

export class RemotePort implements QueuePort {
  readonly #run: Run
  readonly #place: QueuePlace & { owner: string; maxsize: number }
  readonly #requests: Requests
  readonly #outbox: Outbox
  readonly #revive: Revive
  #waits: QueueWaits | undefined
  /** How many requests to get are not answered yet: who comes after them must not overtake them. */
  #asking = 0
  /** From which this process takes items by itself; null as long as it has none, undefined where it cannot have one. */
  #ring: RingGetter | null | undefined = null
  /** Whether the owner must be told now and then that items were taken: putters wait for room there, or somebody watches. */
  readonly #mustTell: boolean
  #telling = false

  constructor(run: Run, place: QueuePlace & { owner: string; maxsize: number }) {
    this.#run = run
    this.#place = place
    this.#requests = Requests.of(run)
    this.#outbox = Outboxes.of(run).get(place)
    this.#revive = (handle) => revive(handle, run)
    this.#mustTell = place.maxsize > 0 || run.observed
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
    return this.#run.wait(
      (resolve, reject) => {
        if (!wait) {
          reject(fullError(this.#place, 0))
          return undefined
        }
        let stopClock: (() => void) | undefined
        const giveUp = this.#outbox.whenOpen(() => {
          stopClock?.()
          resolve()
        })
        stopClock = after(timeoutMs, () => {
          giveUp()
          reject(fullError(this.#place, 0))
        })
        return () => {
          stopClock?.()
          giveUp()
        }
      },
      this.#waitFor('put'),
      timeoutMs,
    )
  }

  #askToPut(batch: Batch, { wait, timeoutMs, priority }: Patience): Promise<void> {
    const header = { type: 'queue.put' as const, queue: this.#place.id, wait, priority }
    return this.#ask<void>('put', timeoutMs, header, batch.encode(0, batch.count), (answer, resolve, reject) => {
      if (answer.type === 'queue.full') reject(fullError(this.#place, answer.put))
      else {
        if (answer.type === 'queue.done' && answer.trusted) this.#outbox.trust()
        resolve()
      }
    })
  }

  takeOne(): unknown {
    // Who asked before gets before.
    if (!this.#ring?.hasAny || this.#asking > 0 || this.#run.stopped) return NOTHING
    // What is taken has left the queue at once: what this process did before must be known by then, even if it is killed.
    if (!this.#run.hub.sendAllNow()) return NOTHING
    if (this.#mustTell) this.#tellSoon()
    return this.#ring.take(this.#revive)
  }

  async get(max: number, patience: Patience): Promise<unknown[]> {
    if (max === 1 && this.#asking === 0 && this.#ring?.hasAny) {
      await this.#run.hub.allSent()
      const item = this.takeOne()
      if (item !== NOTHING) return [item]
    }
    const items = await this.#askToGet(max, patience)
    // Taken for lost on its way to this process, which lives after all: it went to somebody else.
    return items ?? (await this.get(max, patience))
  }

  /** @returns null if the owner has given the items to others meanwhile */
  async #askToGet(max: number, { wait, timeoutMs }: Patience): Promise<unknown[] | null> {
    const { id } = this.#place
    const maps = this.#ring === null
    const header = { type: 'queue.get' as const, queue: id, wait, max, maps }
    this.#asking++
    try {
      return await this.#ask<unknown[] | null>(
        'get',
        timeoutMs,
        header,
        [],
        (answer, resolve, reject, payload, tail) => {
          if (answer.type !== 'queue.items') return
          const { delivery, sizes, ring } = answer
          if (ring && this.#ring === null) this.#ring = RingGetter.open(ring)
          const { values, error } = this.#read(payload, tail, sizes)
          const give = (isOurs: boolean) => {
            if (!isOurs) resolve(null)
            else if (error) reject(error)
            else resolve(values)
          }
          this.#acknowledge(delivery, Math.max(1, values.length), give, reject)
        },
      )
    } finally {
      this.#asking--
    }
  }

  #read(payload: Uint8Array, tail: WholeBytes | undefined, sizes: readonly number[] | undefined) {
    try {
      const ranges = batchesIn(payload, tail, sizes).map((batch) => ({ batch, start: 0, end: batch.count }))
      return readableIn(ranges, this.#revive)
    } catch (error) {
      return { values: [], error: error as Error }
    }
  }

  /** The items are this process's once the owner is sure to hear that they have come, and not before: see docs/between-processes.md. */
  #acknowledge(
    delivery: number,
    count: number,
    give: (isOurs: boolean) => void,
    refused: (error: Error) => void,
  ): void {
    const { id: queue, owner } = this.#place
    if (!isNear(this.#run.path, owner)) {
      this.#requests.ask(this.#place, { type: 'queue.confirm', queue, delivery, count }, [], {
        types: ['queue.done'],
        answered: ({ known }) => give(known === true),
        refused,
        gone: () => refused(goneError(this.#place)),
      })
      return
    }
    const taken = this.#run.hub.send({ type: 'queue.got', to: owner, queue, delivery, count })?.flush()
    if (taken) taken.then(() => give(true))
    else give(true)
  }

  size(): Promise<number> {
    const header = { type: 'queue.size' as const, queue: this.#place.id }
    const answered = (answer: Answer, resolve: (size: number) => void) => {
      if (answer.type === 'queue.done') resolve(answer.size ?? 0)
    }
    return this.#ask('size', undefined, header, [], answered, { value: 0 })
  }

  close(): Promise<void> {
    const header = { type: 'queue.close' as const, queue: this.#place.id }
    const answered = (_answer: Answer, resolve: (nothing: undefined) => void) => resolve(undefined)
    return this.#ask('close', undefined, header, [], answered, { value: undefined })
  }

  /** Nobody has the queue here any more, and nobody will call this. */
  forget(): void {
    Outboxes.of(this.#run).forget(this.#place.id)
    this.#ring?.close()
    this.#ring = undefined
  }

  #ask<T>(
    what: keyof QueueWaits,
    timeoutMs: number | undefined,
    header: Question,
    payload: readonly Uint8Array[],
    answered: (
      answer: Answer,
      resolve: (value: T) => void,
      reject: (error: Error) => void,
      payload: Uint8Array,
      tail: WholeBytes | undefined,
    ) => void,
    /** What it is answered with if the queue has ended; if left out, it is refused. */
    ended?: { value: T },
  ): Promise<T> {
    return this.#run.wait<T>(
      (resolve, reject) => {
        let stopClock: (() => void) | undefined
        const refused = (error: Error) => {
          stopClock?.()
          if (!(error instanceof QueueClosedError)) reject(error)
          else if (ended) resolve(ended.value)
          // Of a queue that has ended its owner has nothing left, not even the name.
          else reject(closedError(this.#place))
        }
        const withdraw = this.#requests.ask(this.#place, header, payload, {
          types: ANSWERS,
          answered: (answer, bytes, tail) => {
            stopClock?.()
            answered(answer, resolve, reject, bytes, tail)
          },
          refused,
          gone: () => {
            stopClock?.()
            reject(goneError(this.#place))
          },
        })
        if (what === 'size' || what === 'close') return undefined
        stopClock = after(timeoutMs, withdraw)
        return () => {
          stopClock?.()
          withdraw()
        }
      },
      this.#waitFor(what),
      timeoutMs,
    )
  }

  #waitFor(what: keyof QueueWaits): Waiting {
    this.#waits ??= waitsAt(this.#place)
    return this.#waits[what]
  }

  /** Tells the owner, once a turn, that items were taken. */
  #tellSoon(): void {
    if (this.#telling) return
    this.#telling = true
    setImmediate(() => {
      this.#telling = false
      this.#run.hub.send({ type: 'queue.look', to: this.#place.owner, queue: this.#place.id })
    })
  }
}
