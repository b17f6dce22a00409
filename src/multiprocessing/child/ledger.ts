/**
 * What a worker notes for its parent: what it has done and not told yet. It is written where it outlives the worker, so the results of
 * short tasks can leave together, and still it is known which task ended the process, and nothing that was done before is lost. That is
 * a file without a name that the parent holds open too, and memory that both map, once tasks are many and short and where it can be had:
 * a note in the file is a system call, as long as such a task itself, and one in memory a tenth of that.
 *
 * A note is `u32 task + 1 · u32 kind · u32 length · bytes · u32 the complement of the first`, in the machine's order: one that was
 * written in part has no such end, and what is left of older notes has other numbers. Notes begin anew with the first result after
 * all were told; which are still of use, their numbers say.
 *
 * It makes nothing right that would be wrong without it: what cannot be noted is told before the next task begins. And what the
 * parent reads was written by a process that may be broken, so it can settle no more than that process's own tasks.
 */
import { closeSync, readSync, writeSync } from 'node:fs'
import type { Batch } from '../wire/batch/batch.ts'
import { NUMBER_BYTES } from '../wire/batch/form.ts'
import { OwnBatch } from '../wire/batch/own-batch.ts'
import type { Part } from '../wire/batch/part.ts'
import { createMappedMemory, type MemoryPlace, openMappedMemory } from '../wire/mapped-memory.ts'
import { createNamelessFile } from '../wire/nameless-file.ts'

/** The file, as the child inherits it. */
export const LEDGER_FD = 4

const HEAD_BYTES = 12
const END_BYTES = 4
const MOST_BYTES = 64 * 1024
const KINDS = ['numbers', 'texts', 'json', 'values'] as const

/** The worker's side. */
export class Ledger {
  #bytes = Buffer.alloc(MOST_BYTES)
  #at = 0
  /** Where notes go: nowhere if there is no file, or none can be written any more, for a disk that is full stays so for long. */
  #to: 'file' | 'memory' | null

  constructor(hasFile: boolean) {
    this.#to = hasFile ? 'file' : null
  }

  /** From now on notes go to memory, if it can be had; those in the file count as well. */
  useMemory(place: MemoryPlace): void {
    const memory = openMappedMemory(place, MOST_BYTES)
    if (!memory) return
    this.#bytes = Buffer.from(memory.bytes)
    this.#at = 0
    this.#to = 'memory'
  }

  /** Whether a result is short enough to be noted. */
  takes(result: Part | number): boolean {
    const bytes = typeof result === 'number' ? NUMBER_BYTES : result.bytes
    // A character is three bytes at most.
    return this.#to !== null && this.#at + HEAD_BYTES + END_BYTES + 3 * bytes <= MOST_BYTES
  }

  /** All that was noted has been told. */
  begin(): void {
    this.#at = 0
  }

  /**
   * @param task its number among all that the worker was given, from 0
   * @returns whether it is noted; if not, the parent must know of it before the next task begins
   */
  note(task: number, result: Part | number): boolean {
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
    this.#at = this.#bytes.writeUInt32LE(~(task + 1) >>> 0, body + length)
    if (this.#to === 'memory') return true
    try {
      if (writeSync(LEDGER_FD, this.#bytes, start, this.#at - start, start) === this.#at - start) return true
    } catch {
      // No room, for one.
    }
    this.#to = null
    return false
  }
}

/** The parent's side of the file. */
export class LedgerFile {
  readonly fd: number
  #closed = false

  private constructor(fd: number) {
    this.fd = fd
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
    closeSync(this.fd)
  }

  /**
   * Reads it for the last time.
   * @param task the number of the first task whose end was not told
   * @param most how many tasks the child had
   * @returns the results of this task and those after it, as far as they were done, each in a batch of its own
   */
  end(task: number, most: number): Batch[] {
    if (this.#closed) return []
    const bytes = Buffer.alloc(MOST_BYTES)
    let size = 0
    try {
      size = readSync(this.fd, bytes, 0, MOST_BYTES, 0)
    } catch {
      // It says nothing, then.
    }
    this.close()
    return resultsIn(bytes.subarray(0, size), task, most)
  }
}

/** The parent's side of the memory. */
export class LedgerMemory {
  readonly place: MemoryPlace
  readonly #end: () => Buffer

  private constructor(place: MemoryPlace, end: () => Buffer) {
    this.place = place
    this.#end = end
  }

  /** @returns undefined where there can be none */
  static create(): LedgerMemory | undefined {
    const memory = createMappedMemory(MOST_BYTES)
    if (!memory) return undefined
    const bytes = Buffer.from(memory.bytes)
    // Touched now, so that the child finds room, whatever room there is later.
    bytes.fill(0)
    return new LedgerMemory(memory.place, () => {
      const copy = Buffer.from(bytes)
      memory.unmap()
      return copy
    })
  }

  /** Reads it for the last time: as `LedgerFile.end`. Not to be called again. */
  end(task: number, most: number): Batch[] {
    return resultsIn(this.#end(), task, most)
  }
}

/** @returns the results of a task and of those after it */
function resultsIn(bytes: Buffer, task: number, most: number): Batch[] {
  const results: Batch[] = []
  for (let at = 0; results.length < most; ) {
    const note = noteAt(bytes, at)
    if (!note) break
    const ahead = (note.number - (task + 1 + results.length)) | 0
    // Those before it were told, but not yet when these were noted.
    if (ahead === 0) results.push(note.result)
    else if (ahead > 0) break
    at = note.end
  }
  return results
}

/** @returns the note there, and where it ends; undefined if there is none, or none that is whole */
function noteAt(bytes: Buffer, at: number): { number: number; result: Batch; end: number } | undefined {
  if (at + HEAD_BYTES > bytes.byteLength) return undefined
  const number = bytes.readUInt32LE(at)
  const kind = KINDS[bytes.readUInt32LE(at + 4)]
  const end = at + HEAD_BYTES + bytes.readUInt32LE(at + 8)
  if (kind === undefined || end + END_BYTES > bytes.byteLength) return undefined
  if (bytes.readUInt32LE(end) !== ~number >>> 0) return undefined
  const body = bytes.subarray(at + HEAD_BYTES, end)
  if (kind === 'numbers' && body.byteLength !== NUMBER_BYTES) return undefined
  const part = kind === 'numbers' ? body.readDoubleLE() : kind === 'values' ? body : body.toString('utf8')
  if (kind === 'json' && !isJson(part as string)) return undefined
  const result = new OwnBatch()
  result.add({ kind, part, bytes: body.byteLength })
  return { number, result, end: end + END_BYTES }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
