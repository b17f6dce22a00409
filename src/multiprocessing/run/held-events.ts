/** Events on their way to the process that observes the run: all those of one turn of the event loop travel together. */
import type { TelemetryEvent } from '../../shared/telemetry.ts'

export interface HeldEvents {
  /** Takes an event, for the end of the turn. */
  sink(event: TelemetryEvent): void
  /** Sends what is held, now. */
  tell(): void
}

/** @param send is given all that was held, at least one */
export function holdEvents(send: (events: TelemetryEvent[]) => void): HeldEvents {
  let held: TelemetryEvent[] = []
  const tell = () => {
    if (held.length === 0) return
    const events = held
    held = []
    send(events)
  }
  const sink = (event: TelemetryEvent) => {
    if (held.length === 0) process.nextTick(tell)
    held.push(event)
  }
  return { sink, tell }
}
