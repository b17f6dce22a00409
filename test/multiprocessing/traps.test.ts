/** The silent traps of Python's pool, one by one: here none of them is silent, and none hangs. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import {
  Pool,
  PoolBrokenError,
  Process,
  Queue,
  UnsendableError,
  WorkerDiedError,
} from '../../src/multiprocessing/index.ts'
import * as targets from '../fixtures/pool.ts'
import { isAlive, waitUntil } from '../wait-until.ts'
import { type ObservedRun, runObserved as run } from './observed.ts'

const folder = mkdtempSync(join(tmpdir(), 'forkscope-traps-'))
afterAll(() => rmSync(folder, { recursive: true }))

const messages = (observed: ObservedRun) => observed.of('problem.raised').map(({ message }) => message)

test('a task throws and nobody asks: it is told the moment it fails', async () => {
  const observed = await run(async () => {
    const pool = new Pool(1)
    pool.applyAsync(targets.refuseOdd, [1])
    pool.close()
    await pool.join()
  })
  expect(messages(observed)).toEqual(['refuseOdd(1) failed: RangeError: 1 is odd'])
})

test('an argument that cannot be sent is refused at the call, and nothing was submitted', async () => {
  const observed = await run(async () => {
    await using pool = new Pool(1)
    const bad = { deep: [{ fn: () => 1 }] }
    expect(() => pool.applyAsync(targets.square, [bad as never])).toThrow(UnsendableError)
    expect(() => pool.applyAsync(targets.square, [bad as never])).toThrow('args[0].deep[0].fn is a function')
    expect(() => pool.mapAsync(targets.square, [1, bad as never])).toThrow(UnsendableError)
  })
  expect(observed.of('task.submitted')).toEqual([])
})

test('a result that cannot be sent fails its task with the reason', async () => {
  await run(async () => {
    await using pool = new Pool(1)
    await expect(pool.apply(targets.unsendable, [])).rejects.toThrow('result is a function')
    expect(await pool.apply(targets.square, [2])).toBe(4)
  })
})

test('process.exit() in a task fails the task, and another worker takes over', async () => {
  const observed = await run(async () => {
    await using pool = new Pool(1)
    const exited = pool.apply(targets.exitNow, [0])
    await expect(exited).rejects.toThrow(WorkerDiedError)
    await expect(exited).rejects.toMatchObject({ exitCode: 0, signal: null })
    expect(await pool.apply(targets.square, [2])).toBe(4)
  })
  expect(observed.of('problem.raised')).toHaveLength(1)
})

test('SIGKILL of a busy worker fails its task only', async () => {
  await run(async (self) => {
    await using pool = new Pool(1)
    const loops = pool.applyAsync(targets.loop, [])
    const next = pool.applyAsync(targets.square, [2])
    const worker = await waitUntil('it runs', () => self.of('task.started')[0]?.process)
    const pid = self.of('process.started').find(({ process }) => process === worker)?.pid as number
    process.kill(pid, 'SIGKILL')
    await expect(loops.get()).rejects.toThrow(WorkerDiedError)
    expect(await next).toBe(4)
  })
})

test('SIGKILL of an idle worker is told, and harms no task', async () => {
  const observed = await run(async (self) => {
    await using pool = new Pool(1)
    const pid = await pool.apply(targets.pid, [])
    process.kill(pid, 'SIGKILL')
    await waitUntil('it is told', () => self.of('problem.raised').length === 1)
    expect(await pool.apply(targets.square, [2])).toBe(4)
  })
  expect(messages(observed)).toEqual(['worker 1 was killed (SIGKILL)'])
})

test('a worker that is out of memory fails its task, and the pool goes on', async () => {
  const before = process.env.NODE_OPTIONS
  process.env.NODE_OPTIONS = '--max-old-space-size=64'
  try {
    await run(async () => {
      await using pool = new Pool(1)
      await expect(pool.apply(targets.eatMemory, [])).rejects.toThrow(WorkerDiedError)
      expect(await pool.apply(targets.square, [2])).toBe(4)
    })
  } finally {
    if (before === undefined) delete process.env.NODE_OPTIONS
    else process.env.NODE_OPTIONS = before
  }
})

test('an error that cannot be built again keeps its name and message', async () => {
  await run(async () => {
    await using pool = new Pool(1)
    await expect(pool.apply(targets.throwOdd, [])).rejects.toMatchObject({ name: 'Odd', message: 'odd: 7' })
    await expect(pool.apply(targets.throwNothing, [])).rejects.toThrow('undefined')
  })
})

test('a callback that throws is the program’s own error, and the pool goes on', async () => {
  const file = join(folder, 'callback.ts')
  const library = join(import.meta.dirname, '..', '..', 'src', 'multiprocessing', 'index.ts')
  const { writeFileSync } = await import('node:fs')
  writeFileSync(
    file,
    `import { main, Pool } from ${JSON.stringify(library)}
export const two = () => 2
main(import.meta, async () => {
  process.once('uncaughtException', (error) => console.log('caught:', error.message))
  const pool = new Pool(1)
  await pool.applyAsync(two, [], { callback: () => { throw new Error('in the callback') } })
  console.log('then:', await pool.apply(two, []))
  pool.close()
  await pool.join()
})
`,
  )
  const { stdout } = await new Promise<{ stdout: string }>((resolve, reject) => {
    execFile(process.execPath, ['--conditions=forkscope-source', file], { timeout: 15_000 }, (error, out) =>
      error ? reject(error) : resolve({ stdout: out }),
    )
  })
  expect(stdout.trim().split('\n').sort()).toEqual(['caught: in the callback', 'then: 2'])
})

test('an initializer that throws: a few tries with pauses between them, then the pool fails with the reason', async () => {
  const file = join(folder, 'starts')
  const observed = await run(async () => {
    await using pool = new Pool(1, { initializer: targets.refuseToStart, initArgs: [file] })
    await expect(pool.apply(targets.square, [1])).rejects.toThrow(PoolBrokenError)
    expect(() => pool.applyAsync(targets.square, [1])).toThrow('broken')
  })
  const startedAtMs = readFileSync(file, 'utf8').trim().split('\n').map(Number)
  expect(startedAtMs).toHaveLength(3)
  const pauses = startedAtMs.slice(1).map((ms, i) => ms - (startedAtMs[i] as number))
  expect(Math.min(...pauses)).toBeGreaterThan(90)
  expect(messages(observed).at(-1)).toContain('no database')
})

test('a pool that gave up lets the worker that still works finish, and can be joined', async () => {
  await run(async (self) => {
    const pool = new Pool(2, { initializer: targets.startOnce, initArgs: [join(folder, 'once')] })
    const works = pool.applyAsync(targets.squareSlowly, [3, 2_000])
    await waitUntil('it runs', () => self.of('task.started').length === 1)
    await expect(pool.apply(targets.square, [1])).rejects.toThrow(PoolBrokenError)
    expect(await works).toBe(9)
    await pool.join()
  })
})

test('a worker stuck in a busy loop does not hold up terminate', async () => {
  await run(async (self) => {
    const pool = new Pool(2)
    const loops = pool.applyAsync(targets.loop, [])
    const ended = expect(loops.get()).rejects.toThrow('terminated')
    await waitUntil('it runs', () => self.of('task.started').length === 1)
    pool.terminate()
    await pool.join()
    await ended
    expect(self.of('process.started').filter(({ kind, pid }) => kind === 'worker' && isAlive(pid))).toEqual([])
  })
})

test('join before a large queue is drained ends, and nothing of the queue is lost', async () => {
  await run(async () => {
    const queue = new Queue<string>()
    const process = new Process(targets.putMany, [queue, 5_000])
    process.start()
    expect(await process.join()).toBe(true)
    expect(await queue.size()).toBe(5_000)
    for (let i = 0; i < 5_000; i++) expect((await queue.get()).length).toBe(1_000)
  })
})
