/**
 * Frames on the byte stream between two processes.
 *
 * ```
 * u32 length of what follows · u16 length of the header · header (UTF-8 JSON, an object with `type`) · payload (opaque bytes)
 * ```
 *
 * With the highest bit of the first length set, the payload is two u32: the length of what the sender has put into the memory that the
 * two share (`shared-buffer.ts`), and how much of it, at its end, is to be in memory of its own. Numbers are big-endian. The header is
 * read by every process on the way, the payload only by the two ends. Bytes come from processes that may be broken: a length is checked
 * before anything is kept for it.
 */
import { isNotDeeper } from '../../shared/checks.ts'
import type { ErrorInfo } from '../../shared/telemetry.ts'
import { isErrorInfo } from '../../shared/telemetry-check.ts'
import { UnsendableError, WireError } from '../errors.ts'
import { ownBytes, WholeBytes } from './lent-bytes.ts'
import type { SharedBuffer } from './shared-buffer.ts'

export interface Header {
  type: string
}

export interface Frame {
  header: Header
  payload: Uint8Array
  /** What follows the payload, in memory of its own. */
  tail?: WholeBytes | undefined
}

/** What follows a header: its parts, or what makes them when they are about to be written. */
export type Payload = readonly Uint8Array[] | (() => readonly Uint8Array[])

/** A frame longer than this closes the connection. Four GiB is what the length field could say. */
export const MAX_FRAME_BYTES = 1024 * 1024 * 1024
const MAX_HEADER_BYTES = 0xffff
/** What a value may have at most: the rest is for what is around it. */
const MAX_VALUE_BYTES = MAX_FRAME_BYTES - 1024 * 1024
const PREFIX_BYTES = 6
const LENGTH_BYTES = 4
/** Set in a frame's length where the payload is in shared memory. */
const SHARED = 0x80000000
const SHARED_LENGTH_BYTES = 8

/**
 * Called before anything is changed for what is about to be sent.
 * @param what as it is called in the message, such as `item`
 * @throws UnsendableError that says the limit
 */
export function checkSize(bytes: number, what: string): void {
  if (bytes <= MAX_VALUE_BYTES) return
  const [size, limit] = [bytes, MAX_VALUE_BYTES].map((count) => count.toLocaleString('en'))
  throw new UnsendableError(
    `This cannot be sent to another process: ${what} takes ${size} bytes, and at most ${limit} (1 GiB) travel at once.`,
  )
}

/**
 * @param shared what is shared with the receiver, if anything; a long payload is put there
 * @returns the frame's bytes, the payload's parts behind the prefix and header, uncopied but for those that are lent
 * @throws WireError if the header or the whole is too long
 */
export function encodeFrame(
  header: Header,
  payload: readonly Uint8Array[],
  shared?: SharedBuffer | null,
): Uint8Array[] {
  const text = Buffer.from(JSON.stringify(header))
  let payloadBytes = 0
  for (const part of payload) payloadBytes += part.byteLength
  const length = 2 + text.byteLength + payloadBytes
  if (text.byteLength > MAX_HEADER_BYTES) throw new WireError('A message has too long a header to be sent.')
  if (length > MAX_FRAME_BYTES) {
    throw new WireError(`A message of ${length} bytes is too large: at most ${MAX_FRAME_BYTES} travel at once.`)
  }
  if (shared?.write(payload, payloadBytes)) {
    const whole = Buffer.allocUnsafe(PREFIX_BYTES + text.byteLength + SHARED_LENGTH_BYTES)
    whole.writeUInt32BE((SHARED + 2 + text.byteLength + SHARED_LENGTH_BYTES) >>> 0, 0)
    whole.writeUInt16BE(text.byteLength, 4)
    text.copy(whole, PREFIX_BYTES)
    const last = payload.at(-1)
    whole.writeUInt32BE(payloadBytes, PREFIX_BYTES + text.byteLength)
    whole.writeUInt32BE(last instanceof WholeBytes ? last.byteLength : 0, PREFIX_BYTES + text.byteLength + 4)
    return [whole]
  }
  const start = Buffer.allocUnsafe(PREFIX_BYTES + text.byteLength)
  start.writeUInt32BE(length, 0)
  start.writeUInt16BE(text.byteLength, 4)
  text.copy(start, PREFIX_BYTES)
  return [start, ...payload.map(ownBytes)]
}

/** @returns plain data as a payload */
export function encodeJson(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

/** What is nested deeper could not be written as JSON again, or walked through. */
const MOST_LEVELS = 64

/** @throws WireError if the payload is not JSON, or nested too deep */
export function decodeJson(payload: Uint8Array): unknown {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8'))
  } catch {
    throw new WireError('A message carries data that cannot be read.')
  }
  if (!isNotDeeper(value, MOST_LEVELS)) throw new WireError('A message carries data that is nested too deep.')
  return value
}

