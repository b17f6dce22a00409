/**
 * Objects that live in one process and are used from all: locks, events, pipes, managers' dictionaries. Requests go to the
 * process that owns the object, which alone decides, one request after the other.
 */
import type { WaitTarget } from '../../shared/telemetry.ts'
import { MultiprocessingError } from '../errors.ts'
import type { Run } from '../run/run.ts'
import type { Service } from '../wire/hub.ts'
import type { HeaderOf } from '../wire/messages.ts'
import { type Place, Requests } from '../wire/requests.ts'

/** Plain data beside an answer's payload: texts, numbers and booleans. */
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

export class ObjectService implements Service {
  readonly #run: Run
  readonly #owned = new Map<string, SharedState>()
  readonly #requests: Requests
  readonly handlers: Service['handlers']

  constructor(run: Run) {
    this.#run = run
    this.#requests = Requests.of(run)
    this.handlers = {
      'object.ask': (header, payload) => this.#serve(header, payload),
      'object.answer': this.#requests.answered,
    }
  }

  /** @returns the service of this run, made when first asked for */
  static of(run: Run): ObjectService {
    return run.hub.service(ObjectService, () => new ObjectService(run))
  }

  own(id: string, state: SharedState): void {
    this.#owned.set(id, state)
  }

  /** Nobody has the object any more. */
  disown(id: string): void {
    this.#owned.delete(id)
  }

  /**
   * Asks the owner of an object and waits for its answer.
   * @param what the wait is for, as it is shown, if it may take long
   * @param timeoutMs program time after which the owner is told that this one waits no more; it answers all the same
   */
  ask(
    place: Place,
    op: string,
    fields: Fields = {},
    payload: readonly Uint8Array[] = [],
    what?: WaitTarget,
    timeoutMs?: number,
  ): Promise<Answer> {
    return this.#run.wait((resolve, reject) => {
      let stopClock: (() => void) | undefined
      let settled = false
      const settle = () => {
        settled = true
        stopClock?.()
      }
      const header = { ...fields, type: 'object.ask' as const, object: place.id, op }
      const withdraw = this.#requests.ask(place, header, payload, {
        types: ['object.answer'],
        answered: (answer, bytes) => {
          settle()
          resolve({ fields: answer, payload: bytes })
        },
        refused: (error) => {
          settle()
          reject(error)
        },
      })
      // An owner in this process may have answered by now: a timer would then only keep the process from ending.
      if (!settled) stopClock = this.#run.after(timeoutMs, withdraw)
      return () => {
        settle()
        withdraw()
      }
    }, what)
  }

  onPeerGone(isGone: (path: string) => boolean): void {
    for (const state of this.#owned.values()) state.release(isGone)
  }

  #serve(header: HeaderOf<'object.ask'>, payload: Uint8Array): void {
    const asked = this.#requests.asked(header)
    const state = this.#owned.get(header.object)
    if (!state) {
      asked.refuse(new MultiprocessingError('The object does not exist any more.'))
      return
    }
    const withdraw = state.handle({
      op: header.op,
      client: asked.client,
      fields: header,
      payload,
      answer: (fields = {}, parts = []) => asked.answer({ ...fields, type: 'object.answer' }, parts),
      refuse: asked.refuse,
    })
    if (withdraw) asked.waits(withdraw)
  }
}
