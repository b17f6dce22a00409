/**
 * The head of a queue in memory that its owner and those who get from it have all mapped: an item is taken by one atomic step,
 * without a word to anybody, in the order in which items were put, each by one process.
 *
 * ```
 * words, u32: 0: how many were ever claimed · 16: how many were ever published · 32: how many entries were ever written
 * 64 + 8 · (n mod ENTRIES): entry n, of one batch: n + 1 (0 while it is written) · its first item's number · items · offset · bytes
 * DATA_AT: the batches, each in one piece, around and around
 * ```
 *
 * Only the owner publishes. Whoever wants the next item, the owner too, first copies the batch that it is in and then claims it by
 * `compareExchange`: if that succeeds nobody had claimed it, so its batch had not been overwritten while it was copied. Counts go
 * around at 2^32. What was claimed has left the queue: a process that is killed in that moment loses the one item whose `get` was
 * returning. What is not claimed stays the owner's, which keeps its own copy and can claim it back.
 */

import type { Batch } from '../wire/batch/batch.ts'
import { ReceivedBatch } from '../wire/batch/received-batch.ts'
import { createMappedMemory, type MappedMemory, type MemoryPlace, openMappedMemory } from '../wire/mapped-memory.ts'
import type { Revive } from '../wire/values.ts'
import { NOTHING } from './nothing.ts'

const CLAIMED = 0
const PUBLISHED = 16
const WRITTEN = 32
const ENTRIES_AT = 64
const ENTRY_WORDS = 8
const ENTRIES = 1_024
const DATA_AT = 4 * (ENTRIES_AT + ENTRY_WORDS * ENTRIES)
const DATA_BYTES = 1024 * 1024
const WHOLE_BYTES = DATA_AT + DATA_BYTES
/** A batch is published in pieces of at most so many bytes, for every getter copies all of them; a larger item is not published. */
const MOST_PIECE_BYTES = 128 * 1024
/** An item that cannot be found so often, while nobody takes it, is not there: something is wrong with the memory. */
const MOST_TRIES = 50

class Words {
  #words: Int32Array
  #bytes: Uint8Array
  readonly #memory: MappedMemory

  constructor(memory: MappedMemory) {
    this.#memory = memory
    this.#words = new Int32Array(memory.bytes, 0, DATA_AT / 4)
    this.#bytes = new Uint8Array(memory.bytes, DATA_AT)
  }

