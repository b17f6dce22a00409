/**
 * Values as bytes: everything that is structured-cloneable, and the library's own shared objects (queues) at any depth.
 *
 * A value is one byte that names its encoding, then the bytes. Numbers, strings and byte arrays travel raw, everything else by V8's
 * structured clone. A shared object travels as a handle and comes out as an object for the same queue.
 */
import { errorInfo, UnsendableError, WireError } from '../errors.ts'
import { lazy } from '../lazy.ts'
import { checkSize } from './frames.ts'

/** The key of the method that makes an object shared. */
export const sharedHandle: unique symbol = Symbol.for('forkscope.sharedHandle')

/** Something that lives in one process and can be used from all: what is sent is only where to find it. */
export interface Shared {
  /** Plain data from which `revive` makes an equivalent object in another process. */
  [sharedHandle](): SharedHandle
}

export interface SharedHandle {
  kind: string
  id: string
}

/** Makes the object that a handle stands for, in this process. */
export type Revive = (handle: SharedHandle) => object

const ENCODING = { clone: 0, text: 1, bytes: 2, cloneWithShared: 3, number: 4, nothing: 5, numbers: 6 } as const
/** The first byte of an item that is bytes and nothing else. */
export const BYTES_ENCODING = ENCODING.bytes
const MARK = '\u0000forkscope.shared'

function isShared(value: object): value is Shared {
  return sharedHandle in value
}

/** The path of a place inside a value, as it would be written: `[0].pages[3]`. */
function step(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}

/** Plain containers are looked into; everything else is left to V8, which refuses what it cannot clone. */
function children(value: object): [string | number, unknown][] | undefined {
  if (Array.isArray(value)) return value.map((item, index): [number, unknown] => [index, item])
  const prototype = Object.getPrototypeOf(value) as unknown
  return prototype === Object.prototype || prototype === null ? Object.entries(value) : undefined
}

/** Whether a shared object is anywhere inside. Cheap for values without objects in them, which are most. */
function containsShared(value: unknown, seen: Set<object>): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (isShared(value)) return true
  if (ArrayBuffer.isView(value) || seen.has(value)) return false
  seen.add(value)
  if (value instanceof Map) {
    for (const [key, item] of value) if (containsShared(key, seen) || containsShared(item, seen)) return true
    return false
  }
  if (value instanceof Set) {
    for (const item of value) if (containsShared(item, seen)) return true
    return false
  }
  return children(value)?.some(([, item]) => containsShared(item, seen)) ?? false
}

/** Copies the containers on the way to shared objects, which become marks. */
function withMarks(value: unknown, copies: Map<object, object>): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (isShared(value)) return { [MARK]: value[sharedHandle]() }
  const known = copies.get(value)
  if (known) return known
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>()
    copies.set(value, copy)
    for (const [key, item] of value) copy.set(withMarks(key, copies), withMarks(item, copies))
    return copy
  }
  if (value instanceof Set) {
    const copy = new Set<unknown>()
    copies.set(value, copy)
    for (const item of value) copy.add(withMarks(item, copies))
    return copy
  }
  const parts = children(value)
  if (!parts) return value
  const copy: Record<string | number, unknown> = Array.isArray(value) ? ([] as never) : {}
  copies.set(value, copy)
  for (const [key, item] of parts) copy[key] = withMarks(item, copies)
  return copy
}

function withoutMarks(value: unknown, revive: Revive, seen: Set<object>): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return value
  if (MARK in value) return revive((value as Record<string, SharedHandle>)[MARK] as SharedHandle)
  seen.add(value)
  if (value instanceof Map) {
    const entries = [...value]
    value.clear()
    for (const [key, item] of entries) value.set(withoutMarks(key, revive, seen), withoutMarks(item, revive, seen))
  } else if (value instanceof Set) {
    const items = [...value]
    value.clear()
    for (const item of items) value.add(withoutMarks(item, revive, seen))
  } else {
    const parts = children(value)
    if (parts) {
      const container = value as Record<string | number, unknown>
      for (const [key, item] of parts) {
        const revived = withoutMarks(item, revive, seen)
        if (revived !== item) container[key] = revived
      }
    }
  }
  return value
}

/** A place that is deeper down helps nobody, and looking for it may need more room than there is. */
const LONGEST_PATH = 1_000

/** Where inside a value the part is that V8 refuses, or that cannot be read; undefined if it cannot be told. */
function findUnsendable(value: unknown, path: string, seen: Set<unknown>): string | undefined {
  if (typeof value === 'function') return `${path} is a function`
  if (typeof value === 'symbol') return `${path} is a symbol`
  if (typeof value !== 'object' || value === null || seen.has(value) || path.length > LONGEST_PATH) return undefined
  seen.add(value)
  let parts: [string, () => unknown][]
  try {
    if (isShared(value) || ArrayBuffer.isView(value)) return undefined
    if (value instanceof Promise) return `${path} is a promise (await it first)`
    if (value instanceof WeakMap || value instanceof WeakSet) return `${path} is a weak collection`
    parts = partsOf(value, path)
  } catch (error) {
    return cannotBeRead(path, error)
  }
  for (const [place, read] of parts) {
    let part: unknown
    try {
      part = read()
    } catch (error) {
      return cannotBeRead(place, error)
    }
    const found = findUnsendable(part, place, seen)
    if (found) return found
  }
  return undefined
}

