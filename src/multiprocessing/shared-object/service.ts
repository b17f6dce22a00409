/**
 * Objects that live in one process and are used from all: locks, events, pipes, managers' dictionaries. Requests go to the
 * process that owns the object, which alone decides, one request after the other; each is answered exactly once.
 *
 * A timeout is a request of its own (`object.withdraw`): whether it came in time is the owner's to say.
 */
import { MultiprocessingError, refusalFrom } from '../errors.ts'
import type { Run } from '../run/run.ts'
import type { RoutedHeader, Service } from '../wire/hub.ts'

/** Plain data beside an answer's payload. */
export type Fields = Record<string, unknown>

/** What somebody asks of an object. Call either of `answer` and `refuse`, once, now or later. */
export interface Request {
  readonly op: string
  /** The path of the process that asks. */
  readonly client: string
  readonly fields: Fields
  readonly payload: Uint8Array
  answer(fields?: Fields, payload?: readonly Uint8Array[]): void
  refuse(error: Error): void
}

/** An object, in the process that owns it. */
export interface SharedState {
  /** @returns what to call if the one who asked has waited long enough; it must see to an answer all the same */
  handle(request: Request): (() => void) | undefined
  /** Processes are gone: what they waited for is forgotten, and what they held is dealt with. */
  release(isGone: (client: string) => boolean): void
}

export interface Answer {
  fields: Fields
  payload: Uint8Array
}

interface Pending {
  owner: string
  name: string
  resolve(answer: Answer): void
  reject(error: Error): void
}

/** Where an object is to be found. */
export interface Place {
  id: string
  owner: string
  name: string
}

export class ObjectService implements Service {
  readonly #run: Run
  readonly #owned = new Map<string, SharedState>()
  readonly #pending = new Map<number, Pending>()
  /** How to end requests that wait here, by who asked and their request's number. */
  readonly #waiting = new Map<string, () => void>()
  #nextRequest = 1

  constructor(run: Run) {
    this.#run = run
  }

  /** @returns the service of this run, made when first asked for */
  static of(run: Run): ObjectService {
    const known = run.hub.service('object')
    if (known instanceof ObjectService) return known
    const service = new ObjectService(run)
    run.hub.serve('object', service)
    return service
  }

  own(id: string, state: SharedState): void {
    this.#owned.set(id, state)
  }

  /** Asks the owner of an object. @returns what to call to withdraw the request; it is answered all the same */
  ask(
    place: Place,
    op: string,
    fields: Fields,
    payload: readonly Uint8Array[],
    reply: { resolve(answer: Answer): void; reject(error: Error): void },
  ): () => void {
    const request = this.#nextRequest++
    this.#pending.set(request, { owner: place.owner, name: place.name, ...reply })
    this.#run.hub.send({ ...fields, type: 'object.ask', to: place.owner, object: place.id, op, request }, payload)
    return () => {
      if (!this.#pending.has(request)) return
      this.#run.hub.send({ type: 'object.withdraw', to: place.owner, object: place.id, request })
    }
  }

  onFrame(header: RoutedHeader, payload: Uint8Array): void {
    switch (header.type) {
      case 'object.ask':
        this.#serve(header, payload)
        break
      case 'object.withdraw':
        this.#waiting.get(`${header.from} ${String(header.request)}`)?.()
        break
      case 'object.answer':
      case 'object.refused':
        this.#settle(header, payload)
    }
  }

  onPeerGone(isGone: (path: string) => boolean): void {
    for (const key of this.#waiting.keys()) if (isGone(key.slice(0, key.indexOf(' ')))) this.#waiting.delete(key)
    for (const state of this.#owned.values()) state.release(isGone)
    for (const [request, pending] of this.#pending) {
      if (!isGone(pending.owner)) continue
      this.#pending.delete(request)
      pending.reject(new MultiprocessingError(`${pending.name} is gone with the process that kept it.`))
    }
  }

  #serve(header: RoutedHeader, payload: Uint8Array): void {
    const { from, request, op, object } = header
    if (typeof request !== 'number' || typeof op !== 'string' || typeof object !== 'string') return
    const key = `${from} ${request}`
    const reply = (type: string, fields: Fields, parts: readonly Uint8Array[]) => {
      this.#waiting.delete(key)
      this.#run.hub.send({ ...fields, type, to: from, request }, parts)
    }
    let open = true
    const answer = (fields: Fields = {}, parts: readonly Uint8Array[] = []) => {
      if (!open) return
      open = false
      reply('object.answer', fields, parts)
    }
    const refuse = (error: Error) => {
      if (!open) return
      open = false
      reply('object.refused', { name: error.name, message: error.message }, [])
    }
    const state = this.#owned.get(object)
    if (!state) {
      refuse(new MultiprocessingError('The object does not exist any more.'))
      return
    }
    const withdraw = state.handle({ op, client: from, fields: header, payload, answer, refuse })
    if (withdraw && open) this.#waiting.set(key, withdraw)
  }

  #settle(header: RoutedHeader, payload: Uint8Array): void {
    const pending = this.#pending.get(Number(header.request))
    // Only the owner may answer, or another process could settle what is not its own.
    if (!pending || pending.owner !== header.from) return
    this.#pending.delete(Number(header.request))
    if (header.type === 'object.answer') pending.resolve({ fields: header, payload })
    else pending.reject(refusalFrom(String(header.name), String(header.message)))
  }
}
