/** The one door of a session: events are checked here, where they enter it, whoever their source is. */
import { isNumber, isRecord, isText } from '../shared/checks.ts'
import type { TelemetryEvent } from '../shared/telemetry.ts'
import { isKnownType, isTelemetryEvent } from '../shared/telemetry-check.ts'
import { LIMITS } from './limits.ts'
import { boundedError, cut } from './texts.ts'

export interface DoorOptions {
  /** The source, in words. */
  source: string
  nowUs: () => number
  /** Is given what fits, in order. Among it may be events of types that are not known here: a later version told them. */
  take: (event: TelemetryEvent) => void
}

const MALFORMED = 'door/malformed'

export class Door {
  readonly #options: DoorOptions
  #malformed = 0
  #told = 1

  constructor(options: DoorOptions) {
    this.#options = options
  }

  /** How many events did not fit. */
  get malformed(): number {
    return this.#malformed
  }

  /** Says how many did not fit, if that is more than it has said; to be called before somebody looks. */
  tellMalformed(): void {
    const count = this.#malformed
    if (count <= this.#told) return
    this.#told = count
    const { nowUs, take } = this.#options
    take({ type: 'problem.repeated', atUs: nowUs(), problem: MALFORMED, count })
  }

  /** Takes an event, with all its fields. One that does not fit is counted and left out, which the first time is told; never throws for it. */
  enter(event: unknown): void {
    const { source, nowUs, take } = this.#options
    if (fits(event)) take(bounded(event))
    else if (++this.#malformed === 1) {
      take({
        type: 'problem.raised',
        atUs: nowUs(),
        problem: MALFORMED,
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
    if (isKnownType(event.type) ? !isTelemetryEvent(event) : event.type.length > LIMITS.name) return false
    const { error: _, ...rest } = event
    return isWithin(rest, '', LIMITS.eventLevels, { values: LIMITS.eventValues })
  } catch {
    // What cannot even be read.
    return false
  }
}

/** Fields that are ids, wherever in an event they are: unlike a name, an id cannot be cut. */
const IDS = new Set(['type', 'process', 'queue', 'pool', 'task', 'problem', 'object'])
for (const name of ['id', 'parent', 'retryOf', 'producers', 'consumers']) IDS.add(name)

/** Whether an event is one that can be walked through, and its ids are such. */
function isWithin(value: unknown, field: string, levels: number, left: { values: number }): boolean {
  if (--left.values < 0) return false
  if (typeof value === 'string') return value.length <= LIMITS.name || !IDS.has(field)
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  if (Array.isArray(value)) return value.every((each) => isWithin(each, field, levels - 1, left))
  for (const name in value) {
    if (!isWithin((value as Record<string, unknown>)[name], name, levels - 1, left)) return false
  }
  return true
}

/** An error is told by whoever threw it, and may be of any size and depth: what enters is what is kept of it. */
function bounded(event: TelemetryEvent): TelemetryEvent {
  return 'error' in event && event.error !== undefined && isKnownType(event.type)
    ? { ...event, error: boundedError(event.error) }
    : event
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
