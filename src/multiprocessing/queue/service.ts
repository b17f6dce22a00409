/**
 * Queues between processes: the requests of this process to queues that others own, and the answers to requests for queues
 * that this process owns.
 *
 * Every request is answered exactly once. A timeout is a request of its own (`queue.withdraw`), so that the owner alone
 * decides whether an item was put or got in time.
 */
import { Empty, Full, QueueClosedError } from '../errors.ts'
import type { Run } from '../run/run.ts'
import type { Service } from '../wire/hub.ts'
import type { WholeBytes } from '../wire/lent-bytes.ts'
import { MESSAGES } from '../wire/messages.ts'
import { ReceivedBatch } from './batch.ts'
import type { Claims } from './claims.ts'
import { Inbox } from './inbox.ts'
import { Outbox, WINDOW_BYTES } from './outbox.ts'
import type { QueueStore, Ticket } from './store.ts'

export interface OwnedQueue {
  readonly id: string
  readonly name: string
  readonly store: QueueStore
  readonly byPriority: boolean
}

interface RoutedHeader {
  type: string
  to: string
  from: string
  [field: string]: unknown
}

interface Pending {
  owner: string
  name: string
  answered(header: RoutedHeader, payload: Uint8Array, tail?: WholeBytes): void
  refused(error: Error): void
}

const REFUSALS = { Empty, Full, QueueClosedError } as const
type RefusalName = keyof typeof REFUSALS

/** After so many bytes a putter that need not ask is told that they are in. */
const TELL_BYTES = WINDOW_BYTES / 8

export class QueueService implements Service {
  readonly #run: Run
  readonly #owned = new Map<string, OwnedQueue>()
  readonly #pending = new Map<number, Pending>()
  /** Waiting requests of others, by who asked and their request's number. */
  readonly #tickets = new Map<string, { store: QueueStore; withdraw(): void }>()
  readonly #outboxes = new Map<string, { owner: string; outbox: Outbox }>()
  readonly #inboxes = new Map<string, { owner: string; inbox: Inbox }>()
  /** What others have put without asking, by who and into which queue. */
  readonly #taken = new Map<string, { frames: number; untoldBytes: number }>()
  /** Queues whose owners will be asked to look at the end of the turn. */
  readonly #looks = new Set<string>()
  /** Where this process claims what came ahead from queues of its parent; null where it cannot. */
  claims: Claims | null = null
  #nextRequest = 1
  readonly handlers: Service['handlers']

  constructor(run: Run) {
    this.#run = run
    const handle = (header: RoutedHeader, payload: Uint8Array, tail?: WholeBytes) =>
      this.#onFrame(header, payload, tail)
    const types = Object.keys(MESSAGES).filter((type) => type.startsWith('queue.'))
    this.handlers = Object.fromEntries(types.map((type) => [type, handle]))
  }

  /** @returns the service of this run, made when first asked for */
  static of(run: Run): QueueService {
    return run.hub.service(QueueService, () => new QueueService(run))
  }

