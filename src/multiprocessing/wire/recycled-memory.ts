/**
 * Memory for large messages that are read, and for large bytes that wait to be sent, used again: fresh memory costs more than to
 * write into it, because the kernel must give it page by page. Whoever needs it no more gives it back; what is not given back is the
 * collector's, as ever.
 */

const LEAST_BYTES = 32 * 1024
/** So much of it is kept at most. */
const MOST_KEPT_BYTES = 8 * 1024 * 1024

const free = new Map<number, ArrayBuffer[]>()
/** What was handed out, by itself: a part of it, which others may have parts of too, is never taken for it. */
const lent = new WeakSet<Uint8Array>()
let keptBytes = 0

/** Four sizes from one power of two to the next, so that little is wasted and much fits again. */
function sizeFor(bytes: number): number {
  const step = 2 ** (Math.floor(Math.log2(bytes)) - 2)
  return Math.ceil(bytes / step) * step
}

/** @returns memory of at least so many bytes, with anything in it, cut to them */
export function takeMemory(bytes: number): Buffer<ArrayBuffer> {
  const size = sizeFor(Math.max(bytes, LEAST_BYTES))
  const known = free.get(size)?.pop()
  if (known) keptBytes -= size
  const memory = known ?? Buffer.allocUnsafeSlow(size).buffer
  const whole = Buffer.from(memory, 0, bytes)
  lent.add(whole)
  return whole
}

/** @param bytes what `takeMemory` gave, that nobody will read any more; anything else is left alone */
export function giveBackMemory(bytes: Uint8Array): void {
  const memory = bytes.buffer as ArrayBuffer
  if (!lent.delete(bytes) || keptBytes + memory.byteLength > MOST_KEPT_BYTES) return
  keptBytes += memory.byteLength
  const others = free.get(memory.byteLength)
  if (others) others.push(memory)
  else free.set(memory.byteLength, [memory])
}
