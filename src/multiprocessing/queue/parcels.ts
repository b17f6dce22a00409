/** The items that are in a queue and not on their way, in the order in which they are to be got; kept as ranges of the batches that they came in. */
import type { Batch } from '../wire/batch/batch.ts'
import { OwnBatch } from '../wire/batch/own-batch.ts'
import type { Part } from '../wire/batch/part.ts'

/** Items of a batch from `start` up to `end`, that were accepted together. */
export interface Parcel {
  readonly batch: Batch
  start: number
  end: number
  /** Position of the first among all items the queue ever accepted: what restores the order when items come back. */
  sequence: number
  acceptedAtUs: number
  /** Lower comes first; equal ones in the order of coming. 0 for all but in a queue by priority. */
  readonly priority: number
}

/** Items that come later than this after the first do not join its parcel, so that each is known to be as old as it is. */
const SAME_PARCEL_US = 1_000
/** The array is cut once so much of it, and half, is behind its head. */
const COMPACT_AT = 1_024

function before(a: Parcel, b: Parcel): number {
  return a.priority - b.priority || a.sequence - b.sequence
}

export function countOf(parcels: readonly Parcel[]): number {
  let count = 0
  for (const { start, end } of parcels) count += end - start
  return count
}

export class Parcels {
  #parcels: Parcel[] = []
  /** Index of the first one that is still there. */
  #head = 0
  #nextSequence = 0
  /** Items in all of them. */
  count = 0

  get first(): Parcel | undefined {
    return this.#parcels[this.#head]
  }

  /** Adds items of a batch, behind all that come before them. */
  add(batch: Batch, start: number, end: number, priority: number, nowUs: number): void {
    this.#insert({ batch, start, end, sequence: this.#nextSequence, acceptedAtUs: nowUs, priority })
    this.#nextSequence += end - start
    this.count += end - start
  }

  /** Adds one item of priority 0 to the parcel at the end, if it can be. @returns whether it was */
  addOne(part: Part | number, nowUs: number): boolean {
    const last = this.#parcels[this.#parcels.length - 1]
    if (
      last === undefined ||
      !(last.batch instanceof OwnBatch) ||
      last.end !== last.batch.count ||
      last.priority !== 0 ||
      last.start === last.end ||
      nowUs - last.acceptedAtUs >= SAME_PARCEL_US ||
      !last.batch.addItem(part)
    ) {
      return false
    }
    last.end++
    this.#nextSequence++
    this.count++
    return true
  }

  /** Takes the first item off `first`, which there must be. @returns its index in the batch */
  shift(): number {
    const parcel = this.#parcels[this.#head] as Parcel
    const index = parcel.start++
    parcel.sequence++
    this.count--
    if (parcel.start === parcel.end) this.#dropHead(1)
    return index
  }

  /** @returns how many of the first `max` items take no more than so many bytes together; at least one if there is one */
  fitting(max: number, mostBytes: number): number {
    const most = Math.min(max, this.count)
    if (most <= 1) return most
    let count = 0
    let bytesLeft = mostBytes
    for (let i = this.#head; count < most; i++) {
      const { batch, start, end } = this.#parcels[i] as Parcel
      const wanted = Math.min(end - start, most - count)
      const fit = batch.fitting(start, start + wanted, bytesLeft)
      count += fit
      if (fit < wanted) break
      bytesLeft -= batch.byteLength * (fit / batch.count)
    }
    return Math.max(1, count)
  }

  /** Cuts so many items off the head, or all if there are fewer. */
  cut(max: number): Parcel[] {
    const parcels: Parcel[] = []
    let left = Math.min(max, this.count)
    this.count -= left
    let whole = 0
    while (left > 0) {
      const parcel = this.#parcels[this.#head + whole] as Parcel
      const count = parcel.end - parcel.start
      if (count <= left) {
        parcels.push(parcel)
        whole++
        left -= count
      } else {
        parcels.push({ ...parcel, end: parcel.start + left })
        parcel.start += left
        parcel.sequence += left
        left = 0
      }
    }
    if (whole > 0) this.#dropHead(whole)
    return parcels
  }

  /** Items that were cut off come back to their places. */
  putBack(back: readonly Parcel[]): void {
    if (back.length === 0) return
    this.count += countOf(back)
    // What came back before may lie between these, so the whole front is sorted; the rest is in order already.
    this.#parcels = [...back, ...this.#parcels.slice(this.#head)].sort(before)
    this.#head = 0
  }

  /** @returns ranges of batches behind the first `skip` items, in order, until the caller has enough */
  *behind(skip: number): Generator<{ batch: Batch; start: number; end: number }> {
    let left = skip
    for (let i = this.#head; i < this.#parcels.length; i++) {
      const { batch, start, end } = this.#parcels[i] as Parcel
      const skipped = Math.min(left, end - start)
      left -= skipped
      if (start + skipped < end) yield { batch, start: start + skipped, end }
    }
  }

  /** At the end, unless what is there is less urgent. */
  #insert(parcel: Parcel): void {
    let low = this.#head
    let high = this.#parcels.length
    if (high === low || (this.#parcels[high - 1] as Parcel).priority <= parcel.priority) {
      this.#parcels.push(parcel)
      return
    }
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#parcels[middle] as Parcel).priority <= parcel.priority) low = middle + 1
      else high = middle
    }
    this.#parcels.splice(low, 0, parcel)
  }

  #dropHead(count: number): void {
    this.#parcels.fill(undefined as never, this.#head, this.#head + count)
    this.#head += count
    if (this.#head === this.#parcels.length) {
      this.#parcels = []
      this.#head = 0
    } else if (this.#head > COMPACT_AT && this.#head * 2 > this.#parcels.length) {
      this.#parcels = this.#parcels.slice(this.#head)
      this.#head = 0
    }
  }
}
