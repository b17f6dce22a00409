/**
 * Values as bytes: everything that is structured-cloneable, and the library's own shared objects (queues) at any depth.
 *
 * A value is one byte that names its encoding, then the bytes. Strings, byte arrays and lists of numbers travel raw, everything else by V8's
 * structured clone, with what that does not copy exactly written apart (`specials.ts`). What arrives is what was sent, or it is refused.
 */
import { UnsendableError, WireError } from '../errors.ts'
import { lazy } from '../lazy.ts'
import { checkSize } from './frames.ts'
import { refusal } from './refusal.ts'
import { type Packed, pack, type Revive, unpack } from './specials.ts'
import { isLeftToV8 } from './survey.ts'

export { type Shared, type SharedHandle, sharedHandle } from './kinds-of-values.ts'
export type { Revive } from './specials.ts'

const ENCODING = { clone: 0, text: 1, bytes: 2, cloneWithNotes: 3, nothing: 4, numbers: 5 } as const
/** The first byte of an item that is bytes and nothing else. */
export const BYTES_ENCODING = ENCODING.bytes

function encodeText(text: string, what: string): Uint8Array {
  const length = Buffer.byteLength(text)
  checkSize(length, what)
  const bytes = Buffer.allocUnsafe(1 + length)
  bytes[0] = ENCODING.text
  bytes.write(text, 1)
  return bytes
}

function raw(encoding: number, bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(1 + bytes.byteLength)
  whole[0] = encoding
  whole.set(bytes, 1)
  return whole
}

/**
 * @param what how the value is called in an error, such as `item` or `args`
 * @throws UnsendableError naming the path of the part that cannot travel, or the limit if all of it is too much
 */
export function encodeValue(value: unknown, what: string): Uint8Array {
  if (value === undefined) return Uint8Array.of(ENCODING.nothing)
  // A lone surrogate has no UTF-8 form, so such a string is cloned instead.
  if (typeof value === 'string' && value.isWellFormed()) return encodeText(value, what)
  try {
    if (isBytes(value)) {
      checkSize(value.byteLength, what)
      return raw(ENCODING.bytes, value)
    }
    if (isLeftToV8(value, what)) return clone(ENCODING.clone, value, what)
    return clone(ENCODING.cloneWithNotes, pack(value), what)
  } catch (error) {
    // A getter or a proxy that throws, or what V8 refuses.
    throw error instanceof UnsendableError ? error : refusal(value, what, error)
  }
}

/** Whether there may be shared objects in an encoded value. */
export function hasNotes(bytes: Uint8Array): boolean {
  return bytes[0] === ENCODING.cloneWithNotes
}

function isBytes(value: unknown): value is Uint8Array {
  return (
    value instanceof Uint8Array &&
    Object.getPrototypeOf(value) === Uint8Array.prototype &&
    value.buffer instanceof ArrayBuffer
  )
}

function clone(encoding: number, value: unknown, what: string): Uint8Array {
  const bytes = lazy.v8.serialize(value)
  checkSize(bytes.byteLength, what)
  return raw(encoding, bytes)
}

/**
 * A list of the library's own making, which has nothing but its items: many numbers are written one behind the other.
 * @throws UnsendableError naming the path of the part that cannot travel
 */
export function encodeList(list: readonly unknown[], what: string): Uint8Array {
  if (list.length === 0 || !list.every((item) => typeof item === 'number')) return encodeValue(list, what)
  checkSize(8 * list.length, what)
  // The first number has its place after eight bytes, where it can be written as what it is.
  const bytes = new Uint8Array(8 + 8 * list.length)
  const numbers = new Float64Array(bytes.buffer, 8)
  numbers.set(list as number[])
  bytes[0] = ENCODING.numbers
  return bytes
}

/** @returns the numbers that are written one behind the other, wherever in the memory they begin */
export function numbersIn(bytes: Uint8Array): number[] {
  const aligned = new Float64Array(bytes.byteLength / 8)
  new Uint8Array(aligned.buffer).set(bytes)
  // Three times as fast as pushing them, and seven times as `Array.from`.
  const numbers = new Array<number>(aligned.length)
  for (let i = 0; i < aligned.length; i++) numbers[i] = aligned[i] as number
  return numbers
}

/** @returns the value that the bytes stand for; throws WireError if they stand for none */
export function decodeValue(bytes: Uint8Array, revive: Revive): unknown {
  const body = bytes.subarray(1)
  switch (bytes[0]) {
    case ENCODING.text:
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', 1)
    case ENCODING.bytes:
      return new Uint8Array(body)
    case ENCODING.nothing:
      return undefined
    case ENCODING.numbers: {
      if (bytes.byteLength % 8 !== 0) throw new WireError('A message carries numbers that cannot be read.')
      return numbersIn(bytes.subarray(8))
    }
    case ENCODING.clone:
    case ENCODING.cloneWithNotes:
      break
    default:
      throw new WireError('A message carries a value in an encoding that is not known.')
  }
  try {
    const value = deserialize(body)
    return bytes[0] === ENCODING.clone ? value : unpack(value as Packed, revive)
  } catch (error) {
    if (error instanceof WireError) throw error
    throw new WireError('A message carries a value that cannot be read.', { cause: error })
  }
}

type Deserializer = new (bytes: Uint8Array) => { readHeader(): boolean; readValue(): unknown }
let OwnDeserializer: Deserializer | undefined

/** As V8's own, but for arrays of bytes and numbers: those would be parts of the message, which has others too. */
function deserialize(bytes: Uint8Array): unknown {
  OwnDeserializer ??= class extends lazy.v8.DefaultDeserializer {
    _readHostObject(): ArrayBufferView {
      // Node's own method, which its types do not tell.
      const read = (lazy.v8.DefaultDeserializer.prototype as unknown as { _readHostObject(): ArrayBufferView })
        ._readHostObject
      const view = read.call(this)
      if (view instanceof DataView) {
        return new DataView(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength))
      }
      return sliceOfTyped.call(view as Uint8Array)
    }
  }
  const reader = new OwnDeserializer(bytes)
  reader.readHeader()
  return reader.readValue()
}

/** Not `view.slice`, which is another for a Buffer. */
const sliceOfTyped = Object.getPrototypeOf(Uint8Array.prototype).slice as (this: Uint8Array) => Uint8Array
