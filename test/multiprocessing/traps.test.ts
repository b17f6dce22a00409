/** The silent traps of Python's pool, one by one: here none of them is silent, and none hangs. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'
import {
  Pool,
  PoolBrokenError,
  Process,
  ProcessPoolExecutor,
  Queue,
  RemoteError,
  UnsendableError,
  WorkerDiedError,
} from '../../src/multiprocessing/index.ts'
import * as targets from '../fixtures/pool.ts'
import {
  type StrangeError,
  strangeErrors,
  throwManyProperties,
  throwStrange,
  throwWithProperties,
} from '../fixtures/strange-errors.ts'
import * as traps from '../fixtures/traps.ts'
import { isAlive, waitUntil } from '../wait-until.ts'
import { type ObservedRun, runObserved as run } from './observed.ts'

const folder = mkdtempSync(join(tmpdir(), 'forkscope-traps-'))
afterAll(() => rmSync(folder, { recursive: true }))

const fixture = (name: string) => join(import.meta.dirname, '..', 'fixtures', name)

/** Runs a program as a user does. */
function runProgram(name: string): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  const args = ['--conditions=forkscope-source', fixture(name)]
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { timeout: 50_000 }, (_error, stdout, stderr) => {
      resolve({ stdout, stderr, exitCode: child.exitCode ?? -1 })
    })
  })
}

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

/** How the tasks were called whose failures were written out. */
function waysOf(stderr: string): string[] {
  const failures = stderr.split('\n').filter((line) => line.includes(' failed: '))
  return failures.map((line) => line.slice(line.indexOf('Error: by ') + 'Error: by '.length))
}

test('in a plain program such failures are written out, all of them, and its exit code is 1', async () => {
  const { stderr, exitCode } = await runProgram('unasked.ts')
  const ofPool = ['applyAsync', 'mapAsync', 'starmapAsync', 'imap', 'imapUnordered', 'istarmap', 'wait']
  expect(waysOf(stderr)).toEqual([...ofPool, 'submit', 'map of an executor'])
  expect(exitCode).toBe(1)
})

test('what is read one by one, but not to the end, is told: when it is left, or at the end', async () => {
  const { stderr, exitCode } = await runProgram('left-early.ts')
  expect(waysOf(stderr)).toEqual([
    'before it is left',
    'before it is left unordered',
    'after it is left',
    'an executor',
    'not read on',
  ])
  expect(exitCode).toBe(1)
})

test('a failure that is caught where results are read one by one is not told again', async () => {
  const { stdout, stderr, exitCode } = await runProgram('read-to-the-end.ts')
  const seen = ['0, 1 is odd', '0, 1 is odd', '0, 1 is odd', '0 1 is odd true', '0 1 is odd true', '0, 1 is odd']
  expect(stdout.trim().split('\n')).toEqual(seen)
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
})

test('an argument that cannot be sent is refused at the call, and nothing was submitted', async () => {
  const observed = await run(async () => {
    await using pool = new Pool(1)
    const bad = { deep: [{ fn: () => 1 }] }
    expect(() => pool.applyAsync(targets.square, [bad as never])).toThrow(UnsendableError)
    expect(() => pool.applyAsync(targets.square, [bad as never])).toThrow('args[0].deep[0].fn is a function')
    expect(() => pool.mapAsync(targets.square, [1, bad as never])).toThrow(UnsendableError)
    expect(() => pool.imap(targets.square, [1, bad as never])).toThrow(UnsendableError)
    expect(() => new Pool(1, { initializer: targets.setGreeting, initArgs: [bad] })).toThrow(UnsendableError)
    const unreadable = Object.defineProperty({}, 'fn', { enumerable: true, get: () => expect.fail('no getter') })
    expect(() => pool.applyAsync(targets.square, [unreadable as never])).toThrow('args[0].fn cannot be read: no getter')
    expect(() => pool.mapAsync(targets.square, [1, unreadable as never])).toThrow('args[0].fn cannot be read')
    await using executor = new ProcessPoolExecutor(1)
    expect(() => executor.submit(targets.square, bad as never)).toThrow(UnsendableError)
    expect(() => executor.map(targets.square, [[1, bad as never]])).toThrow(UnsendableError)
  })
  expect(observed.of('task.submitted')).toEqual([])
})

