/** What a worker has noted of its results, for when it ends: input from a process that may be broken. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { Ledger, LedgerMemory } from '../../src/multiprocessing/child/ledger.ts'
import { Pool, WorkerDiedError } from '../../src/multiprocessing/index.ts'
import { partOf } from '../../src/multiprocessing/wire/batch/part.ts'
import { openMappedMemory } from '../../src/multiprocessing/wire/mapped-memory.ts'
import * as targets from '../fixtures/ledger.ts'

const KINDS = { numbers: 0, texts: 1, json: 2, values: 3 }
const { note } = targets

const LEDGER_BYTES = 64 * 1024

function read(content: Buffer, task = 7, most = 100): unknown[] {
  const ledger = LedgerMemory.create() as LedgerMemory
  const memory = openMappedMemory(ledger.place, LEDGER_BYTES)
  content.copy(new Uint8Array(memory?.bytes as ArrayBuffer))
  memory?.unmap()
  return ledger.end(task, most).map((batch) => batch.valueAt(0, () => ({})))
}

const containing = (...notes: Buffer[]) => read(Buffer.concat(notes))

const number = (task: number, value: number) => {
  const body = Buffer.alloc(8)
  body.writeDoubleLE(value)
  return note(task, KINDS.numbers, body)
}

test('results are read from the first task that was not told, one after the other', () => {
  const text = note(8, KINDS.texts, Buffer.from('grün'))
  expect(containing(number(7, 1.5), text, note(9, KINDS.json, Buffer.from('{"a":[1]}')))).toEqual([
    1.5,
    'grün',
    { a: [1] },
  ])
  // Those that were told before are still there if the kernel could not take all at once.
  expect(containing(number(6, 1), number(7, 2))).toEqual([2])
  expect(containing(number(7, 1), number(9, 2))).toEqual([1])
})

test.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['half a head', number(8, 1).subarray(0, 7)],
  ['a head alone', number(8, 1).subarray(0, 12)],
  ['a note without its end', number(8, 1).subarray(0, 20)],
  ['a note with the end of another', Buffer.concat([number(8, 1).subarray(0, 20), number(9, 1).subarray(20)])],
  ['a number of three bytes', note(8, KINDS.numbers, Buffer.alloc(3))],
  ['a number of nine bytes', note(8, KINDS.numbers, Buffer.alloc(9))],
  ['a kind that is none', note(8, 4, Buffer.alloc(8))],
  ['a length beyond the file', note(8, KINDS.texts, Buffer.alloc(4), 5_000)],
  ['a length of 4 GiB', note(8, KINDS.texts, Buffer.alloc(4), 0xffffffff)],
  ['a task of long ago', number(1, 1)],
  ['a task that is further ahead', number(9, 1)],
  ['json that is none', note(8, KINDS.json, Buffer.from('{"a":'))],
])('after the last whole note there is %s: that is no result, and nothing is thrown', (_what, rest) => {
  expect(containing(number(7, 0.5), rest)).toEqual([0.5])
})

test('no more is read than the worker had tasks, and no more than a ledger has', () => {
  const notes = Array.from({ length: 100_000 }, (_, i) => number(i, i))
  const bytes = Buffer.concat(notes)
  expect(read(bytes, 0, 3)).toEqual([0, 1, 2])
  expect(read(bytes, 0, 100_000).length).toBeLessThan(LEDGER_BYTES)
})

/** So many, and so short, that it is worth memory, and some are given ahead. @returns how many */
async function manyShort(pool: Pool): Promise<number> {
  const ROUNDS = 10
  const items = Array.from({ length: 1_000 }, () => 1)
  for (let round = 0; round < ROUNDS; round++) await pool.map(targets.square, items, { chunkSize: 1 })
  return ROUNDS * items.length
}

test('a result that cannot be read fails its task; the next one counts as begun, and no other is harmed', async () => {
  const pool = new Pool(1)
  const before = await manyShort(pool)
  const forged = pool.applyAsync(targets.forgeAndDie, ['a value that is none', before])
  const after = [2, 3, 4].map((n) => pool.applyAsync(targets.square, [n]).get())
  await expect(forged.get()).rejects.toThrow()
  const [next, ...others] = await Promise.allSettled(after)
  if (next?.status === 'rejected') expect(next.reason).toBeInstanceOf(WorkerDiedError)
  expect(others).toMatchObject([{ value: 9 }, { value: 16 }])
  pool.close()
  await pool.join()
})

test('notes are read from the first that was not told', () => {
  const memory = LedgerMemory.create() as LedgerMemory
  const ledger = new Ledger()
  expect(ledger.takes(1)).toBe(false)
  ledger.useMemory(memory.place)
  expect(ledger.takes(1)).toBe(true)
  for (let task = 0; task < 5; task++) ledger.note(task, task + 0.5)
  ledger.begin()
  for (let task = 5; task < 9; task++) ledger.note(task, partOf(`task ${task}`, 'result'))
  expect(ledger.takes({ kind: 'texts', part: '', bytes: 64 * 1024 })).toBe(false)
  expect(memory.end(6, 2).map((batch) => batch.valueAt(0, () => ({})))).toEqual(['task 6', 'task 7'])
})

test('a worker that notes in memory and dies fails the task that it was at, and every task is begun exactly once', async () => {
  const pool = new Pool(1)
  await manyShort(pool)
  const ends = await Promise.allSettled(
    Array.from({ length: 200 }, (_, n) => pool.applyAsync(targets.countAndMaybeDie, [n, 150]).get()),
  )
  const failed = ends.flatMap((end, n) => (end.status === 'rejected' ? [n] : []))
  expect(failed).toEqual([150])
  // A worker that begins one again has not begun what comes before it.
  const counts = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
  expect(counts).toEqual([...Array.from({ length: 150 }, (_, n) => n), ...Array.from({ length: 49 }, (_, n) => n)])
  pool.close()
  await pool.join()
})

test.each(['a number that is too short', 'json that is none', 'nothing any more', 'noise'] as const)(
  'a worker that writes %s and ends fails its task and no other, and the pool goes on',
  async (what) => {
    const pool = new Pool(1)
    const before = await manyShort(pool)
    const forged = pool.applyAsync(targets.forgeAndDie, [what, before])
    const after = [2, 3, 4].map((n) => pool.applyAsync(targets.square, [n]))
    await expect(forged.get()).rejects.toThrow(WorkerDiedError)
    expect(await Promise.all(after)).toEqual([4, 9, 16])
    pool.close()
    await pool.join()
  },
)

const RIGHT = '2000 right, 2000 begun, 2000 of them once\n'

test.each(['1', ''])(
  'without mapped memory ("%s") and with it, a worker that dies fails the task that it was at and no other',
  async (without) => {
    const program = join(import.meta.dirname, '../fixtures/short-tasks.ts')
    const env = { ...process.env, FORKSCOPE_NO_MAPPED_MEMORY: without }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--conditions=forkscope-source', program], {
      env,
      timeout: 60_000,
    })
    expect([stdout, stderr]).toEqual([RIGHT, ''])
  },
  60_000,
)
