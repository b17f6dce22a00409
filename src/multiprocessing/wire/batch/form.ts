/** How a batch is written: see `batch.ts`. */
import { LentBytes, scratchOf } from '../lent-bytes.ts'

export const KIND = { values: 0, numbers: 1, texts: 2, json: 3 } as const
export type Kind = (typeof KIND)[keyof typeof KIND]

export const HEAD_BYTES = 8
export const LENGTH_BYTES = 4
/** What comes before the bytes of an item of bytes that is alone: head, length, and how it is encoded. */
export const ONE_OF_BYTES = HEAD_BYTES + LENGTH_BYTES + 1

/** A rough size of what an item takes besides its characters. */
export const NUMBER_BYTES = 8

export function countFitting(
  start: number,
  end: number,
  mostBytes: number,
  bytesOf: (index: number) => number,
): number {
  let left = mostBytes - HEAD_BYTES
  let at = start
  while (at < end) {
    left -= bytesOf(at)
    if (left < 0) break
    at++
  }
  return at - start
}

export function head(bytes: Buffer, kind: Kind, count: number): void {
  bytes.writeUInt32LE(kind, 0)
  bytes.writeUInt32LE(count, 4)
}

export function encodeNumbers(numbers: readonly number[]): Uint8Array {
  const aligned = new Float64Array(1 + numbers.length)
  for (let i = 0; i < numbers.length; i++) aligned[i + 1] = numbers[i] as number
  const bytes = Buffer.from(aligned.buffer)
  head(bytes, KIND.numbers, numbers.length)
  return bytes
}

/** In the mean longer texts are written one by one; shorter ones are sooner joined first. */
const LONG_TEXT = 128
const MOST_BYTES_A_CHARACTER = 3

/** @param lent whether it may be in memory that is used for the next one too */
export function encodeTexts(texts: readonly string[], between: '' | ',', lent: boolean): Uint8Array {
  if (between === '') {
    let characters = 0
    for (const one of texts) characters += one.length
    if (characters >= LONG_TEXT * texts.length) return encodeLongTexts(texts, characters, lent)
  }
  const text = texts.join(between)
  const bodyBytes = Buffer.byteLength(text)
  const tableBytes = HEAD_BYTES + LENGTH_BYTES * texts.length
  const bytes = Buffer.allocUnsafe(tableBytes + bodyBytes)
  head(bytes, between === ',' ? KIND.json : KIND.texts, texts.length)
  let at = HEAD_BYTES
  for (const one of texts) {
    bytes.writeUInt32LE(bodyBytes === text.length ? one.length : Buffer.byteLength(one), at)
    at += LENGTH_BYTES
  }
  bytes.write(text, tableBytes)
  return bytes
}

function encodeLongTexts(texts: readonly string[], characters: number, lent: boolean): Uint8Array {
  const tableBytes = HEAD_BYTES + LENGTH_BYTES * texts.length
  const scratch = scratchOf(tableBytes + MOST_BYTES_A_CHARACTER * characters)
  let bytes = scratch
  if (!bytes) {
    let bodyBytes = 0
    for (const one of texts) bodyBytes += Buffer.byteLength(one)
    bytes = Buffer.allocUnsafeSlow(tableBytes + bodyBytes)
  }
  let at = tableBytes
  for (let i = 0; i < texts.length; i++) {
    const written = bytes.write(texts[i] as string, at)
    bytes.writeUInt32LE(written, HEAD_BYTES + LENGTH_BYTES * i)
    at += written
  }
  head(bytes, KIND.texts, texts.length)
  if (bytes !== scratch) return bytes
  return lent ? new LentBytes(bytes.buffer as ArrayBuffer, bytes.byteOffset, at) : Buffer.from(bytes.subarray(0, at))
}

/** In one piece: a part of a write costs more than to copy most of them. */
export function encodeValues(values: readonly Uint8Array[]): Uint8Array {
  const table = Buffer.allocUnsafe(HEAD_BYTES + LENGTH_BYTES * values.length)
  head(table, KIND.values, values.length)
  for (const [i, { byteLength }] of values.entries()) table.writeUInt32LE(byteLength, HEAD_BYTES + LENGTH_BYTES * i)
  return Buffer.concat([table, ...values])
}
