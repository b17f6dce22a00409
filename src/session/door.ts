/** The one door of a session: events are checked here, where they enter it, whoever their source is. */
import { isNumber, isRecord, isText } from '../shared/checks.ts'
import type { TelemetryEvent } from '../shared/telemetry.ts'
import { isKnownType, isTelemetryEvent, subjectOf } from '../shared/telemetry-check.ts'
import { LIMITS } from './limits.ts'
import { cut } from './texts.ts'

export interface DoorOptions {
  /** The source, in words. */
  source: string
  nowUs: () => number
  /** Is given what fits, in order. Among it may be events of types that are not known here: a later version told them. */
  take: (event: TelemetryEvent) => void
}

export class Door {
  readonly #options: DoorOptions
  #malformed = 0

  constructor(options: DoorOptions) {
    this.#options = options
  }

  /** How many events did not fit. */
  get malformed(): number {
    return this.#malformed
  }

  /** Takes an event, with all its fields. One that does not fit is counted and left out, which the first time is told; never throws for it. */
  enter(event: unknown): void {
    const { source, nowUs, take } = this.#options
    if (fits(event)) take(event)
    else if (++this.#malformed === 1) {
      take({
        type: 'problem.raised',
        atUs: nowUs(),
        problem: 'door/malformed',
        kind: 'malformed-event',
        message: `${source} told something that is no event: ${inWords(event)}`,
        consequence: 'It is left out, and so is whatever else does not fit; all else goes on.',
      })
    }
  }
}

function fits(event: unknown): event is TelemetryEvent {
  try {
    if (!isRecord(event) || !isText(event.type) || !isNumber(event.atUs)) return false
    if (!isKnownType(event.type)) return event.type.length <= LIMITS.name
    return isTelemetryEvent(event) && (subjectOf(event)?.length ?? 0) <= LIMITS.name
  } catch {
    // What cannot even be read.
    return false
  }
}

function inWords(event: unknown): string {
  try {
    return isRecord(event) && isText(event.type)
      ? `“${cut(event.type, 100)}” with fields that do not fit`
      : typeof event
  } catch {
    return 'it cannot be read'
  }
}
