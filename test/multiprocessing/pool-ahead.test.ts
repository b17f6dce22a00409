/** Tasks that are given to a worker ahead of their time: faster, and as exact as one by one. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Barrier, Event, Pool, WorkerDiedError } from '../../src/multiprocessing/index.ts'
import { TaskLength } from '../../src/multiprocessing/pool/ahead.ts'
import * as targets from '../fixtures/pool.ts'
import { waitUntil } from '../wait-until.ts'
import { runObserved as run } from './observed.ts'

const folder = mkdtempSync(join(tmpdir(), 'forkscope-ahead-'))
afterAll(() => rmSync(folder, { recursive: true }))

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)

test('short tasks are given ahead, and each is told to begin after the one before it has ended', async () => {
  const observed = await run(async () => {
    await using pool = new Pool(1)
    const results = numbers(500).map((n) => pool.applyAsync(targets.square, [n]))
    expect(await Promise.all(results.map((result) => result.get()))).toEqual(numbers(500).map((n) => n * n))
  })
  const order = observed.events.flatMap((event) =>
    event.type === 'task.started' || event.type === 'task.finished' ? [`${event.type} ${event.task}`] : [],
  )
  expect(order).toEqual(numbers(500).flatMap((n) => [`task.started 0/task${n + 1}`, `task.finished 0/task${n + 1}`]))
})

test.each([20, 150, 299])(
  'a worker that dies in task %i fails that one only, and every task is begun exactly once',
  async (deadly) => {
    const file = join(folder, `deadly-${deadly}`)
    await run(async () => {
      await using pool = new Pool(2)
      const results = numbers(300).map((n) => pool.applyAsync(targets.noteAndMaybeDie, [file, n, deadly]))
      const ends = await Promise.allSettled(results.map((result) => result.get()))
      for (const [n, end] of ends.entries()) {
        if (n === deadly) expect(end).toMatchObject({ status: 'rejected', reason: expect.any(WorkerDiedError) })
        else expect(end).toEqual({ status: 'fulfilled', value: n })
      }
    })
    const begun = readFileSync(file, 'utf8').trim().split('\n').map(Number)
    expect(begun.sort((a, b) => a - b)).toEqual(numbers(300))
  },
)

test('what waits behind a long task is given back to a worker that has nothing to do', async () => {
  await run(async (self) => {
    await using pool = new Pool(2)
    await Promise.all(numbers(200).map((n) => pool.applyAsync(targets.squareSlowly, [n, 0]).get()))
    const long = pool.applyAsync(targets.squareSlowly, [1, 3_000])
    const short = numbers(40).map((n) => pool.applyAsync(targets.square, [n]))
    await Promise.all(short.map((result) => result.get()))
    expect(long.ready()).toBe(false)
    await waitUntil('all short ones are told to have ended', () => self.of('task.finished').length === 240)
  })
})

test('a task that a worker is about to begin is not given back, however long its last result takes to leave', async () => {
  await run(async () => {
    await using pool = new Pool(2)
    for (let round = 0; round < 8; round++) {
      await Promise.all(numbers(200).map((n) => pool.applyAsync(targets.square, [n]).get()))
      const large = await Promise.all(numbers(40).map(() => pool.applyAsync(targets.bytes, [400_000]).get()))
      expect(large.map(({ length }) => length)).toEqual(numbers(40).map(() => 400_000))
    }
  })
})

test('a pool that is terminated fails also what it gave ahead', async () => {
  await run(async () => {
    const pool = new Pool(1)
    await Promise.all(numbers(100).map((n) => pool.applyAsync(targets.square, [n]).get()))
    const results = [pool.applyAsync(targets.loop, []), ...numbers(50).map((n) => pool.applyAsync(targets.square, [n]))]
    const ended = Promise.allSettled(results.map((result) => result.get()))
    pool.terminate()
    await pool.join()
    for (const end of await ended) expect(end).toMatchObject({ status: 'rejected', reason: { name: 'StateError' } })
  })
})

test('nothing is given ahead once tasks are long', () => {
  const length = new TaskLength()
  expect(length.depth).toBe(1)
  for (let i = 0; i < 10; i++) length.note(0.1)
  expect(length.depth).toBe(64)
  for (let i = 0; i < 10; i++) length.note(50)
  expect(length.depth).toBe(1)
})

test('an urgent task comes before those that were given ahead', async () => {
  const order: string[] = []
  await run(async () => {
    await using pool = new Pool(1)
    await pool.map(targets.square, numbers(200), { chunkSize: 1 })
    const gate = new Event()
    const note = (name: string) => ({ callback: () => order.push(name) })
    const results: PromiseLike<unknown>[] = [pool.applyAsync(targets.pass, [gate], note('gate'))]
    for (const n of numbers(120)) results.push(pool.applyAsync(targets.square, [n], note(`task ${n}`)))
    results.push(pool.applyAsync(targets.square, [1], { priority: -1, ...note('urgent') }))
    // The worker is asked for those ahead before it hears of this.
    await gate.set()
    await Promise.all(results)
  })
  expect(order).toEqual(['gate', 'urgent', ...numbers(120).map((n) => `task ${n}`)])
})

test('long tasks after many short ones are shared by all workers', async () => {
  await run(async () => {
    await using pool = new Pool(2)
    const barrier = new Barrier(2)
    // How many are given ahead is learnt from short ones, which may be long on a busy machine.
    for (let round = 0; round < 3; round++) {
      await pool.map(targets.square, numbers(2_000), { chunkSize: 1 })
      // None of them ends before the other worker is at one, too.
      const meetings = numbers(12).map((): [Barrier, number] => [barrier, 5])
      expect(await pool.starmap(targets.computeAndMeet, meetings, { chunkSize: 1 })).toHaveLength(12)
    }
  })
})

test('a worker ends after as many tasks as it may, not counting those it gave back', async () => {
  const observed = await run(async () => {
    await using pool = new Pool(2, { maxTasksPerChild: 50 })
    expect(await pool.map(targets.square, numbers(200), { chunkSize: 1 })).toEqual(numbers(200).map((n) => n * n))
  })
  const begun = new Map<string, number>()
  for (const { process } of observed.of('task.started')) begun.set(process, (begun.get(process) ?? 0) + 1)
  for (const count of begun.values()) expect(count).toBeLessThanOrEqual(50)
})
