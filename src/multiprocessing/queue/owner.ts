/** The queues that this process owns, as other processes use them: their requests are answered here, each exactly once. */
import { Full, QueueClosedError } from '../errors.ts'
import type { Run } from '../run/run.ts'
import { ReceivedBatch } from '../wire/batch/received-batch.ts'
import { isNear, type Service } from '../wire/hub.ts'
import type { HeaderOf } from '../wire/messages.ts'
import { type Asked, Requests, type RequestType } from '../wire/requests.ts'
import { WINDOW_BYTES } from './outbox.ts'
import { closedError, emptyError } from './port.ts'
import type { QueueStore } from './store.ts'

export interface OwnedQueue {
  readonly id: string
  readonly name: string
  readonly store: QueueStore
  readonly byPriority: boolean
}

/** After so many bytes a putter that need not ask is told that they are in. */
const TELL_BYTES = WINDOW_BYTES / 8

export class QueueOwner implements Service {
  readonly #run: Run
  readonly #requests: Requests
  readonly #owned = new Map<string, OwnedQueue>()
  /** What others have put without asking, by who and into which queue. */
  readonly #taken = new Map<string, { client: string; queue: string; frames: number; untoldBytes: number }>()

  readonly handlers: Service['handlers'] = {
    'queue.put': (header, payload, tail) =>
      this.#serve(header, (queue, asked) => this.#put(queue, asked, header, new ReceivedBatch(payload, tail))),
    'queue.put-trusted': (header, payload, tail) => {
      this.#owned.get(header.queue)?.store.putTrusted(header.from, new ReceivedBatch(payload, tail))
      this.#noteTaken(header.from, header.queue, payload.byteLength + (tail?.byteLength ?? 0))
    },
    'queue.end-known': ({ from, queue }) => this.#owned.get(queue)?.store.confirmClosed(from),
    'queue.get': (header) => this.#serve(header, (queue, asked) => this.#get(queue, asked, header)),
    'queue.got': ({ from, queue, delivery, count }) =>
      void this.#owned.get(queue)?.store.acknowledge(from, delivery, count),
    'queue.confirm': (header) =>
      this.#serve(header, ({ store }, asked) => {
        asked.answer({ type: 'queue.done', known: store.acknowledge(header.from, header.delivery, header.count) })
      }),
    'queue.look': ({ queue }) => this.#owned.get(queue)?.store.look(),
    'queue.size': (header) =>
      this.#serve(header, ({ store }, asked) => {
        store.look()
        asked.answer({ type: 'queue.done', size: store.depth })
      }),
    'queue.close': (header) =>
      this.#serve(header, ({ id }, asked) => {
        this.close(id)
        asked.answer({ type: 'queue.done' })
      }),
  }

  constructor(run: Run) {
    this.#run = run
    this.#requests = Requests.of(run)
    // The app goes on when a run has ended; its memory must not.
    run.reporters.add(() => {
      for (const { store } of this.#owned.values()) store.drop()
    })
  }

  /** @returns the owner's side of this run's queues in this process, made when first asked for */
  static of(run: Run): QueueOwner {
    return run.hub.service(QueueOwner, () => new QueueOwner(run))
  }

  own(queue: OwnedQueue): void {
    this.#owned.set(queue.id, queue)
  }

  /** @returns what is in a queue of this process; null if it is another's, or not there any more */
  storeOf(id: string): QueueStore | null {
    return this.#owned.get(id)?.store ?? null
  }

  /** Nobody has the queue any more. */
  disown(id: string): void {
    this.#owned.get(id)?.store.drop()
    this.#owned.delete(id)
    for (const [key, { queue }] of this.#taken) if (queue === id) this.#taken.delete(key)
  }

  /** Closes a queue of this process. Who may put without asking is told. */
  close(id: string): void {
    const queue = this.#owned.get(id)
    if (!queue) return
    for (const to of queue.store.close(() => closedError(queue)))
      this.#run.hub.send({ type: 'queue.end', to, queue: id })
  }

  onPeerGone(isGone: (path: string) => boolean): void {
    for (const [key, { client }] of this.#taken) if (isGone(client)) this.#taken.delete(key)
    for (const { store } of this.#owned.values()) store.release(isGone)
  }

  #serve(header: HeaderOf<RequestType> & { queue: string }, serve: (queue: OwnedQueue, asked: Asked) => void): void {
    const asked = this.#requests.asked(header)
    const queue = this.#owned.get(header.queue)
    if (queue) serve(queue, asked)
    else asked.refuse(new QueueClosedError('The queue does not exist any more.'))
  }

  #put({ store, byPriority }: OwnedQueue, asked: Asked, header: HeaderOf<'queue.put'>, batch: ReceivedBatch): void {
    const { client } = asked
    // A process in between could end alone, and with it what was put and not told.
    const mayTrust = !byPriority && isNear(client, this.#run.path)
    const full = (put: number) => asked.answer({ type: 'queue.full', put })
    const ticket = store.put(
      client,
      batch,
      header.wait,
      {
        accepted: () => asked.answer({ type: 'queue.done', trusted: mayTrust && store.trust(client) }),
        refused: (error, put) => (error instanceof Full ? full(put) : asked.refuse(error)),
      },
      () => new Full(),
      header.priority,
    )
    if (!ticket) return
    asked.waits(() => {
      const put = store.putSoFar(ticket)
      if (store.withdraw(ticket)) full(put)
    })
  }

  #get(queue: OwnedQueue, asked: Asked, { max, wait, maps }: HeaderOf<'queue.get'>): void {
    const { store } = queue
    const ring = maps ? store.ringFor() : undefined
    const ticket = store.get(
      asked.client,
      max,
      wait,
      {
        deliver: (parcels, delivery) => {
          const batches = parcels.map(({ batch, start, end }) => batch.encode(start, end))
          const sizes = batches.length > 1 ? batches.map(bytesOf) : undefined
          asked.answer({ type: 'queue.items', delivery, sizes, ring }, batches.flat())
        },
        refused: (error) => asked.refuse(error),
      },
      () => emptyError(queue),
    )
    if (!ticket) return
    asked.waits(() => {
      if (store.withdraw(ticket)) asked.refuse(emptyError(queue))
    })
  }

  /** Tells a process what was taken in of what it put without asking, but not each time: telling costs as much as taking. */
  #noteTaken(client: string, queue: string, bytes: number): void {
    const key = `${client} ${queue}`
    let taken = this.#taken.get(key)
    if (!taken) this.#taken.set(key, (taken = { client, queue, frames: 0, untoldBytes: 0 }))
    taken.frames++
    taken.untoldBytes += bytes
    if (taken.untoldBytes < TELL_BYTES) return
    taken.untoldBytes = 0
    this.#run.hub.send({ type: 'queue.taken', to: client, queue, frames: taken.frames })
  }
}

function bytesOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { byteLength }) => sum + byteLength, 0)
}