/** @returns the parts of an object, each with its path and how it is read, which may throw */
function partsOf(value: object, path: string): [string, () => unknown][] {
  if (value instanceof Map) {
    return [...value].flatMap(([key, item], index): [string, () => unknown][] => [
      [`${path}.key(${index})`, () => key],
      [`${path}.value(${index})`, () => item],
    ])
  }
  if (value instanceof Set) return [...value].map((item, index) => [`${path}.item(${index})`, () => item])
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value)
  return [...keys].map((key) => [step(path, key), () => (value as Record<string | number, unknown>)[key]])
}

const cannotBeRead = (path: string, error: unknown) => `${path} cannot be read: ${errorInfo(error).message}`

function refusal(value: unknown, what: string, cause: unknown): UnsendableError {
  const reason = findUnsendable(value, what, new Set()) ?? `${what}: ${errorInfo(cause).message}`
  return new UnsendableError(`This cannot be sent to another process: ${reason}.`, { cause })
}

function clone(encoding: number, value: unknown, original: unknown, what: string): Uint8Array {
  let bytes: Buffer
  try {
    bytes = lazy.v8.serialize(value)
  } catch (error) {
    throw refusal(original, what, error)
  }
  checkSize(bytes.byteLength, what)
  const whole = new Uint8Array(1 + bytes.byteLength)
  whole[0] = encoding
  whole.set(bytes, 1)
  return whole
}

/** Written where it will stay: for large texts every copy counts. */
function encodeText(text: string, what: string): Uint8Array {
  checkSize(text.length, what)
  // Most texts are ASCII, a byte for each character; where one is not, its length is counted first.
  const guess = Buffer.allocUnsafe(1 + text.length)
  guess[0] = ENCODING.text
  if (utf8.encodeInto(text, guess.subarray(1)).read === text.length) return guess
  const length = Buffer.byteLength(text)
  checkSize(length, what)
  const bytes = Buffer.allocUnsafe(1 + length)
  bytes[0] = ENCODING.text
  bytes.write(text, 1, 'utf8')
  return bytes
}

function raw(encoding: number, bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(1 + bytes.byteLength)
  whole[0] = encoding
  whole.set(bytes, 1)
  return whole
}

const NUMBER_BYTES = 9
const utf8 = new TextEncoder()

function encodeNumber(value: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(NUMBER_BYTES)
  bytes[0] = ENCODING.number
  bytes.writeDoubleBE(value, 1)
  return bytes
}

/**
 * @param what how the value is called in an error, such as `item` or `args`
 * @throws UnsendableError naming the path of the part that cannot travel
 */
export function encodeValue(value: unknown, what: string): Uint8Array {
  if (typeof value === 'number') return encodeNumber(value)
  if (value === undefined) return Uint8Array.of(ENCODING.nothing)
  // A lone surrogate has no UTF-8 form, so such a string is cloned instead.
  if (typeof value === 'string' && value.isWellFormed()) return encodeText(value, what)
  let copy: unknown
  try {
    if (value instanceof Uint8Array && Object.getPrototypeOf(value) === Uint8Array.prototype) {
      checkSize(value.byteLength, what)
      return raw(ENCODING.bytes, value)
    }
    if (containsShared(value, new Set())) copy = withMarks(value, new Map())
  } catch (error) {
    // A getter or a proxy that throws.
    throw error instanceof UnsendableError ? error : refusal(value, what, error)
  }
  if (copy !== undefined) return clone(ENCODING.cloneWithShared, copy, value, what)
  return clone(ENCODING.clone, value, value, what)
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
    case ENCODING.number:
      if (bytes.byteLength !== NUMBER_BYTES) throw new WireError('A message carries a number that cannot be read.')
      return Buffer.from(bytes.buffer, bytes.byteOffset, NUMBER_BYTES).readDoubleBE(1)
    case ENCODING.nothing:
      return undefined
    case ENCODING.numbers: {
      if (bytes.byteLength % 8 !== 0) throw new WireError('A message carries numbers that cannot be read.')
      return numbersIn(bytes.subarray(8))
    }
    case ENCODING.clone:
    case ENCODING.cloneWithShared:
      break
    default:
      throw new WireError('A message carries a value in an encoding that is not known.')
  }
  let value: unknown
  try {
    value = lazy.v8.deserialize(body)
  } catch (error) {
    throw new WireError('A message carries a value that cannot be read.', { cause: error })
  }
  return bytes[0] === ENCODING.cloneWithShared ? withoutMarks(value, revive, new Set()) : value
}
