/**
 * Items in a row, as they travel and as they are kept: encoded together, because that costs a fraction of one by one.
 *
 * ```
 * u8 kind · 3 bytes unused · u32 count · body
 *   numbers: f64 each
 *   ascii, utf8, json, values: u32 length of each · the items, one behind the other (`json`: with a comma between)
 * ```
 *
 * Numbers are in the machine's order: both ends are on the same machine. Whoever passes a batch on, or cuts it in two, decodes
 * nothing. What a batch holds is fixed when it is put: numbers and strings cannot change, and plain data is written as JSON then.
 */
import { WireError } from '../errors.ts'
import { checkSize } from '../wire/frames.ts'
import { LentBytes, scratchOf, WholeBytes } from '../wire/lent-bytes.ts'
import { plainJson } from '../wire/plain-json.ts'
import { giveBackMemory, takeMemory } from '../wire/recycled-memory.ts'
import {
  BYTES_ENCODING,
  decodeValue,
  encodeList,
  encodeValue,
  hasNotes,
  numbersIn,
  type Revive,
} from '../wire/values.ts'

const KIND = { values: 0, numbers: 1, ascii: 2, utf8: 3, json: 4 } as const
type Kind = (typeof KIND)[keyof typeof KIND]

/** What a batch is made of where it is made: it gets its kind with its first item. */
type PartKind = 'numbers' | 'texts' | 'json' | 'values'

const HEAD_BYTES = 8
const LENGTH_BYTES = 4
/** What comes before the bytes of an item of bytes that is alone: head, length, and how it is encoded. */
const ONE_OF_BYTES = HEAD_BYTES + LENGTH_BYTES + 1

/** A batch takes no more items than this, and none once it has so many bytes. */
export const MAX_BATCH_ITEMS = 4_096
export const MAX_BATCH_BYTES = 512 * 1024

/** A rough size of what an item takes besides its characters. */
export const NUMBER_BYTES = 8

/** A range of items. */
export interface Batch {
  readonly count: number
  /** About so many bytes, when all of it is sent. */
  readonly byteLength: number
  /** Takes an item out as a value; for each index once. Throws WireError if it cannot be read. */
  valueAt(index: number, revive: Revive): unknown
  /** @returns the items from `start` up to `end` as the payload of a frame, in parts */
  encode(start: number, end: number): Uint8Array[]
  /** @returns all items in the same form, for who sends them at once: it may be in memory that changes afterwards */
  lend(): Uint8Array[]
  /** @returns how many items from `start`, and at most up to `end`, take no more than so many bytes together, about */
  fitting(start: number, end: number, mostBytes: number): number
  /** All that was lent has been sent, and nobody will ask for it again. */
  sent?(): void
}

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
    if (this.#kind === 'values') return encodeValues(parts as Uint8Array[])
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

/** Shorter ones are as soon copied. */
const LEAST_LENT_BYTES = 32 * 1024

/** Whether an item is bytes that can be sent without copying them first. */
export function isLargeBytes(item: unknown): item is Uint8Array<ArrayBuffer> {
  return (
    ArrayBuffer.isView(item) &&
    item instanceof Uint8Array &&
    item.byteLength >= LEAST_LENT_BYTES &&
    Object.getPrototypeOf(item) === Uint8Array.prototype &&
    item.buffer instanceof ArrayBuffer
  )
}

/** One item of many bytes. They belong to the program, which may change them: what is not sent at once is copied. */
export class BytesBatch implements Batch {
  readonly count = 1
  protected readonly bytes: Uint8Array<ArrayBuffer>

  /** @throws UnsendableError if they are too many */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    checkSize(bytes.byteLength, 'item')
    this.bytes = bytes
  }

  get byteLength(): number {
    return ONE_OF_BYTES + this.bytes.byteLength
  }

  valueAt(): unknown {
    return new Uint8Array(this.bytes)
  }

  encode(): Uint8Array[] {
    return [this.#head(), this.kept()]
  }

  fitting(start: number, end: number, mostBytes: number): number {
    return this.byteLength <= mostBytes ? end - start : 0
  }

  /** @returns the bytes as they are now, whatever the program does to them */
  protected kept(): Uint8Array {
    return new Uint8Array(this.bytes)
  }

  lend(): Uint8Array[] {
    const { buffer, byteOffset, byteLength } = this.bytes
    return [this.#head(), new WholeBytes(buffer, byteOffset, byteLength)]
  }

  #head(): Uint8Array {
    const bytes = Buffer.alloc(ONE_OF_BYTES)
    head(bytes, KIND.values, 1)
    bytes.writeUInt32LE(1 + this.bytes.byteLength, HEAD_BYTES)
    bytes[ONE_OF_BYTES - 1] = BYTES_ENCODING
    return bytes
  }
}

/** One item of many bytes, as they are when this is made: for who must wait before they can be sent. */
export class CopiedBytesBatch extends BytesBatch {
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    checkSize(bytes.byteLength, 'item')
    const copy = takeMemory(bytes.byteLength)
    copy.set(bytes)
    super(copy)
  }

  protected override kept(): Uint8Array {
    return this.bytes
  }

  sent(): void {
    giveBackMemory(this.bytes)
  }
}

