/**
 * Memory that a child and its parent have both mapped, for what is large: between them a socket holds some 200 KB, so that both sides
 * wait for each other more than they work. It has a ring for each direction. Where it cannot be had, and where the ring is full,
 * everything goes by the socket.
 *
 * ```
 * 0: u32 bytes read of the way down · 64: u32 bytes read of the way up · 4096: ring down · 4096 + RING_BYTES: ring up
 * ```
 *
 * The writer writes, then says by a frame how long it is; the reader reads the same length, in the same order, and then counts it as
 * read. The counts go around at 2^32, and have only one writer each.
 */
import { WireError } from '../errors.ts'
import { WholeBytes } from './lent-bytes.ts'
import { createMappedMemory, type MappedMemory, type MemoryPlace, openMappedMemory } from './mapped-memory.ts'
import { takeMemory } from './recycled-memory.ts'

const RING_BYTES = 8 * 1024 * 1024
const RINGS_AT = 4096
const WHOLE_BYTES = RINGS_AT + 2 * RING_BYTES
const COUNTS_APART = 16
/** What is shorter is sooner there by the socket. */
export const LEAST_SHARED_BYTES = 32 * 1024

/** One end of it. */
export class SharedBuffer {
  readonly #memory: MappedMemory
  #counts: Int32Array
  #out: Uint8Array
  #in: Uint8Array
  readonly #outCount: number
  readonly #inCount: number
  #written = 0
  #read = 0

  constructor(memory: MappedMemory, side: 'parent' | 'child') {
    const [down, up] = [0, 1].map((ring) => new Uint8Array(memory.bytes, RINGS_AT + ring * RING_BYTES, RING_BYTES))
    this.#memory = memory
    this.#counts = new Int32Array(memory.bytes, 0, RINGS_AT / 4)
    this.#out = (side === 'parent' ? down : up) as Uint8Array
    this.#in = (side === 'parent' ? up : down) as Uint8Array
    this.#outCount = side === 'parent' ? 0 : COUNTS_APART
    this.#inCount = side === 'parent' ? COUNTS_APART : 0
  }

  /** @returns the parent's end, and where the child finds the memory; undefined where there can be none */
  static create(): { buffer: SharedBuffer; place: MemoryPlace } | undefined {
    const memory = createMappedMemory(WHOLE_BYTES)
    return memory ? { buffer: new SharedBuffer(memory, 'parent'), place: memory.place } : undefined
  }

  /** @returns the child's end; undefined where it cannot be had */
  static open(place: MemoryPlace): SharedBuffer | undefined {
    const memory = openMappedMemory(place, WHOLE_BYTES)
    return memory ? new SharedBuffer(memory, 'child') : undefined
  }

  /** @returns whether it is in the buffer now, to be told by its length; if not, it must go another way */
  write(parts: readonly Uint8Array[], bytes: number): boolean {
    if (bytes < LEAST_SHARED_BYTES || bytes > RING_BYTES - this.#unread) return false
    for (const part of parts) {
      const at = this.#written % RING_BYTES
      const first = Math.min(part.byteLength, RING_BYTES - at)
      this.#out.set(first < part.byteLength ? part.subarray(0, first) : part, at)
      if (first < part.byteLength) this.#out.set(part.subarray(first), 0)
      this.#written += part.byteLength
    }
    return true
  }

  /**
   * @param bytes as the other side says
   * @param tailBytes how many of them, at the end, get memory of their own
   * @throws WireError for a length that cannot be
   */
  read(bytes: number, tailBytes: number): { payload: Buffer; tail: WholeBytes | undefined } {
    if (bytes < LEAST_SHARED_BYTES || bytes > this.#in.byteLength || tailBytes > bytes)
      throw new WireError('A message tells a length that cannot be shared.')
    const payload = takeMemory(bytes - tailBytes)
    // Not filled with zeros first: all of it is written now.
    const tail = tailBytes > 0 ? new WholeBytes(Buffer.allocUnsafeSlow(tailBytes).buffer, 0, tailBytes) : undefined
    this.#readInto(payload)
    if (tail) this.#readInto(tail)
    Atomics.store(this.#counts, this.#inCount, this.#read | 0)
    return { payload, tail }
  }

  /** Nothing can be written or read any more. */
  close(): void {
    this.#counts = new Int32Array(RINGS_AT / 4)
    // Before the memory goes, nothing may lead to it. Of no ring, everything is unread.
    this.#out = this.#in = new Uint8Array(0)
    this.#written = RING_BYTES
    this.#memory.unmap()
  }

  /** What the other side has not read yet; whatever it says, no more than there is. */
  get #unread(): number {
    const unread = (this.#written - Atomics.load(this.#counts, this.#outCount)) >>> 0
    return Math.min(unread, RING_BYTES)
  }

  #readInto(data: Uint8Array): void {
    const at = this.#read % RING_BYTES
    const first = Math.min(data.byteLength, RING_BYTES - at)
    data.set(this.#in.subarray(at, at + first))
    if (first < data.byteLength) data.set(this.#in.subarray(0, data.byteLength - first), first)
    this.#read += data.byteLength
  }
}
