/**
 * Objects that live in one process and are used from all: locks, events, pipes, managers' dictionaries. Requests go to the
 * process that owns the object, which alone decides, one request after the other.
 */

import type { ObjectKind, Waiter } from '../../shared/telemetry.ts'
import { MultiprocessingError } from '../errors.ts'
import type { Run } from '../run/run.ts'
import type { Waiting } from '../run/waiting.ts'
import { isBelow, type Service } from '../wire/hub.ts'
import type { HeaderOf } from '../wire/messages.ts'
import { type Place, Requests } from '../wire/requests.ts'
import { type ObjectReport, ObjectReports } from './report.ts'

/** Plain data beside an answer's payload: texts, numbers and booleans. */
export type Fields = Record<string, unknown>

/** What somebody asks of an object. Call either of `answer` and `refuse`, once, now or later. */
export interface Request {
  readonly op: string
  /** The path of the process that asks. */
  readonly client: string
  readonly fields: Fields
  readonly payload: Uint8Array
  /** What it waits for from now on, where that is not the object itself: a condition that stands on it; null is the object again. */
  waitsFor(condition: string | null): void
  answer(fields?: Fields, payload?: readonly Uint8Array[]): void
  refuse(error: Error): void
}

/** An object, in the process that owns it. */
export interface SharedState {
  /** @returns what to call if the one who asked has waited long enough; it must see to an answer all the same */
  handle(request: Request): (() => void) | undefined
  /** Processes are gone: what they waited for is forgotten, and what they held is dealt with. */
  release(isGone: (client: string) => boolean): void
  /** Who has it, since when; left out for what nobody can have. */
  holders?(): Iterable<Waiter>
}

/** What is told of an object; the id of a condition that stands on another is told with the other. */
export interface About {
  kind: ObjectKind
  name: string
}

interface Owned {
  readonly state: SharedState
  readonly report: ObjectReport | undefined
  /** Of conditions that stand on it, by their ids. */
  conditions: Map<string, ObjectReport> | undefined
}

/** Of one lock; of more, which only a hostile process would name, nothing is told. */
const MOST_CONDITIONS = 1_000
const CONDITION = /\/condition\d+$/

export interface Answer {
  fields: Fields
  payload: Uint8Array
}

export class ObjectService implements Service {
  readonly #run: Run
  readonly #owned = new Map<string, Owned>()
  readonly #reports: ObjectReports | null
  readonly #requests: Requests
  readonly handlers: Service['handlers']

  constructor(run: Run) {
    this.#run = run
    this.#reports = run.observed ? new ObjectReports(run) : null
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

  /** @param about what is told of it; left out for what is a part of something that is told otherwise */
  own(id: string, state: SharedState, about?: About): void {
    const report = about && this.#reports?.add({ id, ...about, holders: state.holders?.bind(state) })
    this.#owned.set(id, { state, report, conditions: undefined })
  }

  /** Nobody has the object any more. */
  disown(id: string): void {
    const owned = this.#owned.get(id)
    this.#owned.delete(id)
    if (owned?.report) this.#reports?.remove(owned.report)
    for (const report of owned?.conditions?.values() ?? []) this.#reports?.remove(report)
  }

  /** There is a condition on a lock, which another process may keep. */
  addCondition(lock: string, id: string, name: string): void {
    const report = this.#reports?.add({ id, kind: 'condition', name })
    const owned = this.#owned.get(lock)
    if (report && owned) (owned.conditions ??= new Map()).set(id, report)
  }

  /**
   * Asks the owner of an object and waits for its answer.
   * @param waiting what for
   * @param timeoutMs program time after which the owner is told that this one waits no more; it answers all the same
   */
  ask(
    place: Place,
    op: string,
    fields: Fields,
    payload: readonly Uint8Array[],
    waiting: Waiting,
    timeoutMs: number | undefined,
  ): Promise<Answer> {
    return this.#run.wait(
      (resolve, reject) => {
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
      },
      waiting,
      this.#run.realMs(timeoutMs),
    )
  }

  onPeerGone(isGone: (path: string) => boolean): void {
    for (const { state, report, conditions } of this.#owned.values()) {
      state.release(isGone)
      report?.forget(isGone)
      for (const condition of conditions?.values() ?? []) condition.forget(isGone)
    }
  }

  #serve(header: HeaderOf<'object.ask'>, payload: Uint8Array): void {
    const asked = this.#requests.asked(header)
    const owned = this.#owned.get(header.object)
    if (!owned) {
      asked.refuse(new MultiprocessingError('The object does not exist any more.'))
      return
    }
    const { state, report } = owned
    let at = report
    let leave: (() => void) | undefined
    const enter = () => {
      const end = header.end === undefined ? undefined : String(header.end)
      leave = at?.enter({ process: asked.client, sinceUs: this.#run.nowUs(), ...(end !== undefined && { end }) })
    }
    const withdraw = state.handle({
      op: header.op,
      client: asked.client,
      fields: header,
      payload,
      waitsFor: (condition) => {
        if (!report) return
        at = condition === null ? report : this.#conditionOf(owned, condition)
        if (!leave) return
        leave()
        enter()
      },
      answer: (fields = {}, parts = []) => {
        leave?.()
        asked.answer({ ...fields, type: 'object.answer' }, parts)
      },
      refuse: (error) => {
        leave?.()
        asked.refuse(error)
      },
    })
    if (report) {
      if (asked.open) enter()
      report.holdersChanged()
    }
    if (withdraw) asked.waits(withdraw)
  }

  /** @returns what is told of a condition, which this process may not have made */
  #conditionOf(owned: Owned, id: string): ObjectReport | undefined {
    const known = owned.conditions?.get(id)
    if (known) return known
    if ((owned.conditions?.size ?? 0) >= MOST_CONDITIONS) return undefined
    const [maker] = id.split('/') as [string]
    // Of others than those below it this process is not believed.
    if (!this.#reports || !CONDITION.test(id) || !isBelow(maker, this.#run.path)) return undefined
    const report = this.#reports.addForeign({ id, kind: 'condition', name: id })
    ;(owned.conditions ??= new Map()).set(id, report)
    return report
  }
}