  own(queue: OwnedQueue): void {
    this.#owned.set(queue.id, queue)
    const { id, store } = queue
    store.recall = (to, delivery, taken) =>
      void this.#run.hub.send({ type: 'queue.recall', to, queue: id, delivery, taken })
    store.claims = (client) => {
      for (const { path, claims } of this.#run.children) if (path === client) return claims?.open()
      return undefined
    }
  }

  /** Whether nothing of this process waits for the owner of a queue. */
  get idle(): boolean {
    if (this.#pending.size > 0) return false
    for (const { outbox } of this.#outboxes.values()) if (outbox.awaited) return false
    return true
  }

  /** Where this process's puts into a queue of another are, until they leave; one for all objects that stand for the queue. */
  outbox({ id, owner }: { id: string; owner: string }): Outbox {
    const known = this.#outboxes.get(id)
    if (known) return known.outbox
    const { hub } = this.#run
    const outbox = new Outbox({
      filled: (filled) => hub.flushLater(filled),
      send: (payload) => hub.send({ type: 'queue.put-trusted', to: owner, queue: id }, payload),
      flush: () => hub.sendNow(owner),
    })
    this.#outboxes.set(id, { owner, outbox })
    return outbox
  }

  /** What came ahead from a queue of another; one for all objects that stand for the queue. */
  inbox({ id, owner, maxsize }: { id: string; owner: string; maxsize: number }): Inbox {
    const known = this.#inboxes.get(id)
    if (known) return known.inbox
    const { hub } = this.#run
    // Others learn from claims only when they look: putters that wait for room, and who watches.
    const looks = maxsize > 0 || this.#run.observed
    const inbox = new Inbox({
      // A claim is seen at once: what this process did before must be known by then, even if it is killed.
      mayClaim: () => hub.sendAllNow(),
      claim: ({ place, base }, count, delivery) => {
        if (looks) this.#tellToLook(id, owner)
        return this.claims?.claim(place, base, count, delivery) ?? false
      },
      taken: (delivery) => {
        const channel = hub.send({ type: 'queue.got', to: owner, queue: id, delivery, count: 1 })
        channel?.writeNow()
        return !channel || channel.backlogBytes === 0
      },
      giveBack: (delivery) => void hub.send({ type: 'queue.give-back', to: owner, queue: id, delivery }),
    })
    this.#inboxes.set(id, { owner, inbox })
    return inbox
  }

  /** Asks the owner, once a turn, to look what was claimed. */
  #tellToLook(id: string, owner: string): void {
    if (this.#looks.has(id)) return
    this.#looks.add(id)
    setImmediate(() => {
      this.#looks.delete(id)
      this.#run.hub.send({ type: 'queue.look', to: owner, queue: id })
    })
  }

  /** Resolves once the kernel has all that was sent. */
  allSent(): Promise<void> {
    return this.#run.hub.allSent()
  }

  /** Resolves once the kernel has all that was sent to a process. */
  flushed(owner: string): Promise<void> | undefined {
    return this.#run.hub.flushTo(owner)
  }

  /** Closes a queue of this process. Who may put without asking is told. */
  close(id: string): void {
    const queue = this.#owned.get(id)
    const error = new QueueClosedError(`The queue ${queue?.name} is closed.`)
    for (const to of queue?.store.close(error) ?? []) this.#run.hub.send({ type: 'queue.end', to, queue: id })
  }

  /**
   * Asks the owner of a queue.
   * @returns what to call to withdraw the request; it is answered all the same, with what became of it
   */
  ask(
    queue: { id: string; owner: string; name: string },
    header: { type: string; [field: string]: unknown },
    payload: readonly Uint8Array[],
    reply: {
      answered(header: RoutedHeader, payload: Uint8Array, tail?: WholeBytes): void
      refused(error: Error): void
    },
  ): () => void {
    const request = this.#nextRequest++
    this.#pending.set(request, { owner: queue.owner, name: queue.name, ...reply })
    this.#run.hub.send({ ...header, to: queue.owner, queue: queue.id, request } as never, payload)
    return () => {
      if (!this.#pending.has(request)) return
      this.#run.hub.send({ type: 'queue.withdraw', to: queue.owner, queue: queue.id, request })
    }
  }

  /** Tells the owner that a delivery has arrived, before anybody sees it. Resolves once the kernel has that. */
  acknowledge(queue: { id: string; owner: string }, delivery: number, count?: number): Promise<void> | undefined {
    const channel = this.#run.hub.send({ type: 'queue.got', to: queue.owner, queue: queue.id, delivery, count })
    return channel?.flush()
  }

  #onFrame(header: RoutedHeader, payload: Uint8Array, tail?: WholeBytes): void {
    switch (header.type) {
      case 'queue.put':
      case 'queue.put-trusted':
      case 'queue.end-known':
      case 'queue.get':
      case 'queue.withdraw':
      case 'queue.got':
      case 'queue.give-back':
      case 'queue.look':
      case 'queue.size':
      case 'queue.close':
        this.#serve(header, payload, tail)
        break
      case 'queue.taken':
      case 'queue.end':
        this.#told(header)
        break
      case 'queue.recall':
        {
          // Only the owner may ask.
          const known = this.#inboxes.get(String(header.queue))
          if (known?.owner === header.from) known.inbox.recalled(Number(header.delivery), Number(header.taken ?? 0))
        }
        break
      default:
        this.#answer(header, payload, tail)
    }
  }

  onPeerGone(isGone: (path: string) => boolean): void {
    for (const known of [this.#tickets, this.#taken]) {
      for (const key of known.keys()) if (isGone(key.slice(0, key.indexOf(' ')))) known.delete(key)
    }
    for (const { store } of this.#owned.values()) store.release(isGone)
    for (const { owner, inbox } of this.#inboxes.values()) if (isGone(owner)) inbox.end()
    for (const { owner, outbox } of this.#outboxes.values()) if (isGone(owner)) outbox.end({ gone: true })
    for (const [request, pending] of this.#pending) {
      if (!isGone(pending.owner)) continue
      this.#pending.delete(request)
      pending.refused(new QueueClosedError(`The queue ${pending.name} is gone with the process that kept it.`))
    }
  }

  #serve(header: RoutedHeader, payload: Uint8Array, tail: WholeBytes | undefined): void {
    const { from, request } = header
    if (typeof header.queue !== 'string') return
    const queue = this.#owned.get(header.queue)
    if (header.type === 'queue.got') {
      const { delivery, count } = header
      if (typeof delivery !== 'number') return
      queue?.store.acknowledge(from, delivery, typeof count === 'number' && count >= 1 ? Math.floor(count) : undefined)
      return
    }
    if (header.type === 'queue.give-back') {
      if (typeof header.delivery === 'number') queue?.store.giveBack(from, header.delivery)
      return
    }
    if (header.type === 'queue.look') {
      queue?.store.look()
      return
    }
    if (header.type === 'queue.put-trusted') {
      queue?.store.putTrusted(from, new ReceivedBatch(payload, tail))
      this.#noteTaken(from, header.queue, payload.byteLength + (tail?.byteLength ?? 0))
      return
    }
    if (header.type === 'queue.end-known') {
      queue?.store.confirmClosed(from)
      return
    }
    if (typeof request !== 'number') return
    const refuse = (error: Error) => this.#refuse(from, request, error)
    if (!queue) {
      refuse(new QueueClosedError('The queue does not exist any more.'))
      return
    }
    const { store, name } = queue
    const key = `${from} ${request}`
    const remember = (ticket: Ticket | undefined) => {
      if (!ticket) return
      const withdraw = () => {
        if (store.withdraw(ticket)) this.#reply(from, 'queue.withdrawn', request)
      }
      this.#tickets.set(key, { store, withdraw })
    }
    const settle = () => this.#tickets.delete(key)
    switch (header.type) {
      case 'queue.put': {
        const full = (put: number) => this.#run.hub.send({ type: 'queue.full', to: from, request, put })
        const ticket = store.put(
          from,
          new ReceivedBatch(payload, tail),
          header.wait === true,
          {
            accepted: () => {
              settle()
              this.#run.hub.send({
                type: 'queue.done',
                to: from,
                request,
                trusted: !queue.byPriority && store.trust(from),
              })
            },
            refused: (error, put) => {
              settle()
              if (error instanceof Full) full(put)
              else refuse(error)
            },
          },
          () => new Full(),
          Number(header.priority ?? 0) || 0,
        )
        if (ticket) {
          const withdraw = () => {
            const put = store.putSoFar(ticket)
            if (store.withdraw(ticket)) full(put)
          }
          this.#tickets.set(key, { store, withdraw })
        }
        break
      }
      case 'queue.get':
        remember(
          store.get(
            from,
            typeof header.max === 'number' && header.max >= 1 ? header.max : 1,
            header.wait === true,
            {
              ahead: queue.byPriority ? 0 : aheadOf(header),
              deliver: (parcels, delivery, ahead) => {
                settle()
                const batches = parcels.map(({ batch, start, end }) => batch.encode(start, end))
                const sizes = batches.length > 1 ? batches.map(bytesOf) : undefined
                const claim = ahead && {
                  delivery: ahead.delivery,
                  place: ahead.place.place,
                  base: ahead.place.base,
                }
                this.#run.hub.send({ type: 'queue.items', to: from, request, delivery, claim, sizes }, batches.flat())
              },
              refused: (error) => {
                settle()
                refuse(error)
              },
            },
            () => new Empty(`The queue ${name} is empty.`),
          ),
        )
        break
      case 'queue.withdraw': {
        const waiting = this.#tickets.get(key)
        settle()
        waiting?.withdraw()
        break
      }
      case 'queue.size':
        store.look()
        this.#run.hub.send({ type: 'queue.done', to: from, request, size: store.depth })
        break
      case 'queue.close':
        this.close(queue.id)
        this.#reply(from, 'queue.done', request)
    }
  }

  /** What the owner of a queue says to one that puts without asking. */
  #told(header: RoutedHeader): void {
    const known = this.#outboxes.get(String(header.queue))
    // Only the owner may say it.
    if (!known || known.owner !== header.from) return
    if (header.type === 'queue.taken') known.outbox.taken(Number(header.frames))
    else {
      known.outbox.end({ gone: false })
      this.#run.hub.send({ type: 'queue.end-known', to: known.owner, queue: String(header.queue) })
    }
  }

  /** Tells a process what was taken in of what it put without asking, but not each time: telling costs as much as taking. */
  #noteTaken(from: string, queue: string, bytes: number): void {
    const key = `${from} ${queue}`
    let taken = this.#taken.get(key)
    if (!taken) this.#taken.set(key, (taken = { frames: 0, untoldBytes: 0 }))
    taken.frames++
    taken.untoldBytes += bytes
    if (taken.untoldBytes < TELL_BYTES) return
    taken.untoldBytes = 0
    this.#run.hub.send({ type: 'queue.taken', to: from, queue, frames: taken.frames })
  }

  #reply(to: string, type: string, request: number): void {
    this.#run.hub.send({ type, to, request } as never)
  }

  #refuse(to: string, request: number, error: Error): void {
    const name: RefusalName = error instanceof Empty ? 'Empty' : error instanceof Full ? 'Full' : 'QueueClosedError'
    this.#run.hub.send({ type: 'queue.refused', to, request, name, message: error.message })
  }

  #answer(header: RoutedHeader, payload: Uint8Array, tail: WholeBytes | undefined): void {
    const request = Number(header.request)
    const pending = this.#pending.get(request)
    // Only the owner may answer, or another process could settle what is not its own.
    if (!pending || pending.owner !== header.from) return
    this.#pending.delete(request)
    if (header.type === 'queue.refused') {
      const Refusal = REFUSALS[header.name as RefusalName] ?? QueueClosedError
      pending.refused(new Refusal(String(header.message)))
    } else pending.answered(header, payload, tail)
  }
}

/** More than this nobody takes ahead. */
const MOST_AHEAD = 8_192

function aheadOf({ ahead }: RoutedHeader): number {
  return typeof ahead === 'number' && ahead >= 0 ? Math.min(MOST_AHEAD, Math.floor(ahead)) : 0
}

function bytesOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { byteLength }) => sum + byteLength, 0)
}
