/** Everything a pool can be asked, with real workers. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import {
  asCompleted,
  CancelledError,
  type Future,
  Pool,
  Process,
  ProcessPoolExecutor,
  Queue,
  RemoteError,
  StateError,
  Thread,
  TimeoutError,
  wait,
} from '../../src/multiprocessing/index.ts'
import * as targets from '../fixtures/pool.ts'
import { isAlive, waitUntil } from '../wait-until.ts'
import { runObserved as run } from './observed.ts'

const folder = mkdtempSync(join(tmpdir(), 'forkscope-pool-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('map and starmap keep the order, in chunks of any size', async () => {
  const observed = await run(async () => {
    await using pool = new Pool(2)
    const items = Array.from({ length: 20 }, (_, i) => i)
    const squares = items.map((n) => n * n)
    expect(await pool.map(targets.square, items)).toEqual(squares)
    expect(await pool.map(targets.square, new Set(items), { chunkSize: 7 })).toEqual(squares)
    expect(
      await pool.starmap(targets.power, [
        [2, 3],
        [3, 2],
      ]),
    ).toEqual([8, 9])
    expect(await pool.map(targets.square, [])).toEqual([])
    const seen: unknown[] = []
    const result = pool.mapAsync(targets.square, [1, 2], { callback: (values) => seen.push(values) })
    expect(await result).toEqual([1, 4])
    expect(seen).toEqual([[1, 4]])
    expect(() => pool.mapAsync(targets.square, [1], { chunkSize: 0 })).toThrow(RangeError)
  })
  // 20 items for 2 workers: chunks of 3, as in Python.
  expect(observed.of('task.submitted')[0]?.name).toBe('square × 3')
})

test('arguments that are no list are refused at the call, by whoever calls without types', async () => {
  await run(async () => {
    await using pool = new Pool(1)
    for (const args of ['ab', 5, null, { length: 1 }] as never[]) {
      expect(() => pool.applyAsync(targets.square, args)).toThrow(TypeError)
      expect(() => pool.starmapAsync(targets.power, [[1, 2], args])).toThrow('argsList[1] must be a list')
      expect(() => new Pool(1, { initializer: targets.greet, initArgs: args })).toThrow('initArgs must be a list')
      if (args !== null) expect(() => new Process(targets.square, args)).toThrow('args must be a list')
      if (args !== null) expect(() => new Thread(targets.square, args)).toThrow('args must be a list')
    }
    // One number alone goes another way than other lists.
    for (const n of [0, -0, 1e300, Number.NaN, Number.POSITIVE_INFINITY, 0.1])
      expect(await pool.apply(targets.same, [n])).toBe(n)
    expect(await pool.map(targets.same, [-0, 7, 'a', undefined], { chunkSize: 1 })).toEqual([-0, 7, 'a', undefined])
  })
})

test('options that no call can have are refused at the call, and nothing is submitted', async () => {
  await run(async () => {
    await using pool = new Pool(1)
    for (const options of [
      { callback: 5 },
      { errorCallback: 'log' },
      { signal: {} },
      { retries: -1 },
      { timeoutMs: 0 },
      { timeoutMs: Number.NaN },
      { priority: Number.NaN },
    ] as never[]) {
      expect(() => pool.applyAsync(targets.square, [2], options)).toThrow(/ must | is not/)
    }
    expect(() => pool.mapAsync(targets.square, [2], { callback: 5 } as never)).toThrow('callback must be a function')
    pool.close()
    await pool.join()
  })
})

test.each([
  ['nothing', undefined, 'aborted'],
  ['what cannot be written', Object.create(null), 'a value that cannot be written as text'],
  ['what cannot be looked at', Proxy.revocable({}, {}), 'a value that cannot be written as text'],
])('a task can be aborted for any reason: %s', async (_what, reason, message) => {
  await run(async () => {
    await using pool = new Pool(1)
    const abort = new AbortController()
    const result = pool.applyAsync(targets.loop, [], { signal: abort.signal })
    if (reason?.revoke) reason.revoke()
    abort.abort(reason?.proxy ?? reason)
    await expect(result.get()).rejects.toThrow(message)
  })
})

test('imap gives results in order as they come, imapUnordered the first that is there', async () => {
  await run(async () => {
    await using pool = new Pool(2)
    const ordered: number[] = []
    for await (const value of pool.istarmap(targets.squareSlowly, [
      [1, 80],
      [2, 1],
      [3, 1],
    ]))
      ordered.push(value)
    expect(ordered).toEqual([1, 4, 9])
    const results = pool.imapUnordered(targets.square, [1, 2, 3, 4], { chunkSize: 2 })
    const all: number[] = []
    for await (const value of results) all.push(value)
    expect(all.sort((a, b) => a - b)).toEqual([1, 4, 9, 16])
  })
})

test('an iterator goes on after an error', async () => {
  const observed = await run(async () => {
    await using pool = new Pool(2)
    const results = pool.imap(targets.refuseOdd, [0, 1, 2])
    expect(await results.next()).toEqual({ done: false, value: 0 })
    await expect(results.next()).rejects.toThrow('1 is odd')
    expect(await results.next()).toEqual({ done: false, value: 2 })
    expect(await results.next()).toEqual({ done: true, value: undefined })
  })
  expect(observed.of('task.failed')).toHaveLength(1)
})

test('a failure is observed once it is read, and not before', async () => {
  const observed = await run(async (self) => {
    const pool = new Pool(1)
    pool.imap(targets.refuseOdd, [1])
    const results = pool.imap(targets.refuseOdd, [2, 3])
    await results.next()
    await waitUntil('it has failed', () => self.of('task.failed').length === 2)
    expect(self.of('task.observed')).toEqual([])
    await expect(results.next()).rejects.toThrow('3 is odd')
    pool.close()
    await pool.join()
  })
  const [, read] = observed.of('task.failed')
  expect(observed.of('task.observed').map(({ task }) => task)).toEqual([read?.task])
  expect(observed.of('problem.raised')).toHaveLength(2)
})

test('results of chunks that are asked for several at a time are all there, in their order', async () => {
  await run(async () => {
    await using pool = new Pool(2)
    const results = pool.imap(targets.square, [1, 2, 3, 4], { chunkSize: 2 })
    const all = await Promise.all([results.next(), results.next(), results.next(), results.next()])
    expect(all.map(({ value }) => value)).toEqual([1, 4, 9, 16])
  })
})

test('map throws the first error, as it was, and every failed task is told', async () => {
  const observed = await run(async (self) => {
    await using pool = new Pool(2)
    const error = await pool.map(targets.refuseOdd, [0, 1, 2, 3], { chunkSize: 1 }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(RemoteError)
    expect(error).toMatchObject({ name: 'RangeError', message: expect.stringMatching(/is odd$/) })
    await waitUntil('both failures', () => self.of('task.failed').length === 2)
  })
  expect(observed.of('problem.raised').length).toBeGreaterThanOrEqual(1)
})

test('an initializer runs in every worker before its first task', async () => {
  await run(async () => {
    await using pool = new Pool(2, { initializer: targets.setGreeting, initArgs: ['hello'] })
    expect(await pool.map(targets.greet, ['a', 'b', 'c', 'd'], { chunkSize: 1 })).toEqual(
      ['a', 'b', 'c', 'd'].map((name) => `hello ${name}`),
    )
  })
})

test('a worker ends after so many tasks and is replaced', async () => {
  const observed = await run(async () => {
    const pool = new Pool(1, { maxTasksPerChild: 2 })
    const pids: number[] = []
    for (let i = 0; i < 6; i++) pids.push(await pool.apply(targets.pid, []))
    expect(new Set(pids).size).toBe(3)
    pool.close()
    await pool.join()
    expect(pids.filter(isAlive)).toEqual([])
  })
  expect(observed.of('problem.raised')).toEqual([])
})

test('a task whose time is up is really stopped, and the pool goes on', async () => {
  const observed = await run(async () => {
    await using pool = new Pool(1)
    const worker = await pool.apply(targets.pid, [])
    await expect(pool.applyAsync(targets.loop, [], { timeoutMs: 100 }).get()).rejects.toThrow(TimeoutError)
    await waitUntil('the worker is gone', () => !isAlive(worker))
    expect(await pool.apply(targets.square, [3])).toBe(9)
    expect(() => pool.applyAsync(targets.square, [1], { timeoutMs: 0 })).toThrow(RangeError)
  })
  expect(observed.of('problem.raised').map(({ kind }) => kind)).toEqual(['task-failed'])
})

test('a signal takes back what waits and stops what runs', async () => {
  await run(async () => {
    await using pool = new Pool(1)
    const [running, waiting, gone] = [
      new AbortController(),
      new AbortController(),
      AbortSignal.abort(new Error('before')),
    ]
    await pool.apply(targets.square, [1])
    const loops = pool.applyAsync(targets.loop, [], { signal: running.signal })
    const waits = pool.applyAsync(targets.square, [2], { signal: waiting.signal })
    await expect(pool.applyAsync(targets.square, [2], { signal: gone }).get()).rejects.toThrow('before')
    waiting.abort(new Error('not needed'))
    await expect(waits.get()).rejects.toThrow('not needed')
    running.abort(new Error('enough'))
    await expect(loops.get()).rejects.toThrow('enough')
    expect(await pool.apply(targets.square, [4])).toBe(16)
  })
})

test('retries run a failed task again, and its result is the one that came of it', async () => {
  const observed = await run(async () => {
    await using pool = new Pool(1)
    expect(await pool.applyAsync(targets.failUntil, [join(folder, 'third'), 3], { retries: 5 }).get()).toBe(3)
    expect(readFileSync(join(folder, 'third'), 'utf8')).toBe('...')
    await expect(pool.applyAsync(targets.failUntil, [join(folder, 'never'), 9], { retries: 2 }).get()).rejects.toThrow(
      'try 3',
    )
    await expect(pool.applyAsync(targets.killSelf, [], { retries: 1 }).get()).rejects.toThrow('SIGKILL')
    expect(() => pool.applyAsync(targets.square, [1], { retries: -1 })).toThrow(RangeError)
  })
  expect(observed.of('task.submitted').filter(({ retryOf }) => retryOf !== undefined)).toHaveLength(5)
  expect(observed.of('problem.raised').filter(({ kind }) => kind === 'task-failed')).toHaveLength(1)
})

test('what is more urgent is begun first', async () => {
  await run(async () => {
    await using pool = new Pool(1)
    const queue = new Queue<number>()
    await pool.apply(targets.square, [1])
    const blocker = pool.applyAsync(targets.squareSlowly, [1, 100])
    const rest = [
      [3, 5],
      [1, -1],
      [2, 0],
    ].map(([n = 0, priority = 0]) => pool.applyAsync(targets.note, [queue, n], { priority }))
    await blocker
    await Promise.all(rest.map((result) => result.get()))
    expect([await queue.get(), await queue.get(), await queue.get()]).toEqual([1, 2, 3])
  })
})

test('callbacks are called with what came', async () => {
  await run(async () => {
    await using pool = new Pool(1)
    const seen: unknown[] = []
    await pool.applyAsync(targets.square, [3], { callback: (value) => seen.push(value) })
    const failed = pool.applyAsync(targets.refuseOdd, [1], { errorCallback: (error) => seen.push(error.message) })
    await failed.wait()
    expect(seen).toEqual([9, '1 is odd'])
  })
})

test('everything that can be cloned comes back as it was', async () => {
  await run(async () => {
    await using pool = new Pool(1)
    const got = await pool.apply(targets.values, [])
    const { cycle, error, ...rest } = targets.values()
    expect(got).toMatchObject(rest)
    expect(got.cycle.self).toBe(got.cycle)
    expect(got.error).toBeInstanceOf(TypeError)
    expect((got.error.cause as Error).message).toBe('cause')
    expect(error.message).toBe(got.error.message)
    expect(cycle).toBeDefined()
  })
})

test('the executor: submit, map, cancel, as they are completed, shut down', async () => {
  await run(async () => {
    const executor = new ProcessPoolExecutor(1)
    const future = executor.submit(targets.square, 5)
    expect(await future.result()).toBe(25)
    expect([future.done(), future.cancel(), future.cancelled()]).toEqual([true, false, false])
    expect(await executor.submit(targets.refuseOdd, 1).exception()).toMatchObject({ message: '1 is odd' })

    const results: number[] = []
    for await (const value of executor.map(targets.power, [
      [2, 3, 4],
      [2, 2, 2],
    ]))
      results.push(value)
    expect(results).toEqual([4, 9, 16])

    const slow = executor.submit(targets.squareSlowly, 2, 100)
    const waiting = executor.submit(targets.square, 3)
    await expect(slow.result({ timeoutMs: 5 })).rejects.toThrow(TimeoutError)
    expect(waiting.cancel()).toBe(true)
    await expect(waiting.result()).rejects.toThrow(CancelledError)
    expect(slow.cancel()).toBe(false)

    const futures = [executor.submit(targets.squareSlowly, 2, 1), executor.submit(targets.square, 3)]
    const done: number[] = []
    for await (const each of asCompleted(futures)) done.push(await each.result())
    expect(done.sort()).toEqual([4, 9])
    const [running, left] = [executor.submit(targets.squareSlowly, 4, 50), executor.submit(targets.square, 5)]
    await executor.shutdown({ cancelFutures: true })
    expect(await running.result()).toBe(16)
    expect(left.cancelled()).toBe(true)
    expect(() => executor.submit(targets.square, 1)).toThrow(StateError)
  })
})

test('the executor: running, and waiting for the first, the first failure, or all', async () => {
  await run(async () => {
    await using executor = new ProcessPoolExecutor(1)
    const [first, second] = [
      executor.submit(targets.squareSlowly, 2, 100),
      executor.submit(targets.squareSlowly, 3, 100),
    ]
    await waitUntil('the first runs', () => first.running())
    expect([first.done(), second.running()]).toEqual([false, false])
    const early = await wait([first, second], { until: 'first-done' })
    expect([[...early.done], [...early.notDone]]).toEqual([[first], [second]])
    expect(await wait([first, second])).toEqual({ done: new Set([first, second]), notDone: new Set() })
    expect([first.running(), second.running()]).toEqual([false, false])

    const [good, bad] = [executor.submit(targets.square, 2), executor.submit(targets.refuseOdd, 1)]
    const [never] = [executor.submit(targets.squareSlowly, 4, 2_000)]
    const failed = await wait([good, bad, never], { until: 'first-failed' })
    expect([...failed.notDone]).toEqual([never])
    expect((await wait([never], { timeoutMs: 5 })).done.size).toBe(0)
    expect(await wait([])).toEqual({ done: new Set(), notDone: new Set() })
    await expect(wait([good], { until: 'never' as never })).rejects.toThrow(RangeError)
    await bad.exception()
  })
})

test('the executor: futures of several types are waited for together, and each keeps its own', async () => {
  await run(async () => {
    await using executor = new ProcessPoolExecutor(1)
    const [square, greeting] = [executor.submit(targets.square, 2), executor.submit(targets.greet, 'a')]
    const futures: (Future<number> | Future<string>)[] = [square, greeting]
    const { done, notDone }: { done: Set<Future<number> | Future<string>>; notDone: Set<unknown> } = await wait(futures)
    expect([done, notDone]).toEqual([new Set(futures), new Set()])
    expect((await wait([square, greeting])).done.has(greeting)).toBe(true)
    const results: (number | string)[] = []
    for await (const future of asCompleted([square, greeting])) results.push(await future.result())
    expect(results).toEqual([4, 'not initialized a'])
  })
})

test('the executor: shutting down cancels calls of map too, if that is wanted', async () => {
  const observed = await run(async () => {
    const executor = new ProcessPoolExecutor(1)
    const running = executor.submit(targets.squareSlowly, 2, 100)
    const results = executor.map(targets.square, [[1, 2, 3]])
    await waitUntil('it runs', () => running.running())
    await executor.shutdown({ cancelFutures: true })
    expect(await running.result()).toBe(4)
    await expect(results.next()).rejects.toThrow(CancelledError)
  })
  expect(observed.of('problem.raised')).toEqual([])
})

test('the executor: map submits at the call, and refuses there', async () => {
  const observed = await run(async (self) => {
    const executor = new ProcessPoolExecutor(1)
    const results = executor.map(targets.square, [[2, 3]])
    expect(self.of('task.submitted')).toHaveLength(2)
    expect(() => executor.map(targets.square, [[2]], { timeoutMs: Number.NaN })).toThrow(RangeError)
    await executor.shutdown()
    expect(() => executor.map(targets.square, [[2]])).toThrow(StateError)
    expect([(await results.next()).value, (await results.next()).value]).toEqual([4, 9])
  })
  expect(observed.of('task.submitted')).toHaveLength(2)
})
