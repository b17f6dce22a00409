/** Queues of other processes, as this one uses them: what their owners say, and where what it puts is until it leaves. */
import type { Run } from '../run/run.ts'
import type { Service } from '../wire/hub.ts'
import { Requests } from '../wire/requests.ts'
import { Outbox } from './outbox.ts'

export class Outboxes implements Service {
  readonly #run: Run
  readonly #outboxes = new Map<string, { owner: string; outbox: Outbox }>()

  readonly handlers: Service['handlers']

  constructor(run: Run) {
    this.#run = run
    const { answered } = Requests.of(run)
    this.handlers = {
      'queue.done': answered,
      'queue.full': answered,
      'queue.items': answered,
      'queue.taken': ({ from, queue, frames }) => this.#toldBy(from, queue)?.taken(frames),
      'queue.end': ({ from, queue }) => {
        this.#toldBy(from, queue)?.end({ gone: false })
        this.#run.hub.send({ type: 'queue.end-known', to: from, queue })
      },
    }
  }

  /** @returns the outboxes of this run in this process, made when first asked for */
  static of(run: Run): Outboxes {
    return run.hub.service(Outboxes, () => new Outboxes(run))
  }

  /** Whether no put waits for room on the way to its queue. */
  get idle(): boolean {
    for (const { outbox } of this.#outboxes.values()) if (outbox.awaited) return false
    return true
  }

  /** One for all objects that stand for the queue. */
  get({ id, owner }: { id: string; owner: string }): Outbox {
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

  /** Nothing of this process stands for the queue any more. What is still in its outbox leaves. */
  forget(id: string): void {
    this.#outboxes.get(id)?.outbox.flush()
    this.#outboxes.delete(id)
  }

  onPeerGone(isGone: (path: string) => boolean): void {
    for (const { owner, outbox } of this.#outboxes.values()) if (isGone(owner)) outbox.end({ gone: true })
  }

  /** Only the owner of a queue may say something of it. */
  #toldBy(owner: string, queue: string): Outbox | undefined {
    const known = this.#outboxes.get(queue)
    return known?.owner === owner ? known.outbox : undefined
  }
}
