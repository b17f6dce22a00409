/** The way to a queue, which lives in this process or in another; both keep the same promises. */
import { Empty, Full, QueueClosedError } from '../errors.ts'
import type { Waiting } from '../run/waiting.ts'
import type { Batch } from '../wire/batch/batch.ts'

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
  /** @returns an item that has left the queue, or NOTHING if one must be waited for; throws if it cannot be read */
  takeOne(): unknown
  /** Resolves with items, at least one and at most `max`, that have left the queue; rejects with Empty or QueueClosedError. */
  get(max: number, patience: Patience): Promise<unknown[]>
  size(): Promise<number>
  close(): Promise<void>
}

/** Which queue, for people and for those who watch. */
export interface QueuePlace {
  id: string
  name: string
}

export type QueueWaits = Record<'put' | 'get' | 'size' | 'close', Waiting>

/** What waits at a queue are for, as they are shown. Made when first needed: there may be a hundred thousand queues. */
export function waitsAt({ id, name }: QueuePlace): QueueWaits {
  const on = { kind: 'queue' as const, id }
  return {
    put: { on: { ...on, end: 'put' }, what: 'put', label: `put to ${name}` },
    get: { on: { ...on, end: 'get' }, what: 'get', label: `get from ${name}` },
    size: { on, what: 'other', label: `hear the size of ${name}` },
    close: { on, what: 'other', label: `close ${name}` },
  }
}

export function emptyError({ name }: QueuePlace): Empty {
  return new Empty(`The queue ${name} is empty.`)
}

/** @param put how many items are in the queue of those that were to be put */
export function fullError({ name }: QueuePlace, put: number): Full {
  return Object.assign(new Full(`The queue ${name} is full.`), { put })
}

export function closedError({ name }: QueuePlace): QueueClosedError {
  return new QueueClosedError(`The queue ${name} is closed.`)
}

export function goneError({ name }: QueuePlace): QueueClosedError {
  return new QueueClosedError(`The queue ${name} is gone with the process that kept it.`)
}