/** @throws WireError if the payload is no error */
export function decodeErrorInfo(payload: Uint8Array): ErrorInfo {
  const error = decodeJson(payload)
  if (!isErrorInfo(error)) throw new WireError('A message carries an error that is none.')
  return error
}

function parseFrame(bytes: Buffer, shared: SharedBuffer | null | undefined): Frame {
  const headerLength = bytes.readUInt16BE(0)
  if (headerLength + 2 > bytes.byteLength) throw new WireError('A message has a header longer than itself.')
  let header: unknown
  try {
    header = JSON.parse(bytes.toString('utf8', 2, 2 + headerLength))
  } catch {
    throw new WireError('A message has a header that cannot be read.')
  }
  if (typeof header !== 'object' || header === null || typeof (header as Header).type !== 'string') {
    throw new WireError('A message has a header without a type.')
  }
  const payload = bytes.subarray(2 + headerLength)
  if (shared === undefined) return { header: header as Header, payload }
  if (!shared || payload.byteLength !== SHARED_LENGTH_BYTES) throw new WireError('A message shares what is not shared.')
  return { header: header as Header, ...shared.read(payload.readUInt32BE(0), payload.readUInt32BE(4)) }
}

/** For a frame that says it is longer than this, no more is kept ready than twice what has come of it. */
const KEPT_READY_BYTES = 256 * 1024

/** Puts the frames of a byte stream together again, whatever pieces it arrives in. */
export class FrameReader {
  /** What there is of a frame that is not complete. */
  #partial = Buffer.alloc(0)
  #filled = 0
  /** What is shared with the sender. */
  shared: SharedBuffer | null = null

  /**
   * @param chunk the next bytes; nothing of them is kept, for a short frame would keep all of them in memory
   * @returns the frames that are complete now, in order
   * @throws WireError on bytes that are no frames; the reader must not be used after that
   */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = []
    let at = 0
    while (at < chunk.byteLength) {
      if (this.#filled > 0) {
        at += this.#fill(chunk.subarray(at))
        const length = this.#length
        if (this.#filled < LENGTH_BYTES || this.#filled < LENGTH_BYTES + length) continue
        const whole = this.#partial.subarray(LENGTH_BYTES, LENGTH_BYTES + length)
        frames.push(parseFrame(whole, this.#sharedBy(this.#partial.readUInt32BE(0))))
        this.#partial = Buffer.alloc(0)
        this.#filled = 0
        continue
      }
      const left = chunk.byteLength - at
      const end =
        left < LENGTH_BYTES ? Number.POSITIVE_INFINITY : at + LENGTH_BYTES + checkLength(chunk.readUInt32BE(at))
      if (end <= chunk.byteLength) {
        const whole = Buffer.from(chunk.subarray(at + LENGTH_BYTES, end))
        frames.push(parseFrame(whole, this.#sharedBy(chunk.readUInt32BE(at))))
        at = end
      } else at += this.#fill(chunk.subarray(at))
    }
    return frames
  }

  /** @returns undefined for a frame that brings its payload with it */
  #sharedBy(length: number): SharedBuffer | null | undefined {
    return length >= SHARED ? this.shared : undefined
  }

  /** The length of the frame that has begun; 0 as long as that is not known. */
  get #length(): number {
    return this.#filled < LENGTH_BYTES ? 0 : checkLength(this.#partial.readUInt32BE(0))
  }

  /** Takes what belongs to the frame that has begun, or only its length while that is not known. @returns how many bytes */
  #fill(bytes: Buffer): number {
    const known = this.#filled >= LENGTH_BYTES
    const whole = LENGTH_BYTES + (known ? this.#length : 0)
    const count = Math.min(bytes.byteLength, whole - this.#filled)
    const needed = this.#filled + count
    if (needed > this.#partial.byteLength || (known && this.#filled === LENGTH_BYTES)) {
      const ready = Math.min(whole, Math.max(KEPT_READY_BYTES, 2 * needed))
      if (ready > this.#partial.byteLength) {
        const larger = Buffer.allocUnsafe(ready)
        this.#partial.copy(larger, 0, 0, this.#filled)
        this.#partial = larger
      }
    }
    bytes.copy(this.#partial, this.#filled, 0, count)
    this.#filled = needed
    return count
  }
}

/** @returns how many bytes of a frame follow its length */
function checkLength(word: number): number {
  const length = word >= SHARED ? word - SHARED : word
  if (length < 2) throw new WireError('A message is too short to be one.')
  if (length > MAX_FRAME_BYTES) throw new WireError(`A message says it has ${length} bytes, more than are allowed.`)
  return length
}
