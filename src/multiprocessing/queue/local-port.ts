/** The way to a queue that this process owns. */
import { Full } from '../errors.ts'
import type { Run } from '../run/run.ts'
import { after } from '../run/timer.ts'
import type { Batch } from '../wire/batch/batch.ts'
import { itemPart } from '../wire/batch/part.ts'
import { readableIn } from '../wire/batch/received-batch.ts'
import { revive } from '../wire/revive.ts'
import type { Revive } from '../wire/values.ts'
import { NOTHING } from './nothing.ts'
import {
  emptyError,
  fullError,
  type Patience,
  type QueuePlace,
  type QueuePort,
  type QueueWaits,
  waitsAt,
} from './port.ts'
import type { QueueStore, Ticket } from './store.ts'

export class LocalPort implements QueuePort {
  readonly #run: Run
  readonly #place: QueuePlace
  readonly #store: QueueStore
  readonly #revive: Revive
  #waits: QueueWaits | undefined
  readonly #close: () => void

  /** @param close closes the queue for everybody */
  constructor(run: Run, place: QueuePlace, store: QueueStore, close: () => void) {
    this.#run = run
    this.#place = place
    this.#store = store
    this.#revive = (handle) => revive(handle, run)
    this.#close = close
  }

  offer(item: unknown): boolean {
    const part = itemPart(item, 'item')
    if (!this.#store.takesOne || this.#run.stopped) return false
    this.#store.putOne(this.#run.path, part)
    return true
  }

  put(batch: Batch, { wait, timeoutMs, priority }: Patience): Promise<void> {
    return this.#operate<void>(
      'put',
      timeoutMs,
      (resolve, reject) => {
        const refused = (error: Error, put: number) =>
          reject(error instanceof Full ? fullError(this.#place, put) : error)
        return this.#store.put(this.#run.path, batch, wait, { accepted: resolve, refused }, () => new Full(), priority)
      },
      (ticket) => fullError(this.#place, this.#store.putSoFar(ticket)),
    )
  }

  takeOne(): unknown {
    return this.#run.stopped ? NOTHING : this.#store.takeOne(this.#run.path, this.#revive)
  }

  get(max: number, { wait, timeoutMs }: Patience): Promise<unknown[]> {
    const empty = () => emptyError(this.#place)
    return this.#operate<unknown[]>(
      'get',
      timeoutMs,
      (resolve, reject) =>
        this.#store.get(
          this.#run.path,
          max,
          wait,
          {
            deliver: (parcels, delivery) => {
              const { values, error } = readableIn(parcels, this.#revive)
              this.#store.acknowledge(this.#run.path, delivery, Math.max(1, values.length))
              if (error) reject(error)
              else resolve(values)
            },
            refused: reject,
          },
          empty,
        ),
      empty,
    )
  }

  size(): Promise<number> {
    this.#store.look()
    return Promise.resolve(this.#store.depth)
  }

  close(): Promise<void> {
    this.#close()
    return Promise.resolve()
  }

  /** @param late what the operation fails with if it waited too long */
  #operate<T>(
    what: 'put' | 'get',
    timeoutMs: number | undefined,
    begin: (resolve: (value: T) => void, reject: (error: Error) => void) => Ticket | undefined,
    late: (ticket: Ticket) => Error,
  ): Promise<T> {
    return this.#run.wait<T>(
      (resolve, reject) => {
        let stopClock: (() => void) | undefined
        const ticket = begin(
          (value) => {
            stopClock?.()
            resolve(value)
          },
          (error) => {
            stopClock?.()
            reject(error)
          },
        )
        if (!ticket) return undefined
        stopClock = after(timeoutMs, () => {
          const error = late(ticket)
          if (this.#store.withdraw(ticket)) reject(error)
        })
        return () => {
          stopClock?.()
          this.#store.withdraw(ticket)
        }
      },
      (this.#waits ??= waitsAt(this.#place))[what],
      timeoutMs,
    )
  }
}
