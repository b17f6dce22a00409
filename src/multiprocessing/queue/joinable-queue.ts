/** A queue of which one can wait until all that was put in it is done: Python's `multiprocessing.JoinableQueue`. */
import { StateError } from '../errors.ts'
import { checkTimeout, type WaitOptions } from '../run/wait-options.ts'
import type { Waiting } from '../run/waiting.ts'
import { type Answer, ObjectService, type Request, type SharedState } from '../shared-object/service.ts'
import { References } from '../wire/references.ts'
import { registerKind } from '../wire/revive.ts'
import { sharedHandle } from '../wire/values.ts'
import { optionsFromHandle, Queue, type QueueHandle, type QueueOptions } from './queue.ts'
import type { QueueStore } from './store.ts'

/** What is done of a queue's items, kept beside them. */
class Tally implements SharedState {
  readonly #name: string
  readonly #store: QueueStore
  readonly #doneBy = new Map<string, number>()
  #done = 0
  #joining: Request[] = []

  constructor(name: string, store: QueueStore) {
    this.#name = name
    this.#store = store
    store.gotBy = new Map()
  }

  handle(request: Request): (() => void) | undefined {
    if (request.op === 'task-done') {
      if (this.#done >= this.#store.figures.puts) {
        request.refuse(new StateError(`taskDone was called more often than items were put in ${this.#name}.`))
        return undefined
      }
      this.#done++
      this.#doneBy.set(request.client, (this.#doneBy.get(request.client) ?? 0) + 1)
      request.answer()
      this.#tell()
      return undefined
    }
    if (this.#done === this.#store.figures.puts) {
      request.answer({ joined: true })
      return undefined
    }
    this.#joining.push(request)
    return () => {
      this.#joining = this.#joining.filter((other) => other !== request)
      request.answer({ joined: false })
    }
  }

  release(isGone: (client: string) => boolean): void {
    this.#joining = this.#joining.filter(({ client }) => !isGone(client))
    let lost = 0
    // What it had got and nobody has looked at yet.
    this.#store.look()
    for (const [client, got] of this.#store.gotBy ?? []) {
      if (!isGone(client)) continue
      lost += Math.max(0, got - (this.#doneBy.get(client) ?? 0))
      this.#store.gotBy?.delete(client)
      this.#doneBy.delete(client)
    }
    if (lost === 0) return
    // Nobody will say that these are done. Who waits is told, instead of waiting for ever.
    this.#done = Math.min(this.#store.figures.puts, this.#done + lost)
    const items = lost === 1 ? 'an item' : `${lost} items`
    const error = new StateError(`A process ended that had got ${items} of ${this.#name} and not called taskDone.`)
    for (const request of this.#joining.splice(0)) request.refuse(error)
  }

  #tell(): void {
    if (this.#done < this.#store.figures.puts) return
    for (const request of this.#joining.splice(0)) request.answer({ joined: true })
  }
}

const tallyOf = (id: string) => `${id}/tally`

export class JoinableQueue<T = unknown> extends Queue<T> {
  constructor(options: QueueOptions | number = {}) {
    super(options)
    // One that comes back to its process has its tally.
    if (!this.store || this.store.gotBy) return
    const [service, id] = [ObjectService.of(this.run), tallyOf(this.id)]
    service.own(id, new Tally(this.name, this.store))
    References.of(this.run).own(this.id, () => service.disown(id))
  }

  /** Says that one item that was got is done. @throws StateError if that is said more often than items were put */
  async taskDone(): Promise<void> {
    await this.#ask('task-done', { on: { kind: 'queue', id: this.id }, what: 'other', label: `hear from ${this.name}` })
  }

  /**
   * Waits until every item that was put is done.
   * @returns whether they are: false only if `timeoutMs` ran out first
   * @throws StateError if a process ended that had got an item and not said that it is done
   */
  async join(options: WaitOptions = {}): Promise<boolean> {
    const on = { kind: 'queue' as const, id: this.id, end: 'join' }
    const waiting: Waiting = { on, what: 'join', label: `join ${this.name}` }
    const { fields } = await this.#ask('join', waiting, checkTimeout(options.timeoutMs))
    return fields.joined === true
  }

  override [sharedHandle](): QueueHandle {
    return { ...super[sharedHandle](), kind: 'joinable-queue' }
  }

  #ask(op: string, waiting: Waiting, timeoutMs?: number): Promise<Answer> {
    const place = { id: tallyOf(this.id), owner: this.owner, name: this.name }
    return ObjectService.of(this.run).ask(place, op, {}, [], waiting, timeoutMs)
  }
}

registerKind('joinable-queue', (handle, run) => new JoinableQueue(optionsFromHandle(handle as QueueHandle, run)))
