/**
 * Bytes that are only lent to who sends them: the program or the next message may change them as soon as `send` returns. What has
 * left by shared memory then was never copied; what has not must be.
 */
export class LentBytes extends Uint8Array {}

/** Lent bytes at the end of a payload that arrive in memory of their own, so that they need not be copied out of a message. */
export class WholeBytes extends LentBytes {}

/** What is longer is not lent memory but gets its own, so that one large message does not keep memory for ever. */
const MOST_BYTES = 16 * 1024 * 1024

let scratch: Buffer | undefined

/** @returns memory for a payload that is lent, valid until it is asked for again; undefined for too much */
export function scratchOf(bytes: number): Buffer | undefined {
  if (bytes > MOST_BYTES) return undefined
  if (!scratch || scratch.byteLength < bytes) {
    scratch = Buffer.allocUnsafeSlow(Math.max(256 * 1024, 2 ** Math.ceil(Math.log2(bytes))))
  }
  return scratch
}

/** @returns the same bytes in memory that nobody else changes */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes instanceof LentBytes ? new Uint8Array(bytes) : bytes
}
