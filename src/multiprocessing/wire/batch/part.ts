/** An item in the form in which a batch keeps it, before it is sent. */
import { WireError } from '../../errors.ts'
import { checkSize } from '../frames.ts'
import { plainJson } from '../plain-json.ts'
import { encodeList, encodeValue, hasNotes } from '../values.ts'
import { LENGTH_BYTES, NUMBER_BYTES } from './form.ts'

/** What a batch is made of where it is made: it gets its kind with its first item. */
export type PartKind = 'numbers' | 'texts' | 'json' | 'values'

/** An item in the form in which a batch keeps it. */
export interface Part {
  kind: PartKind
  part: number | string | Uint8Array
  bytes: number
  /** The value itself, if there may be shared objects in it: they last as long as what may be decoded more than once. */
  keeps?: unknown
}

/** Shorter ones have never too many bytes, whatever their characters. */
const LONG_STRING = 256 * 1024 * 1024

/** @throws UnsendableError naming the place inside `what` that cannot travel */
export function partOf(value: unknown, what: string): Part {
  if (typeof value === 'number') return { kind: 'numbers', part: value, bytes: NUMBER_BYTES }
  if (typeof value === 'string') {
    if (value.isWellFormed()) {
      if (value.length > LONG_STRING) checkSize(Buffer.byteLength(value), what)
      return { kind: 'texts', part: value, bytes: LENGTH_BYTES + value.length }
    }
  } else {
    const json = plainJson(value)
    if (json !== undefined) return { kind: 'json', part: json, bytes: LENGTH_BYTES + json.length }
  }
  return valuePart(encodeValue(value, what), value)
}

function valuePart(part: Uint8Array, value: unknown): Part {
  const bytes = LENGTH_BYTES + part.byteLength
  return hasNotes(part) ? { kind: 'values', part, bytes, keeps: value } : { kind: 'values', part, bytes }
}

/** The same, with a number as itself: most items are numbers, and there are millions of them. @throws as `partOf` */
export function itemPart(value: unknown, what: string): Part | number {
  return typeof value === 'number' ? value : partOf(value, what)
}

/** Lists up to this length are looked through for plain data; longer ones are mostly alike. */
const SHORT_LIST = 16

/**
 * A list of which only the elements count: the arguments of a call, the items of a chunk of calls, or their results. Many have
 * one number and nothing else, which is written as what it is: whoever reads a list calls `listOf`.
 * @throws as `partOf`
 */
export function listPart(list: readonly unknown[], what: string): Part | number {
  if (list.length > SHORT_LIST) {
    return valuePart(encodeList(list, what), list)
  }
  return list.length === 1 && typeof list[0] === 'number' ? list[0] : partOf(list, what)
}

/** @returns the list that `listPart` wrote; throws WireError if it is none */
export function listOf(value: unknown): unknown[] {
  if (typeof value === 'number') return [value]
  if (!Array.isArray(value)) throw new WireError('A message carries something where a list must be.')
  return value
}
