/**
 * Memory that a child and its parent share, for what is large: between them a socket holds some 200 KB, so that both sides wait for
 * each other more than they work. It is a file without a name in /dev/shm, read and written like any file, a ring for each direction.
 * Elsewhere than on Linux, where the ring is full, and once anything fails (no memory is left, say), everything goes by the socket.
 *
 * ```
 * 0: u32 bytes read of the way down · 64: u32 bytes read of the way up · 4096: ring down · 4096 + RING_BYTES: ring up
 * ```
 *
 * The writer writes, then says by a frame how long it is; the reader reads the same length, in the same order, and then counts it as
 * read. The counts go around at 2^32. They have only one writer each, and four bytes are written in one piece.
 */
import { closeSync, readSync, writeSync, writevSync } from 'node:fs'
import { WireError } from '../errors.ts'
import { WholeBytes } from './lent-bytes.ts'
import { takeMemory } from './recycled-memory.ts'

/** The file, as the child inherits it. */
export const SHARED_FD = 5

const RING_BYTES = 8 * 1024 * 1024
const RINGS_AT = 4096
const COUNT_BYTES = 4
/** Reading is counted in steps: while the other side writes to the file, the kernel lets nobody else write to it. */
const COUNT_EVERY_BYTES = 1024 * 1024
/** More than this may never fit, for what is read and not counted takes up room. */
const MOST_BYTES = RING_BYTES - COUNT_EVERY_BYTES
/** What is shorter is sooner there by the socket. */
const LEAST_BYTES = 32 * 1024

/** One end of it. */
export class SharedBuffer {
  readonly #fd: number
  readonly #out: { ring: number; count: number }
  readonly #in: { ring: number; count: number }
  readonly #word = Buffer.alloc(COUNT_BYTES)
  #written = 0
  /** How much of that the other side has read, as far as was looked. */
  #readThere = 0
  #read = 0
  /** How much of that the other side can know. */
  #counted = 0
  #broken = false

  constructor(fd: number, side: 'parent' | 'child') {
    const down = { ring: RINGS_AT, count: 0 }
    const up = { ring: RINGS_AT + RING_BYTES, count: 64 }
    this.#fd = fd
    this.#out = side === 'parent' ? down : up
    this.#in = side === 'parent' ? up : down
    if (side === 'parent') this.#keepRoomForCounts()
  }

  /** @returns whether it is in the buffer now, to be told by its length; if not, it must go another way */
  write(parts: readonly Uint8Array[], bytes: number): boolean {
    if (bytes < LEAST_BYTES || bytes > MOST_BYTES || this.#broken) return false
    try {
      if (!this.#hasRoom(bytes)) return false
      let at = this.#written % RING_BYTES
      if (at + bytes <= RING_BYTES) this.#writeAll(parts, bytes, at)
      else {
        for (const part of parts) {
          const first = Math.min(part.byteLength, RING_BYTES - at)
          this.#writeAll([part.subarray(0, first)], first, at)
          if (first < part.byteLength) this.#writeAll([part.subarray(first)], part.byteLength - first, 0)
          at = (at + part.byteLength) % RING_BYTES
        }
      }
    } catch {
      // No memory left to be shared: what was written is not told.
      this.#broken = true
      return false
    }
    this.#written += bytes
    return true
  }

  /**
   * @param bytes as the other side says
   * @param tailBytes how many of them, at the end, get memory of their own
   * @throws WireError if it has not written so much
   */
  read(bytes: number, tailBytes: number): { payload: Buffer; tail: WholeBytes | undefined } {
    if (bytes < LEAST_BYTES || bytes > MOST_BYTES || tailBytes > bytes)
      throw new WireError('A message tells a length that cannot be shared.')
    const payload = takeMemory(bytes - tailBytes)
    // Not filled with zeros first: all of it is written now, or the connection ends.
    const tail = tailBytes > 0 ? new WholeBytes(Buffer.allocUnsafeSlow(tailBytes).buffer, 0, tailBytes) : undefined
    this.#readInto(payload)
    if (tail) this.#readInto(tail)
    if (this.#read - this.#counted >= COUNT_EVERY_BYTES) this.#count()
    return { payload, tail }
  }

  close(): void {
    this.#broken = true
    closeSync(this.#fd)
  }

  /** Memory is given page by page, when it is first written: this page must not be the one that is not there any more. */
  #keepRoomForCounts(): void {
    try {
      writeSync(this.#fd, new Uint8Array(RINGS_AT), 0, RINGS_AT, 0)
    } catch {
      this.#broken = true
    }
  }

  #count(): void {
    this.#word.writeUInt32LE(this.#read % 2 ** 32)
    try {
      writeSync(this.#fd, this.#word, 0, COUNT_BYTES, this.#in.count)
      this.#counted = this.#read
    } catch {
      // The other side takes the ring for full then, and goes by the socket.
    }
  }

  #readInto(data: Uint8Array): void {
    const bytes = data.byteLength
    const at = this.#read % RING_BYTES
    const first = Math.min(bytes, RING_BYTES - at)
    let there = 0
    try {
      there = readSync(this.#fd, data, 0, first, this.#in.ring + at)
      if (first < bytes) there += readSync(this.#fd, data, first, bytes - first, this.#in.ring)
    } catch (cause) {
      throw new WireError('A message is in shared memory that cannot be read.', { cause })
    }
    if (there !== bytes) throw new WireError('A message is shorter than it says.')
    this.#read += bytes
  }

  #hasRoom(bytes: number): boolean {
    if (this.#written - this.#readThere + bytes <= RING_BYTES) return true
    // A file that nothing was counted in yet has no count, which is 0.
    this.#word.fill(0)
    readSync(this.#fd, this.#word, 0, COUNT_BYTES, this.#out.count)
    const unread = (this.#written - this.#word.readUInt32LE()) % 2 ** 32
    this.#readThere = this.#written - (unread < 0 ? unread + 2 ** 32 : unread)
    return this.#written - this.#readThere + bytes <= RING_BYTES
  }

  #writeAll(parts: readonly Uint8Array[], bytes: number, at: number): void {
    const written =
      parts.length === 1
        ? writeSync(this.#fd, parts[0] as Uint8Array, 0, bytes, this.#out.ring + at)
        : writevSync(this.#fd, parts as Uint8Array[], this.#out.ring + at)
    if (written !== bytes) throw new WireError('The shared memory is full.')
  }
}
