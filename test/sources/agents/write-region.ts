/** A region as an agent would write it, and as none would. */
import { writeFileSync } from 'node:fs'
import { REGION } from '../../../src/sources/agents/protocol.ts'

export interface WrittenCell {
  kind: number
  numbers?: number[]
  description?: string
}

export class WrittenRegion {
  readonly bytes = Buffer.alloc(REGION.bytes)
  #end = 0
  #lines = 0
  #cells = 0

  constructor(pid: number, start: number, token: string) {
    this.bytes.write(REGION.magic, REGION.at.magic, 'latin1')
    this.set(REGION.at.pid, pid)
    this.set(REGION.at.start, start)
    this.bytes.write(token, REGION.at.token, 'latin1')
  }

  set(at: number, value: number | bigint): void {
    this.bytes.writeBigUInt64LE(BigInt(value), at)
  }

  tell(line: string | Record<string, unknown>): void {
    const bytes = Buffer.from(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`)
    for (const byte of bytes) this.bytes[REGION.ring.at + (this.#end++ % REGION.ring.bytes)] = byte
    this.set(REGION.at.ringEnd, this.#end)
    this.set(REGION.at.lines, ++this.#lines)
  }

  cell({ kind, numbers = [], description = '{}' }: WrittenCell): void {
    const at = REGION.cells.at + this.#cells * REGION.cells.bytes
    this.set(at, kind)
    for (const [i, number] of numbers.entries()) this.set(at + 8 * (i + 1), number)
    this.bytes.writeUInt16LE(Buffer.byteLength(description), at + 64)
    this.bytes.write(description, at + 66)
    this.set(REGION.at.cellsUsed, ++this.#cells)
  }

  write(path: string, length: number = REGION.bytes): void {
    writeFileSync(path, this.bytes.subarray(0, length), { mode: 0o600 })
  }
}