test('a result that cannot be sent fails its task with the reason', async () => {
  await run(async () => {
    await using pool = new Pool(1)
    await expect(pool.apply(targets.unsendable, [])).rejects.toThrow('result is a function')
    await expect(pool.map(traps.unsendableIfOdd, [2, 3])).rejects.toThrow('deep[0] is a function')
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

test('process.abort() in a task fails the task, and another worker takes over', async () => {
  await run(async () => {
    await using pool = new Pool(1)
    const [aborted, next] = [pool.applyAsync(traps.abort, []), pool.applyAsync(targets.square, [2])]
    await expect(aborted.get()).rejects.toThrow(WorkerDiedError)
    await expect(aborted.get()).rejects.toMatchObject({ exitCode: null, signal: 'SIGABRT' })
    expect(await next).toBe(4)
  })
})

test('a promise that a task leaves behind rejects: that is told, and the pool goes on', async () => {
  await run(async (self) => {
    await using pool = new Pool(1)
    expect(await pool.apply(traps.leaveRejection, [1])).toBe(1)
    await waitUntil('it is told', () => messages(self).some((message) => message.includes('left behind')))
    expect(await pool.apply(targets.square, [2])).toBe(4)
  })
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

const UNREADABLE = 'Error: an error whose own message cannot be read'
const UNWRITABLE = 'Error: thrown: a value that cannot be written as text'

/** As much of each as can be read anywhere. */
const toldOf: Record<StrangeError, string> = {
  'a text': 'Error: only a text',
  'a number': 'Error: thrown: 42',
  null: 'Error: thrown: null',
  undefined: 'Error: thrown: undefined',
  'a symbol': 'Error: thrown: Symbol(sign)',
  'a big integer': 'Error: thrown: 7',
  'an object without a prototype': UNWRITABLE,
  'an object that cannot be written': UNWRITABLE,
  'a constructor that needs arguments': 'NeedsArguments: needs an argument',
  'properties that cannot be cloned': 'TypeError: no clone',
  'a message that cannot be read': UNREADABLE,
  'a name that cannot be read': UNREADABLE,
  'a stack that cannot be read': 'Error: has a getter',
  'a cause that cannot be read': 'Error: has a getter',
  'a cause that cannot be cloned': 'Error: odd cause',
  'itself as its cause': 'Error: its own cause',
  'a name that is no text': 'a value that cannot be written as text: odd name',
  'a proxy that answers nothing': UNREADABLE,
  'a proxy that is revoked': UNWRITABLE,
  'a proxy whose class cannot be asked': 'Error: thrown: Error: hidden',
  'a cause that is a revoked proxy': 'Error: odd cause',
  'a proxy that does not say what it has': 'Error: visible',
  'an error of many': 'AggregateError: several',
}

test('an error that cannot be built again keeps what can be read of it, and its worker goes on', async () => {
  const observed = await run(async () => {
    await using pool = new Pool(1)
    const worker = await pool.apply(targets.pid, [])
    const told: Record<string, string> = {}
    for (const kind of strangeErrors) {
      const error = await pool.apply(throwStrange, [kind]).catch((thrown: Error) => thrown)
      expect(error).toBeInstanceOf(Error)
      told[kind] = `${error.name}: ${error.message}`
    }
    expect(told).toEqual(toldOf)
    await expect(pool.apply(targets.throwOdd, [])).rejects.toMatchObject({ name: 'Odd', message: 'odd: 7' })
    expect(await pool.apply(targets.pid, [])).toBe(worker)
  })
  expect(observed.of('task.failed')).toHaveLength(strangeErrors.length + 1)
})

test('an error keeps its own properties that are plain data, and nothing else becomes of them', async () => {
  await run(async () => {
    await using pool = new Pool(1)
    const error = await pool.apply(throwWithProperties, []).catch((thrown: Error) => thrown)
    expect(error).toBeInstanceOf(RemoteError)
    const { origin, ...properties } = error as Error & { origin: unknown }
    expect(properties).toEqual({
      name: 'RangeError',
      code: 'ENOENT',
      errno: -2,
      retriable: true,
      nothing: null,
      at: { line: 3, words: ['a', 'b'] },
      after: 'the long one',
    })
    expect(origin).toMatchObject({ process: 'worker 1' })
    expect(String(error)).toBe('RangeError: with properties')
    expect(error.cause).toMatchObject({ message: 'below', code: 'EACCES' })
    const many = await pool.apply(throwManyProperties, [100]).catch((thrown: Error) => thrown)
    expect(Object.keys(many).filter((key) => key.startsWith('property'))).toHaveLength(16)
  })
})

test('a callback that throws is the program’s own error, and the pool goes on', async () => {
  const { stdout, exitCode } = await runProgram('callbacks.ts')
  expect(stdout.trim().split('\n').sort()).toEqual([
    'caught: in the callback',
    'caught: in the callback of a future',
    'caught: in the callback of map',
    'caught: in the errorCallback',
    'future: 8',
    'then: 2',
  ])
  expect(exitCode).toBe(0)
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

test('an initializer that ends its process: the same', async () => {
  const observed = await run(async () => {
    await using pool = new Pool(2, { initializer: traps.exitAtOnce, initArgs: [3] })
    await expect(pool.map(targets.square, [1, 2, 3])).rejects.toThrow(PoolBrokenError)
  })
  expect(observed.of('process.started').filter(({ kind }) => kind === 'worker').length).toBeLessThanOrEqual(4)
  const broken = observed.of('problem.raised').filter(({ kind }) => kind === 'pool-broken')
  expect(broken.map(({ message }) => message)).toEqual([expect.stringContaining('exited with 3')])
})

test('an initializer that never returns does not hold up terminate', async () => {
  await run(async () => {
    const said = new Queue<number>()
    const pool = new Pool(1, { initializer: traps.neverReady, initArgs: [said] })
    const waits = expect(pool.apply(targets.square, [1])).rejects.toThrow('terminated')
    const pid = await said.get()
    pool.terminate()
    await pool.join()
    await waits
    expect(isAlive(pid)).toBe(false)
  })
})

test('a pool that gave up lets the worker that still works finish, and can be joined', async () => {
  await run(async (self) => {
    const pool = new Pool(2, { initializer: targets.startOnce, initArgs: [join(folder, 'once')] })
    const go = new Queue<number>()
    const works = pool.applyAsync(traps.squareOfNext, [go])
    await waitUntil('it runs', () => self.of('task.started').length === 1)
    await expect(pool.apply(targets.square, [1])).rejects.toThrow(PoolBrokenError)
    await go.put(3)
    expect(await works).toBe(9)
    await pool.join()
  })
})

test('a pool that gave up fails what its last worker had not begun when it died', async () => {
  const observed = await run(async (self) => {
    const pool = new Pool(2, { initializer: targets.startOnce, initArgs: [join(folder, 'once more')] })
    const go = new Queue<number>()
    const pid = await pool.apply(targets.pid, [])
    // Short ones, so that the next ones are given to it ahead.
    for (let i = 0; i < 100; i++) await pool.apply(targets.square, [i])
    const works = pool.applyAsync(traps.squareOfNext, [go])
    const behind = Array.from({ length: 5_000 }, (_, n) => pool.applyAsync(targets.square, [n]))
    const outcomes = Promise.all(behind.map((result) => result.get().catch((error: Error) => error.name)))
    await waitUntil('it gave up', () => self.of('problem.raised').some(({ kind }) => kind === 'pool-broken'))
    expect(behind.some((result) => !result.ready())).toBe(true)
    process.kill(pid, 'SIGKILL')
    await expect(works.get()).rejects.toThrow(WorkerDiedError)
    expect(new Set(await outcomes)).toEqual(new Set(['PoolBrokenError']))
    await pool.join()
  })
  expect(observed.of('problem.raised').filter(({ kind }) => kind === 'pool-broken')).toHaveLength(1)
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

test('a worker that listens to SIGTERM and stays does not hold up terminate', async () => {
  await run(async () => {
    const [pool, said] = [new Pool(1), new Queue<number>()]
    const stays = expect(pool.apply(traps.ignoreSigterm, [said])).rejects.toThrow('terminated')
    const pid = await said.get()
    pool.terminate()
    await pool.join()
    await stays
    expect(isAlive(pid)).toBe(false)
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

test('a pool is joined before a large queue that its tasks fill is drained', async () => {
  await run(async () => {
    const [queue, pool] = [new Queue<string>(), new Pool(2)]
    const results = [1_500, 1_500].map((count) => pool.applyAsync(traps.putTexts, [queue, count]))
    pool.close()
    await pool.join()
    expect(results.map((result) => result.ready())).toEqual([true, true])
    expect(await queue.size()).toBe(3_000)
    for (let i = 0; i < 3_000; i++) expect((await queue.get()).length).toBe(1_000)
  })
})

test.runIf(process.platform !== 'win32')(
  'the parent is killed: no worker outlives it, not even one that computes without end',
  async () => {
    const program = spawn(process.execPath, [fixture('killed-pool.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(createInterface({ input: program.stdout }), 'line')) as [string]
    const pids = JSON.parse(line) as number[]
    try {
      expect(pids).toHaveLength(3)
      expect(pids.every(isAlive)).toBe(true)
      program.kill('SIGKILL')
      await waitUntil('no worker is left', () => !pids.some(isAlive))
    } finally {
      for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    }
  },
)

test('a time limit that is not needed keeps no process alive', async () => {
  const { stdout, exitCode } = await runProgram('answered-at-once.ts')
  const calls = ['lock', 'rlock', 'semaphore', 'event', 'barrier', 'condition', 'join', 'poll']
  expect(stdout.trim().split('\n')).toEqual(calls.map((call) => `${call} 0`))
  expect(exitCode).toBe(0)
})
