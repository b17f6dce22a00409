/**
 * Items in a row, as they travel and as they are kept: encoded together, because that costs a fraction of one by one.
 *
 * ```
 * u8 kind · 3 bytes unused · u32 count · body
 *   numbers: f64 each
 *   texts, json, values: u32 length of each · the items, one behind the other (`json`: with a comma between)
 * ```
 *
 * Numbers are in the machine's order: both ends are on the same machine. Whoever passes a batch on, or cuts it in two, decodes
 * nothing. What a batch holds is fixed when it is put: numbers and strings cannot change, and plain data is written as JSON then.
 */
import type { Revive } from '../values.ts'

/** A range of items. */
export interface Batch {
  readonly count: number
  /** About so many bytes, when all of it is sent. */
  readonly byteLength: number
  /** Takes an item out as a value; for each index once. Throws WireError if it cannot be read. */
  valueAt(index: number, revive: Revive): unknown
  /** @returns the items from `start` up to `end` as the payload of a frame, in parts */
  encode(start: number, end: number): Uint8Array[]
  /** @returns all items in the same form, for who sends them at once: it may be in memory that changes afterwards */
  lend(): Uint8Array[]
  /** @returns how many items from `start`, and at most up to `end`, take no more than so many bytes together, about */
  fitting(start: number, end: number, mostBytes: number): number
  /** All that was lent has been sent, and nobody will ask for it again. */
  sent?(): void
}
