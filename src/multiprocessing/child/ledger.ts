/**
 * What a worker notes for its parent: what it has done and not told yet, in memory that both have mapped and that outlives the worker. So
 * the results of short tasks can leave together, and still it is known which task ended the process, and nothing that was done before
 * is lost. Without it, or where a note does not fit, a result is told before the next task begins.
 *
 * A note is `u32 task + 1 · u32 kind · u32 length · bytes · u32 the complement of the first`, in the machine's order: one that was
 * written in part has no such end, and what is left of older notes has other numbers. Notes begin anew with the first result after
 * all were told; which are still of use, their numbers say. What the parent reads was written by a process that may be broken, so it
 * can settle no more than that process's own tasks.
 */
import type { Batch } from '../wire/batch/batch.ts'
import { NUMBER_BYTES } from '../wire/batch/form.ts'
import { OwnBatch } from '../wire/batch/own-batch.ts'
import type { Part } from '../wire/batch/part.ts'
import { createMappedMemory, type MemoryPlace, openMappedMemory } from '../wire/mapped-memory.ts'

const HEAD_BYTES = 12
const END_BYTES = 4
const MOST_BYTES = 64 * 1024
const KINDS = ['numbers', 'texts', 'json', 'values'] as const

/** The worker's side. */
export class Ledger {
  #bytes: Buffer | null = null
  #at = 0

  /** From now on results can be noted, if the memory can be had here. */
  useMemory(place: MemoryPlace): void {
    const memory = openMappedMemory(place, MOST_BYTES)
    if (memory) this.#bytes = Buffer.from(memory.bytes)
  }

  /** Whether a result is short enough to be noted. */
  takes(result: Part | number): boolean {
    const bytes = typeof result === 'number' ? NUMBER_BYTES : result.bytes
    // A character is three bytes at most.
    return this.#bytes !== null && this.#at + HEAD_BYTES + END_BYTES + 3 * bytes <= MOST_BYTES
  }

  /** All that was noted has been told. */
  begin(): void {
    this.#at = 0
  }

  /** @param task its number among all that the worker was given, from 0; `result` is one that it takes */
  note(task: number, result: Part | number): void {
    const bytes = this.#bytes as Buffer
    const { kind, part } = typeof result === 'number' ? { kind: 'numbers' as const, part: result } : result
    const start = this.#at
    const body = start + HEAD_BYTES
    let length: number
    if (typeof part === 'number') length = bytes.writeDoubleLE(part, body) - body
    else if (typeof part === 'string') length = bytes.write(part, body, 'utf8')
    else length = Buffer.from(part.buffer, part.byteOffset, part.byteLength).copy(bytes, body)
    bytes.writeUInt32LE((task + 1) >>> 0, start)
    bytes.writeUInt32LE(KINDS.indexOf(kind), start + 4)
    bytes.writeUInt32LE(length, start + 8)
    this.#at = bytes.writeUInt32LE(~(task + 1) >>> 0, body + length)
  }
}

/** The parent's side. */
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

  /**
   * Reads it for the last time; not to be called again.
   * @param task the number of the first task whose end was not told
   * @param most how many tasks the child had
   * @returns the results of this task and those after it, as far as they were done, each in a batch of its own
   */
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
