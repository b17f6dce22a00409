/**
 * Events of other processes, where the run is observed. On their way they are bytes that nobody looks into; here they are read and
 * checked, once: a process tells of itself and of what is below it, and of nobody else.
 */
import type { TelemetryEvent } from '../../shared/telemetry.ts'
import { isTelemetryEvent, subjectOf } from '../../shared/telemetry-check.ts'
import { WireError } from '../errors.ts'
import { decodeJson } from '../wire/frames.ts'
import { isBelow, type Service } from '../wire/hub.ts'

export class EventsFromBelow implements Service {
  readonly handlers: Service['handlers']

  constructor(run: { nowUs(): number; emit(event: TelemetryEvent): void }) {
    this.handlers = {
      events: ({ from }, payload) => {
        for (const event of ownEvents(decodeJson(payload), from, run.nowUs())) run.emit(event)
      },
    }
  }

  onPeerGone(): void {}
}

/**
 * @param told by the process with this path
 * @throws WireError for anything but events about that process and what is below it
 */
export function ownEvents(told: unknown, path: string, nowUs: number): TelemetryEvent[] {
  if (!Array.isArray(told)) throw new WireError('A process sent events that are none.')
  for (const event of told) {
    if (!isTelemetryEvent(event)) throw new WireError('A process sent an event that is none.')
    const [about] = subjectOf(event)?.split('/') ?? []
    if (about === undefined || !isBelow(about, path))
      throw new WireError('A process sent an event that is not its own.')
    // Its clock may be wrong, or faked by a test; a time to come would be the end of every chart.
    event.atUs = Math.max(0, Math.min(event.atUs, nowUs))
  }
  return told
}
