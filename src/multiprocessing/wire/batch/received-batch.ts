/** Batches that come from other processes. */
import { WireError } from '../../errors.ts'
import type { WholeBytes } from '../lent-bytes.ts'
import { giveBackMemory } from '../recycled-memory.ts'
import { BYTES_ENCODING, decodeValue, numbersIn, type Revive } from '../values.ts'
import type { Batch } from './batch.ts'
import { countFitting, HEAD_BYTES, head, KIND, type Kind, LENGTH_BYTES, NUMBER_BYTES, ONE_OF_BYTES } from './form.ts'

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
    const values = new Array<unknown>(count)
    for (let i = 0; i < count; i++) {
      const [start, end] = [offsets[i] as number, offsets[i + 1] as number]
      values[i] = bytes.toString('utf8', start, end)
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
