/** Batches that are put together in this process. */
import { decodeValue, type Revive } from '../values.ts'
import type { Batch } from './batch.ts'
import { CopiedBytesBatch, isLargeBytes } from './bytes-batch.ts'
import {
  countFitting,
  encodeNumbers,
  encodeTexts,
  encodeValues,
  HEAD_BYTES,
  LENGTH_BYTES,
  NUMBER_BYTES,
} from './form.ts'
import { type Part, type PartKind, partOf } from './part.ts'

/** A batch takes no more items than this, and none once it has so many bytes. */
export const MAX_BATCH_ITEMS = 4_096
export const MAX_BATCH_BYTES = 512 * 1024

/** A batch that is being put together in this process. */
export class OwnBatch implements Batch {
  #kind: PartKind | null = null
  #parts: (number | string | Uint8Array)[] = []
  /** About so many bytes, when it is sent. */
  bytes = 0

  get count(): number {
    return this.#parts.length
  }

  get byteLength(): number {
    return HEAD_BYTES + this.bytes
  }

  /** Whether it takes no more. */
  get full(): boolean {
    return this.#parts.length >= MAX_BATCH_ITEMS || this.bytes >= MAX_BATCH_BYTES
  }

  /** A number, if this is a batch of numbers that takes one more. @returns whether it was taken */
  addNumber(value: number): boolean {
    if (this.#kind !== 'numbers' || this.#parts.length >= MAX_BATCH_ITEMS) return false
    this.#parts.push(value)
    this.bytes += NUMBER_BYTES
    return true
  }

  /** One item of either form. @returns as `add` */
  addItem(item: Part | number): boolean {
    return typeof item === 'number' ? this.addNumber(item) || this.add(partOf(item, 'item')) : this.add(item)
  }

  /** @returns whether it was taken; if not, it is of another kind than the batch's items, or the batch is full */
  add({ kind, part, bytes }: Part): boolean {
    if (this.#kind === null) this.#kind = kind
    // What is large alone leaves alone: it may be near to what a message can be.
    else if (this.#kind !== kind || this.full || bytes >= MAX_BATCH_BYTES) return false
    this.#parts.push(part)
    this.bytes += bytes
    return true
  }

  valueAt(index: number, revive: Revive): unknown {
    const part = this.#parts[index]
    if (this.#kind === 'json') return JSON.parse(part as string)
    return this.#kind === 'values' ? decodeValue(part as Uint8Array, revive) : part
  }

  encode(start: number, end: number): Uint8Array[] {
    const parts = start === 0 && end === this.#parts.length ? this.#parts : this.#parts.slice(start, end)
    if (this.#kind === 'numbers') return [encodeNumbers(parts as number[])]
    if (this.#kind === 'values') return [encodeValues(parts as Uint8Array[])]
    return [encodeTexts(parts as string[], this.#kind === 'json' ? ',' : '', false)]
  }

  fitting(start: number, end: number, mostBytes: number): number {
    if (this.byteLength <= mostBytes) return end - start
    return countFitting(start, end, mostBytes, (index) => bytesOfPart(this.#parts[index] as Part['part']))
  }

  lend(): Uint8Array[] {
    if (this.#kind === 'texts') return [encodeTexts(this.#parts as string[], '', true)]
    return this.encode(0, this.count)
  }
}

function bytesOfPart(part: Part['part']): number {
  if (typeof part === 'number') return NUMBER_BYTES
  return LENGTH_BYTES + (typeof part === 'string' ? part.length : part.byteLength)
}

/** @returns the items in as few batches as they fit in, in order; throws UnsendableError for the first that cannot travel */
export function batchesOf(items: Iterable<unknown>): Batch[] {
  const batches: Batch[] = []
  let batch: OwnBatch | undefined
  let index = -1
  for (const item of items) {
    index++
    if (typeof item === 'number' && batch?.addNumber(item)) continue
    if (isLargeBytes(item)) {
      batch = undefined
      batches.push(new CopiedBytesBatch(item))
      continue
    }
    const part = partOf(item, `items[${index}]`)
    if (batch?.add(part)) continue
    batch = new OwnBatch()
    batch.add(part)
    batches.push(batch)
  }
  return batches
}