  get(word: number): number {
    return Atomics.load(this.#words, word) >>> 0
  }

  set(word: number, value: number): void {
    Atomics.store(this.#words, word, value | 0)
  }

  /** @returns whether it was `before` and is `after` now */
  swap(word: number, before: number, after: number): boolean {
    return Atomics.compareExchange(this.#words, word, before | 0, after | 0) === (before | 0)
  }

  get data(): Uint8Array {
    return this.#bytes
  }

  /** Before the memory goes, nothing may lead to it. */
  close(): void {
    this.#words = new Int32Array(DATA_AT / 4)
    this.#bytes = new Uint8Array(0)
    this.#memory.unmap()
  }
}

interface Published {
  /** The number behind its last item. */
  end: number
  offset: number
}

/** The owner's side. */
export class Ring {
  readonly place: MemoryPlace
  readonly #words: Words
  readonly #entries: Published[] = []
  /** Where the next batch is written. */
  #at = 0
  /** How many were claimed, as far as the owner has looked. */
  #seen = 0
  #published = 0
  #written = 0
  /** How many were claimed when something found no room; -1 if everything did. */
  #fullAt = -1

  private constructor(memory: MappedMemory & { place: MemoryPlace }) {
    this.place = memory.place
    this.#words = new Words(memory)
  }

  /** @returns undefined where there can be none */
  static create(): Ring | undefined {
    const memory = createMappedMemory(WHOLE_BYTES)
    return memory ? new Ring(memory) : undefined
  }

  /** How many items it holds that were not claimed when the owner looked last. */
  get unclaimed(): number {
    return (this.#published - this.#seen) >>> 0
  }

  /** @returns how many items others have claimed since the last look; null if what the memory says cannot be */
  look(): number | null {
    const claimed = this.#words.get(CLAIMED)
    const taken = (claimed - this.#seen) >>> 0
    if (taken > this.unclaimed) return null
    this.#seen = claimed
    return taken
  }

  /** The owner takes some itself. @returns whether it has them: not if somebody claimed one since the last look */
  claim(count: number): boolean {
    const after = (this.#seen + count) >>> 0
    if (!this.#words.swap(CLAIMED, this.#seen, after)) return false
    this.#seen = after
    return true
  }

  /** Publishes ranges of batches behind what is published, as far as there is room; then it is `full` until some are claimed. */
  publishAll(ranges: Iterable<{ batch: Batch; start: number; end: number }>): void {
    this.#forgetClaimed()
    for (const { batch, start, end } of ranges) {
      let at = start
      while (at < end) {
        const count = this.#publish(batch, at, end)
        if (count === 0) {
          this.#fullAt = this.#seen
          return
        }
        at += count
      }
    }
  }

  /** Whether nothing more can be published until some more were claimed. */
  get full(): boolean {
    return this.#fullAt === this.#seen
  }

  /** @returns how many items were published, from `start`; 0 if there is no room, or the first of them is too large */
  #publish(batch: Batch, start: number, end: number): number {
    const count = batch.fitting(start, end, MOST_PIECE_BYTES)
    if (count === 0 || this.#entries.length >= ENTRIES) return 0
    const parts = batch.encode(start, start + count)
    const bytes = parts.reduce((sum, { byteLength }) => sum + byteLength, 0)
    const offset = this.#room(bytes)
    if (offset === undefined) return 0
    let at = offset
    for (const part of parts) {
      this.#words.data.set(part, at)
      at += part.byteLength
    }
    this.#at = at
    const entry = ENTRIES_AT + ENTRY_WORDS * (this.#written % ENTRIES)
    this.#words.set(entry, 0)
    this.#words.set(entry + 1, this.#published)
    this.#words.set(entry + 2, count)
    this.#words.set(entry + 3, offset)
    this.#words.set(entry + 4, bytes)
    this.#written = (this.#written + 1) >>> 0
    this.#words.set(entry, this.#written)
    this.#words.set(WRITTEN, this.#written)
    this.#published = (this.#published + count) >>> 0
    this.#entries.push({ end: this.#published, offset })
    this.#words.set(PUBLISHED, this.#published)
    return count
  }

  /** Nobody can take anything out of it any more. */
  close(): void {
    this.#words.set(PUBLISHED, this.#words.get(CLAIMED))
    this.#words.close()
  }

  #forgetClaimed(): void {
    let done = 0
    for (const { end } of this.#entries) {
      // Still some of it to be claimed: its end is ahead of what was seen.
      if ((end - this.#seen) >>> 0 > 0 && (end - this.#seen) >>> 0 <= this.unclaimed) break
      done++
    }
    if (done > 0) this.#entries.splice(0, done)
    if (this.#entries.length === 0) this.#at = 0
  }

  /** @returns where so many bytes fit in one piece; undefined if they do not fit now */
  #room(bytes: number): number | undefined {
    const first = this.#entries[0]
    if (!first) return bytes <= DATA_BYTES ? 0 : undefined
    if (this.#at > first.offset) {
      if (this.#at + bytes <= DATA_BYTES) return this.#at
      return bytes < first.offset ? 0 : undefined
    }
    return this.#at + bytes < first.offset ? this.#at : undefined
  }
}

/** The side of those who get from a queue of another process. */
export class RingGetter {
  readonly #words: Words
  #batch: ReceivedBatch | null = null
  #first = 0
  #broken = false

  private constructor(memory: MappedMemory) {
    this.#words = new Words(memory)
  }

  /** @returns undefined where it cannot be had */
  static open(place: MemoryPlace): RingGetter | undefined {
    const memory = openMappedMemory(place, WHOLE_BYTES)
    return memory ? new RingGetter(memory) : undefined
  }

  /** Whether there was something to take, just now. */
  get hasAny(): boolean {
    return !this.#broken && this.#words.get(CLAIMED) !== this.#words.get(PUBLISHED)
  }

  /**
   * Takes the next item.
   * @returns NOTHING if there is none
   * @throws WireError if it cannot be read; it is gone then
   */
  take(revive: Revive): unknown {
    let last: number | undefined
    for (let tries = 0; tries < MOST_TRIES && !this.#broken; tries++) {
      const claimed = this.#words.get(CLAIMED)
      if (claimed === this.#words.get(PUBLISHED)) return NOTHING
      if (claimed !== last) tries = 0
      last = claimed
      const index = this.#indexOf(claimed)
      if (index === undefined) continue
      const batch = this.#batch as ReceivedBatch
      if (this.#words.swap(CLAIMED, claimed, claimed + 1)) return batch.valueAt(index, revive)
    }
    // The owner has all that is in it too: it must be asked.
    this.#broken = true
    return NOTHING
  }

  close(): void {
    this.#batch = null
    this.#words.close()
  }

  /** @returns where an item is in the batch that is at hand then; undefined if it cannot be found any more, or its batch not be read */
  #indexOf(item: number): number | undefined {
    const index = (item - this.#first) >>> 0
    if (this.#batch && index < this.#batch.count) return index
    const written = this.#words.get(WRITTEN)
    for (let entry = (written - ENTRIES) >>> 0; entry !== written; entry = (entry + 1) >>> 0) {
      const at = this.#copy(entry, item)
      if (at !== undefined) return at
    }
    return undefined
  }

  /** Copies the batch of an entry, if the item is in it. @returns where; undefined also if the entry is written anew just now */
  #copy(entry: number, item: number): number | undefined {
    const at = ENTRIES_AT + ENTRY_WORDS * (entry % ENTRIES)
    const mark = (entry + 1) >>> 0
    const first = this.#words.get(at + 1)
    const index = (item - first) >>> 0
    if (this.#words.get(at) !== mark || index >= this.#words.get(at + 2)) return undefined
    const [offset, bytes] = [this.#words.get(at + 3), this.#words.get(at + 4)]
    if (offset + bytes > DATA_BYTES) return undefined
    const copy = this.#words.data.slice(offset, offset + bytes)
    if (this.#words.get(at) !== mark) return undefined
    try {
      const batch = new ReceivedBatch(copy)
      if (index >= batch.count) return undefined
      this.#batch = batch
    } catch {
      return undefined
    }
    this.#first = first
    return index
  }
}
