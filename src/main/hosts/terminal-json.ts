/** Events as lines of JSON. */
import type { TelemetryEvent } from '../../shared/telemetry.ts'

/** What JSON leaves as it is and yet a terminal acts on, or turns the direction of text: C1, DEL, bidirectional controls. */
const ACTED_ON = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** @returns the event as JSON that says the same and is harmless to print */
export function jsonLine(event: TelemetryEvent): string {
  return jsonText(event)
}

/** The same of any plain data. */
export function jsonText(value: object): string {
  return JSON.stringify(value).replace(ACTED_ON, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