/** An item in the form in which a batch keeps it. */
export interface Part {
  kind: PartKind
  part: number | string | Uint8Array
  bytes: number
  /** The value itself, if there may be shared objects in it: they last as long as what may be decoded more than once. */
  keeps?: unknown
}

/** Shorter ones have never too many bytes, whatever their characters. */
const LONG_STRING = 256 * 1024 * 1024

function bytesOfPart(part: Part['part']): number {
  if (typeof part === 'number') return NUMBER_BYTES
  return LENGTH_BYTES + (typeof part === 'string' ? part.length : part.byteLength)
}

function countFitting(start: number, end: number, mostBytes: number, bytesOf: (index: number) => number): number {
  let left = mostBytes - HEAD_BYTES
  let at = start
  while (at < end) {
    left -= bytesOf(at)
    if (left < 0) break
    at++
  }
  return at - start
}

/** @throws UnsendableError naming the place inside `what` that cannot travel */
export function partOf(value: unknown, what: string): Part {
  if (typeof value === 'number') return { kind: 'numbers', part: value, bytes: NUMBER_BYTES }
  if (typeof value === 'string') {
    if (value.isWellFormed()) {
      if (value.length > LONG_STRING) checkSize(Buffer.byteLength(value), what)
      return { kind: 'texts', part: value, bytes: LENGTH_BYTES + value.length }
    }
  } else {
    const json = plainJson(value)
    if (json !== undefined) return { kind: 'json', part: json, bytes: LENGTH_BYTES + json.length }
  }
  return valuePart(encodeValue(value, what), value)
}

function valuePart(part: Uint8Array, value: unknown): Part {
  const bytes = LENGTH_BYTES + part.byteLength
  return hasNotes(part) ? { kind: 'values', part, bytes, keeps: value } : { kind: 'values', part, bytes }
}

/** The same, with a number as itself: most items are numbers, and there are millions of them. @throws as `partOf` */
export function itemPart(value: unknown, what: string): Part | number {
  return typeof value === 'number' ? value : partOf(value, what)
}

/** Lists up to this length are looked through for plain data; longer ones are mostly alike. */
const SHORT_LIST = 16

/**
 * A list of which only the elements count: the arguments of a call, the items of a chunk of calls, or their results. Many have
 * one number and nothing else, which is written as what it is: whoever reads a list calls `listOf`.
 * @throws as `partOf`
 */
export function listPart(list: readonly unknown[], what: string): Part | number {
  if (list.length > SHORT_LIST) {
    return valuePart(encodeList(list, what), list)
  }
  return list.length === 1 && typeof list[0] === 'number' ? list[0] : partOf(list, what)
}

