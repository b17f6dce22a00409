/** Items of many bytes, each a batch of its own. */
import { checkSize } from '../frames.ts'
import { WholeBytes } from '../lent-bytes.ts'
import { giveBackMemory, takeMemory } from '../recycled-memory.ts'
import { BYTES_ENCODING } from '../values.ts'
import type { Batch } from './batch.ts'
import { HEAD_BYTES, head, KIND, ONE_OF_BYTES } from './form.ts'

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
