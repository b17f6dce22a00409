/**
 * What a child notes for its parent: items that it has taken (`queue/claims.ts`), and, of a worker, what it has done and not told yet.
 * It is written where it outlives the worker: a file without a name that its parent holds open
 * too. A note costs half a microsecond, a message several; so the results of short tasks can leave together, and still it is known
 * which task ended the process, and nothing that was done before is lost.
 *
 * A note is `u32 task + 1 · u32 kind · u32 length · bytes`, in the machine's order, and after the last one there is a zero. Notes
 * begin anew with the first result after all were told; which are still of use, their numbers say.
 */
import { closeSync, readSync, writeSync } from 'node:fs'
import { type Batch, NUMBER_BYTES, OwnBatch, type Part } from '../queue/batch.ts'
import { ClaimBoard } from '../queue/claims.ts'
import { createNamelessFile } from '../wire/nameless-file.ts'

/** The file, as the child inherits it. */
export const LEDGER_FD = 4

const HEAD_BYTES = 12
const MOST_BYTES = 64 * 1024
const KINDS = ['numbers', 'texts', 'json', 'values'] as const

/** The worker's side. */
export class Ledger {
  readonly #bytes = Buffer.alloc(MOST_BYTES)
  #at = 0

  /** Whether a result is short enough to be noted. */
  takes(result: Part | number): boolean {
    const bytes = typeof result === 'number' ? NUMBER_BYTES : result.bytes
    // A character is three bytes at most.
    return this.#at + HEAD_BYTES + 4 + 3 * bytes <= MOST_BYTES
  }

  /** All that was noted has been told. */
  begin(): void {
    this.#at = 0
  }

  /** @param task its number among all that the worker was given, from 0 */
  note(task: number, result: Part | number): void {
    const { kind, part } = typeof result === 'number' ? { kind: 'numbers' as const, part: result } : result
    const start = this.#at
    const body = start + HEAD_BYTES
    let length: number
    if (typeof part === 'number') length = this.#bytes.writeDoubleLE(part, body) - body
    else if (typeof part === 'string') length = this.#bytes.write(part, body, 'utf8')
    else length = Buffer.from(part.buffer, part.byteOffset, part.byteLength).copy(this.#bytes, body)
    this.#bytes.writeUInt32LE((task + 1) >>> 0, start)
    this.#bytes.writeUInt32LE(KINDS.indexOf(kind), start + 4)
    this.#bytes.writeUInt32LE(length, start + 8)
    this.#at = body + length
    this.#bytes.writeUInt32LE(0, this.#at)
    writeSync(LEDGER_FD, this.#bytes, start, this.#at + 4 - start, start)
  }
}

/** The parent's side. */
export class LedgerFile {
  readonly fd: number
  /** What the child has taken of the items that came ahead to it. */
  readonly claims: ClaimBoard
  #closed = false

  private constructor(fd: number) {
    this.fd = fd
    this.claims = new ClaimBoard(fd)
  }

  /** @returns undefined where there can be none */
  static create(): LedgerFile | undefined {
    const fd = createNamelessFile()
    return fd === undefined ? undefined : new LedgerFile(fd)
  }

  /** Calling it again does nothing. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.claims.close()
    closeSync(this.fd)
  }

  /**
   * Reads it for the last time.
   * @param task the number of the first task whose end was not told
   * @returns the results of this task and those after it, as far as they were done, each in a batch of its own
   */
  end(task: number): Batch[] {
    if (this.#closed) return []
    const bytes = Buffer.alloc(MOST_BYTES)
    const size = readSync(this.fd, bytes, 0, MOST_BYTES, 0)
    this.close()
    const results: Batch[] = []
    let at = 0
    while (at + HEAD_BYTES <= size && bytes.readUInt32LE(at) === (task + 1 + results.length) >>> 0) {
      const kind = KINDS[bytes.readUInt32LE(at + 4)]
      const start = at + HEAD_BYTES
      at = start + bytes.readUInt32LE(at + 8)
      if (kind === undefined || at > size) break
      const body = bytes.subarray(start, at)
      const part = kind === 'numbers' ? body.readDoubleLE() : kind === 'values' ? body : body.toString('utf8')
      const batch = new OwnBatch()
      batch.add({ kind, part, bytes: body.byteLength })
      results.push(batch)
    }
    return results
  }
}