/** @returns the list that `listPart` wrote; throws WireError if it is none */
export function listOf(value: unknown): unknown[] {
  if (typeof value === 'number') return [value]
  if (!Array.isArray(value)) throw new WireError('A message carries something where a list must be.')
  return value
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

function head(bytes: Buffer, kind: Kind, count: number): void {
  bytes.writeUInt32LE(kind, 0)
  bytes.writeUInt32LE(count, 4)
}

function encodeNumbers(numbers: readonly number[]): Uint8Array {
  const aligned = new Float64Array(1 + numbers.length)
  for (let i = 0; i < numbers.length; i++) aligned[i + 1] = numbers[i] as number
  const bytes = Buffer.from(aligned.buffer)
  head(bytes, KIND.numbers, numbers.length)
  return bytes
}

/** In the mean longer texts are written one by one; shorter ones are sooner joined first. */
const LONG_TEXT = 128
const MOST_BYTES_A_CHARACTER = 3

/** @param lent whether it may be in memory that is used for the next one too */
function encodeTexts(texts: readonly string[], between: '' | ',', lent: boolean): Uint8Array {
  if (between === '') {
    let characters = 0
    for (const one of texts) characters += one.length
    if (characters >= LONG_TEXT * texts.length) return encodeLongTexts(texts, characters, lent)
  }
  const text = texts.join(between)
  const bodyBytes = Buffer.byteLength(text)
  const isAscii = bodyBytes === text.length
  const tableBytes = HEAD_BYTES + LENGTH_BYTES * texts.length
  const bytes = Buffer.allocUnsafe(tableBytes + bodyBytes)
  head(bytes, between === ',' ? KIND.json : isAscii ? KIND.ascii : KIND.utf8, texts.length)
  let at = HEAD_BYTES
  for (const one of texts) {
    bytes.writeUInt32LE(isAscii ? one.length : Buffer.byteLength(one), at)
    at += LENGTH_BYTES
  }
  bytes.write(text, tableBytes, isAscii ? 'latin1' : 'utf8')
  return bytes
}

function encodeLongTexts(texts: readonly string[], characters: number, lent: boolean): Uint8Array {
  const tableBytes = HEAD_BYTES + LENGTH_BYTES * texts.length
  const scratch = scratchOf(tableBytes + MOST_BYTES_A_CHARACTER * characters)
  let bytes = scratch
  if (!bytes) {
    let bodyBytes = 0
    for (const one of texts) bodyBytes += Buffer.byteLength(one)
    bytes = Buffer.allocUnsafeSlow(tableBytes + bodyBytes)
  }
  let at = tableBytes
  for (let i = 0; i < texts.length; i++) {
    const written = bytes.write(texts[i] as string, at)
    bytes.writeUInt32LE(written, HEAD_BYTES + LENGTH_BYTES * i)
    at += written
  }
  head(bytes, at - tableBytes === characters ? KIND.ascii : KIND.utf8, texts.length)
  if (bytes !== scratch) return bytes
  return lent ? new LentBytes(bytes.buffer as ArrayBuffer, bytes.byteOffset, at) : Buffer.from(bytes.subarray(0, at))
}

function encodeValues(values: readonly Uint8Array[]): Uint8Array[] {
  const table = Buffer.allocUnsafe(HEAD_BYTES + LENGTH_BYTES * values.length)
  head(table, KIND.values, values.length)
  let total = 0
  for (let i = 0; i < values.length; i++) {
    const { byteLength } = values[i] as Uint8Array
    table.writeUInt32LE(byteLength, HEAD_BYTES + LENGTH_BYTES * i)
    total += byteLength
  }
  // Small ones are copied together: a part of a write costs more than its bytes.
  return total <= 1_024 * values.length ? [Buffer.concat([table, ...values])] : [table, ...values]
}

const UNREADABLE = 'A message carries items that cannot be read.'

/** A batch that came from another process, or is on its way through this one. Decoded when the first item is taken. */
export class ReceivedBatch implements Batch {
  readonly count: number
  readonly #payload: Uint8Array
  readonly #bytes: Buffer
  readonly #kind: Kind
  /** Where each item begins, and the last ends, from the start of the payload; null for numbers. */
  #offsets: Uint32Array | null = null
  #values: unknown[] | null = null
  /** Which of several cannot be decoded, though the others can. */
  #unreadable: Set<number> | null = null
  readonly #tail: WholeBytes | undefined
  #taken = 0
  /** Whether somebody else may have a part of the bytes. */
  #passedOn = false

  /**
   * @param payload as `encode` made it; it is kept. Throws WireError if it is something else
   * @param tail what follows it, if that is in memory of its own: an item of bytes
   */
  constructor(payload: Uint8Array, tail?: WholeBytes) {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
    if (bytes.byteLength < HEAD_BYTES) throw new WireError(UNREADABLE)
    const kind = bytes.readUInt32LE(0)
    this.count = bytes.readUInt32LE(4)
    this.#payload = payload
    this.#bytes = bytes
    this.#tail = tail
    this.#kind = kind as Kind
    if (tail && !(kind === KIND.values && this.count === 1 && bytes.byteLength === ONE_OF_BYTES)) {
      throw new WireError(UNREADABLE)
    }
    const unit = kind === KIND.numbers ? NUMBER_BYTES : LENGTH_BYTES
    const whole = HEAD_BYTES + unit * this.count
    const fits = kind === KIND.numbers ? whole === bytes.byteLength : whole <= bytes.byteLength
    if (kind > KIND.json || this.count === 0 || !fits) throw new WireError(UNREADABLE)
    if (kind !== KIND.numbers) this.#locate()
  }

  get byteLength(): number {
    return this.#bytes.byteLength + (this.#tail?.byteLength ?? 0)
  }

  valueAt(index: number, revive: Revive): unknown {
    if (this.#kind === KIND.values) return this.#tail ? this.#wholeBytes() : this.#decodeOne(index, revive)
    this.#values ??= this.#decode()
    if (this.#unreadable?.has(index)) throw new WireError(UNREADABLE)
    const value = this.#values[index]
    // All have been taken, and all that was decoded is a copy.
    if (++this.#taken === this.count && !this.#passedOn) giveBackMemory(this.#payload)
    return value
  }

  lend(): Uint8Array[] {
    return this.encode(0, this.count)
  }

  encode(start: number, end: number): Uint8Array[] {
    this.#passedOn = true
    if (start === 0 && end === this.count) return this.#tail ? [this.#bytes, this.#tail] : [this.#bytes]
    const headBytes = Buffer.allocUnsafe(HEAD_BYTES)
    head(headBytes, this.#kind, end - start)
    if (this.#kind === KIND.numbers) {
      return [headBytes, this.#bytes.subarray(HEAD_BYTES + NUMBER_BYTES * start, HEAD_BYTES + NUMBER_BYTES * end)]
    }
    const lengths = this.#bytes.subarray(HEAD_BYTES + LENGTH_BYTES * start, HEAD_BYTES + LENGTH_BYTES * end)
    return [headBytes, lengths, this.#slice(start, end)]
  }

  fitting(start: number, end: number, mostBytes: number): number {
    if (this.byteLength <= mostBytes) return end - start
    if (this.#tail) return 0
    if (this.#kind === KIND.numbers) return countFitting(start, end, mostBytes, () => NUMBER_BYTES)
    const offsets = this.#offsets as Uint32Array
    return countFitting(
      start,
      end,
      mostBytes,
      (index) => LENGTH_BYTES + (offsets[index + 1] as number) - (offsets[index] as number),
    )
  }

  #decodeOne(index: number, revive: Revive): unknown {
    return decodeValue(this.#slice(index, index + 1), revive)
  }

  /** JSON of which something is none: the rest is as good as ever. */
  #decodeOneByOne(): unknown[] {
    this.#unreadable = new Set()
    const values = new Array<unknown>(this.count)
    for (let i = 0; i < this.count; i++) {
      try {
        values[i] = JSON.parse(this.#slice(i, i + 1).toString('utf8'))
      } catch {
        this.#unreadable.add(i)
      }
    }
    return values
  }

  /** The tail is nobody else's, so it is the item. */
  #wholeBytes(): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.#tail as WholeBytes
    if (this.#bytes[ONE_OF_BYTES - 1] !== BYTES_ENCODING) throw new WireError(UNREADABLE)
    return new Uint8Array(buffer, byteOffset, byteLength)
  }

  #locate(): void {
    const bytes = this.#bytes
    const between = this.#kind === KIND.json ? 1 : 0
    const offsets = new Uint32Array(this.count + 1)
    let at = HEAD_BYTES + LENGTH_BYTES * this.count
    for (let i = 0; i < this.count; i++) {
      offsets[i] = at
      at += bytes.readUInt32LE(HEAD_BYTES + LENGTH_BYTES * i) + between
      if (at > this.byteLength + between) throw new WireError(UNREADABLE)
    }
    offsets[this.count] = at
    if (at !== this.byteLength + between) throw new WireError(UNREADABLE)
    this.#offsets = offsets
  }

  #slice(start: number, end: number): Buffer {
    const offsets = this.#offsets as Uint32Array
    const between = this.#kind === KIND.json ? 1 : 0
    return this.#bytes.subarray(offsets[start] as number, (offsets[end] as number) - between)
  }

  #decode(): unknown[] {
    const { count } = this
    const bytes = this.#bytes
    if (this.#kind === KIND.numbers) {
      return numbersIn(bytes.subarray(HEAD_BYTES))
    }
    if (this.#kind === KIND.json) {
      return decodeJsonItems(this.#slice(0, count).toString('utf8'), count) ?? this.#decodeOneByOne()
    }
    const offsets = this.#offsets as Uint32Array
    const encoding = this.#kind === KIND.ascii ? 'latin1' : 'utf8'
    const values = new Array<unknown>(count)
    for (let i = 0; i < count; i++) {
      const [start, end] = [offsets[i] as number, offsets[i + 1] as number]
      values[i] = bytes.toString(encoding, start, end)
    }
    return values
  }
}

/** @returns undefined if they are not all what they should be */
function decodeJsonItems(text: string, count: number): unknown[] | undefined {
  try {
    const values: unknown[] = JSON.parse(`[${text}]`)
    return values.length === count ? values : undefined
  } catch {
    return undefined
  }
}

/**
 * @returns the items of ranges of batches, in order, up to the first that cannot be read; the error if that is the very first, which
 * then is the only one that is lost
 */
export function readableIn(
  ranges: readonly { batch: Batch; start: number; end: number }[],
  reviver: Revive,
): { values: unknown[]; error?: Error } {
  const values: unknown[] = []
  for (const { batch, start, end } of ranges) {
    for (let i = start; i < end; i++) {
      try {
        values.push(batch.valueAt(i, reviver))
      } catch (error) {
        return values.length > 0 ? { values } : { values, error: error as Error }
      }
    }
  }
  return { values }
}

/** @param sizes the byte lengths of the batches in the payload; throws WireError if it is something else */
export function batchesIn(
  payload: Uint8Array,
  tail: WholeBytes | undefined,
  sizes: readonly number[] | undefined,
): ReceivedBatch[] {
  if (!sizes) return [new ReceivedBatch(payload, tail)]
  let at = 0
  return sizes.map((size, index) => {
    const end = at + size
    // What is in memory of its own is the end of the last one.
    const batch = new ReceivedBatch(payload.subarray(at, end), index === sizes.length - 1 ? tail : undefined)
    at = end
    return batch
  })
}
