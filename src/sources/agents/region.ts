/** Reads one region, as `protocol.ts` has it. Whoever writes it may be broken or hostile: what does not fit is left out and counted. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { isRecord, isText } from '../../shared/checks.ts'
import { CELL, CELL_FIELDS, CELL_KINDS, type CellKind, REGION } from './protocol.ts'

export interface ReadCell {
  index: number
  /** Another one than before means that the cell is another thing's. */
  generation: number
  kind: CellKind
  /** What the numbers 1 to 7 are called is in `CELL_FIELDS`. */
  fields: Readonly<Record<string, number>>
  /** Plain data of its own making. */
  description: Readonly<Record<string, unknown>>
}

export interface RegionHead {
  pid: number
  start: number
  token: string
}

export interface RegionRead {
  cells: ReadCell[]
  /** What was told since the last time, in order. Each is an object with a text `e`. */
  lines: Record<string, unknown>[]
  /** Lines that are lost: overwritten before they were read, or never written. In all. */
  lost: number
  /** Lines and cells that are none. In all. */
  malformed: number
  /** Objects that have no cell. */
  untold: number
}

const HEAD_BYTES = 128
const { at: AT, cells: CELLS, ring: RING, mostLineBytes } = REGION
const WORD = 8
/** A line is looked at only when it is far enough from what is being overwritten. */
const SAFE_BYTES = RING.bytes - mostLineBytes

export class Region {
  readonly head: RegionHead
  readonly #descriptor: number
  readonly #buffer = Buffer.alloc(Math.max(CELLS.count * CELLS.bytes, RING.bytes))
  /** Of each cell, what its description was made of: it is parsed once. */
  readonly #descriptions = new Map<number, { text: string; value: Record<string, unknown> }>()
  #readTo = 0
  #linesRead = 0
  #lost = 0
  #malformed = 0
  #half = Buffer.alloc(0)

  /** @throws Error if there is no region there that this user made and nobody else can write, or it is not begun yet */
  constructor(path: string) {
    this.#descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const { size, uid, mode, nlink } = fstatSync(this.#descriptor)
      const isOurs =
        uid === process.geteuid?.() && (mode & 0o177) === 0 && (mode & constants.S_IFMT) === constants.S_IFREG
      if (!isOurs || size !== REGION.bytes || nlink !== 1) throw new Error('This is no region.')
      const bytes = this.#read(0, HEAD_BYTES)
      if (bytes.toString('latin1', AT.magic, AT.magic + REGION.magic.length) !== REGION.magic)
        throw new Error('It is not begun.')
      const token = bytes.toString('latin1', AT.token, AT.token + 32)
      this.head = { pid: numberAt(bytes, AT.pid), start: numberAt(bytes, AT.start), token }
    } catch (error) {
      closeSync(this.#descriptor)
      throw error
    }
  }

  /** The file that it is, as `/proc/PID/maps` and `/proc/PID/fd` name it. */
  get identity(): { device: number; inode: number } {
    const { dev, ino } = fstatSync(this.#descriptor)
    return { device: dev, inode: ino }
  }

  /** @returns what is true now, and what was told since the last time */
  poll(): RegionRead {
    // What is read next comes into the same memory.
    const head = Buffer.from(this.#read(0, HEAD_BYTES))
    const lines = this.#readLines(numberAt(head, AT.ringEnd), numberAt(head, AT.lines))
    const cells = this.#readCells(Math.min(numberAt(head, AT.cellsUsed), CELLS.count))
    const [lost, untold] = [this.#lost + numberAt(head, AT.dropped), numberAt(head, AT.untold)]
    return { cells, lines, lost, malformed: this.#malformed, untold }
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #read(at: number, length: number): Buffer {
    const got = readSync(this.#descriptor, this.#buffer, 0, length, at)
    // A file that was cut short reads as nothing from there on.
    this.#buffer.fill(0, got, length)
    return this.#buffer.subarray(0, length)
  }

  #readLines(end: number, written: number): Record<string, unknown>[] {
    if (end < this.#readTo) return []
    if (end - this.#readTo > SAFE_BYTES) this.#jump(end)
    if (end === this.#readTo) return []
    const from = this.#readTo
    const bytes = this.#readRing(from, end)
    const after = numberAt(this.#read(0, HEAD_BYTES), AT.ringEnd)
    if (after - from > SAFE_BYTES) {
      // It was being overwritten meanwhile.
      this.#jump(after)
      return []
    }
    this.#readTo = end
    const lines = this.#parse(bytes)
    // Each line is counted before it is in the ring: what was overwritten is what is missing.
    const missing = written - this.#linesRead - this.#lost
    if (missing > 0 && this.#half.length === 0) this.#lost += missing
    return lines
  }

  /** What lies before is lost, and what comes next begins in the middle of a line. */
  #jump(end: number): void {
    this.#readTo = end
    this.#half = Buffer.alloc(0)
  }

  #readRing(from: number, end: number): Buffer {
    const bytes = Buffer.allocUnsafe(end - from)
    const at = from % RING.bytes
    const first = Math.min(bytes.length, RING.bytes - at)
    this.#read(RING.at + at, first).copy(bytes)
    if (first < bytes.length) this.#read(RING.at, bytes.length - first).copy(bytes, first)
    return bytes
  }

  #parse(bytes: Buffer): Record<string, unknown>[] {
    const all = this.#half.length > 0 ? Buffer.concat([this.#half, bytes]) : bytes
    const lines: Record<string, unknown>[] = []
    let from = 0
    for (let to = all.indexOf(0x0a); to >= 0; to = all.indexOf(0x0a, from)) {
      const line = parsed(all.toString('utf8', from, to))
      this.#linesRead++
      if (line && isText(line.e)) lines.push(line)
      else this.#malformed++
      from = to + 1
    }
    this.#half = Buffer.from(all.subarray(from))
    if (this.#half.length > mostLineBytes) {
      this.#malformed++
      this.#half = Buffer.alloc(0)
    }
    return lines
  }

  #readCells(count: number): ReadCell[] {
    const bytes = this.#read(CELLS.at, count * CELLS.bytes)
    const cells: ReadCell[] = []
    for (let index = 0; index < count; index++) {
      const at = index * CELLS.bytes
      const mark = numberAt(bytes, at)
      const kind = CELL_KINDS[(mark % 256) as keyof typeof CELL_KINDS]
      if (kind === undefined) continue
      const description = this.#description(index, bytes, at + CELL.descriptionAt)
      if (!description) continue
      const names: readonly string[] = CELL_FIELDS[kind]
      const fields = Object.fromEntries(names.map((name, i) => [name, numberAt(bytes, at + (i + 1) * WORD)]))
      cells.push({ index, generation: Math.floor(mark / 256), kind, fields, description })
    }
    return cells
  }

  #description(index: number, bytes: Buffer, at: number): Record<string, unknown> | undefined {
    const length = bytes.readUInt16LE(at)
    if (length > CELL.mostDescriptionBytes) return undefined
    const text = bytes.toString('utf8', at + 2, at + 2 + length)
    const known = this.#descriptions.get(index)
    if (known?.text === text) return known.value
    // One that is being written is looked at again the next time.
    const value = parsed(text)
    if (!value) return undefined
    this.#descriptions.set(index, { text, value })
    return value
  }
}

/** @returns a number of 64 bits; one that does not fit into 53 becomes 0: an agent has none */
function numberAt(bytes: Buffer, at: number): number {
  const value = bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 0x1_0000_0000
  return Number.isSafeInteger(value) ? value : 0
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
