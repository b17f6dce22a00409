/** A hundred thousand tasks: nothing takes longer for each the more there are. */
import { expect, test, vi } from 'vitest'
import { asCompleted, Pool, ProcessPoolExecutor } from '../../src/multiprocessing/index.ts'
import type { Task } from '../../src/multiprocessing/pool/task.ts'
import { TaskList } from '../../src/multiprocessing/pool/task-list.ts'
import * as targets from '../fixtures/pool.ts'
import { chance } from '../seeded.ts'
import { observe } from './observed.ts'

// How long it takes is the machine's affair; what it costs is counted.
vi.setConfig({ testTimeout: 90_000 })

const MANY = 100_000
/** What it may cost this process, which is the same however busy the machine is. Quadratic ways take many times as much. */
const MOST_CPU_MS = 1_000

const many = <T>(make: (i: number) => T) => Array.from({ length: MANY }, (_, i) => make(i))

async function cpuMsOf(what: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await what()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

test('an executor cancels a hundred thousand futures at its end', async () => {
  const executor = new ProcessPoolExecutor(2)
  const futures = many((i) => executor.submit(targets.squareSlowly, i, 50))
  expect(await cpuMsOf(() => executor.shutdown({ cancelFutures: true }))).toBeLessThan(MOST_CPU_MS)
  expect(futures.filter((future) => future.cancelled()).length).toBeGreaterThanOrEqual(MANY - 2)
  expect(futures.every((future) => future.done())).toBe(true)
})

test.each([
  ['from the first', 1],
  ['from the last', -1],
])('a hundred thousand futures are cancelled one by one, %s', async (_how, order) => {
  const executor = new ProcessPoolExecutor(1)
  const futures = many((i) => executor.submit(targets.squareSlowly, i, 50))
  if (order < 0) futures.reverse()
  let cancelled = 0
  const cpuMs = await cpuMsOf(() => {
    for (const future of futures) if (future.cancel()) cancelled++
  })
  expect(cpuMs).toBeLessThan(MOST_CPU_MS)
  expect(cancelled).toBeGreaterThanOrEqual(MANY - 1)
  await executor.shutdown()
})

test('one signal takes back a hundred thousand tasks', async () => {
  await using pool = new Pool(2)
  const controller = new AbortController()
  let ends: Promise<unknown>[] = []
  const submitMs = await cpuMsOf(() => {
    ends = many((i) => pool.applyAsync(targets.squareSlowly, [i, 60_000], { signal: controller.signal }).get())
  })
  expect(submitMs).toBeLessThan(2 * MOST_CPU_MS)
  expect(await cpuMsOf(() => controller.abort(new Error('enough')))).toBeLessThan(MOST_CPU_MS)
  const reasons = await Promise.all(ends.map((end) => end.catch((error: Error) => error.message)))
  expect(reasons.every((reason) => reason === 'enough')).toBe(true)
})

test('a hundred thousand tasks, each more urgent than the one before, are submitted and ended', async () => {
  const pool = new Pool(1)
  const cpuMs = await cpuMsOf(() => {
    for (let i = 0; i < MANY; i++) pool.applyAsync(targets.squareSlowly, [i, 60_000], { priority: -i })
    pool.terminate()
  })
  expect(cpuMs).toBeLessThan(2 * MOST_CPU_MS)
  await pool.join()
})

test('a hundred thousand futures are given as they are completed', async () => {
  await using executor = new ProcessPoolExecutor(2)
  const futures = many((i) => executor.submit(targets.square, i))
  let sum = 0
  const cpuMs = await cpuMsOf(async () => {
    for await (const future of asCompleted(futures)) sum += await future.result()
  })
  expect(cpuMs).toBeLessThan(3 * MOST_CPU_MS)
  expect(sum).toBe(futures.reduce((all, _, i) => all + i * i, 0))
})

test('a pool that gives up fails a hundred thousand tasks that are watched and waited for', async () => {
  let cpuMs = 0
  const run = observe(
    async () => {
      const pool = new Pool(1)
      const ends = many((i) => pool.applyAsync(targets.square, [i]).get())
      const broken = Promise.all(ends.map((end) => end.catch((error: Error) => error.name)))
      cpuMs = await cpuMsOf(async () => expect(new Set(await broken)).toEqual(new Set(['PoolBrokenError'])))
    },
    { nodePath: '/bin/false' },
  )
  expect((await run.handle.ended).outcome).toBe('finished')
  expect(cpuMs).toBeGreaterThan(0)
  expect(cpuMs).toBeLessThan(6 * MOST_CPU_MS)
})

test('the list of waiting tasks does what a sorted list does', () => {
  const { below } = chance(10)
  const list = new TaskList()
  const sorted: Task[] = []
  const task = (priority: number) => ({ call: { priority }, row: null, before: null, after: null }) as unknown as Task
  const firstNotBefore = (priority: number) => {
    const at = sorted.findIndex((other) => other.call.priority >= priority)
    return at < 0 ? sorted.length : at
  }
  for (let step = 0; step < 20_000; step++) {
    const priority = below(5) - 2
    const kind = below(1_000)
    if (kind < 400) {
      const added = task(priority)
      list.add(added)
      const at = sorted.findIndex((other) => other.call.priority > priority)
      sorted.splice(at < 0 ? sorted.length : at, 0, added)
    } else if (kind < 500) {
      const added = [task(priority), task(priority)]
      list.addFirst(added)
      sorted.splice(firstNotBefore(priority), 0, ...added)
    } else if (kind < 700) {
      const any = sorted[below(Math.max(1, sorted.length))]
      if (any) {
        expect(list.remove(any)).toBe(true)
        expect(list.remove(any)).toBe(false)
        sorted.splice(sorted.indexOf(any), 1)
      }
    } else if (kind < 999) expect(list.shift()).toBe(sorted.shift())
    else expect(list.clear()).toEqual(sorted.splice(0))
    expect(list.first).toBe(sorted[0] ?? null)
    expect(list.length).toBe(sorted.length)
  }
})
