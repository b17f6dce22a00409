/** Processes that are started before anybody needs them. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { keepSpares, Pool, Process, Queue, WorkerDiedError } from '../../src/multiprocessing/index.ts'
import * as pool from '../fixtures/pool.ts'
import * as targets from '../fixtures/targets.ts'
import { isAlive, parentOf, waitUntil } from '../wait-until.ts'
import { runObserved } from './observed.ts'

afterEach(async () => {
  delete process.env.FORKSCOPE_TEST
  await waitUntil('all spares of the run have ended with it', () => sparePids().length === 0)
})

/** The children of this process that wait to be used, as the kernel knows them. */
function sparePids(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && parentOf(pid) === process.pid)
    .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('spare'))
}

test('a process and a worker are what was started before, and another takes its place', async () => {
  const run = await runObserved(async ({ of }) => {
    await keepSpares(2)
    const ready = sparePids()
    expect(ready).toHaveLength(2)
    const queue = new Queue<number>()
    const child = new Process(targets.putAll, [queue, [1, 2]])
    child.start()
    expect(ready).toContain(child.pid)
    expect([await queue.get(), await queue.get()]).toEqual([1, 2])
    await child.exited
    expect(child.exitCode).toBe(0)
    await using workers = new Pool(1)
    const worker = await workers.apply(pool.pid, [])
    expect(ready).toContain(worker)
    expect(worker).not.toBe(child.pid)
    await waitUntil('two new ones', () => sparePids().filter((pid) => !ready.includes(pid)).length === 2)
    // A spare is no process of the program until it is one.
    expect(of('process.started').flatMap(({ pid, kind }) => (kind === 'main' ? [] : [pid]))).toEqual([
      child.pid,
      worker,
    ])
  })
  expect((await run.handle.ended).outcome).toBe('finished')
})

test('a worker from a spare is as safe: what it had done is known when it dies', async () => {
  await runObserved(async () => {
    await keepSpares(1)
    await using workers = new Pool(1)
    const results = Array.from({ length: 50 }, (_, n) => {
      return n === 30 ? workers.applyAsync(pool.killSelf, []) : workers.applyAsync(pool.square, [n])
    })
    const ends = await Promise.allSettled(results.map((result): Promise<unknown> => result.get()))
    for (const [n, end] of ends.entries()) {
      if (n === 30) expect(end).toMatchObject({ status: 'rejected', reason: expect.any(WorkerDiedError) })
      else expect(end).toEqual({ status: 'fulfilled', value: n * n })
    }
  })
})

test('what a program prints in a spare, and sees of its arguments, is as in any other', async () => {
  const run = await runObserved(async () => {
    await keepSpares(1)
    const child = new Process(targets.printArguments)
    child.start()
    await child.join()
  })
  expect(run.output()).toBe('0 arguments\n')
})

test('a spare with an environment that has changed since is not used', async () => {
  await runObserved(async () => {
    await keepSpares(1)
    const [spare] = sparePids()
    process.env.FORKSCOPE_TEST = 'changed'
    const queue = new Queue<unknown>()
    const child = new Process(targets.putVariable, [queue, 'FORKSCOPE_TEST'])
    child.start()
    expect(child.pid).not.toBe(spare)
    expect(await queue.get()).toBe('changed')
    await waitUntil('it is ended', () => !isAlive(spare as number))
    await child.join()
  })
})

test('one that is killed before it was used harms nobody; 0 ends all; nonsense is refused', async () => {
  await runObserved(async () => {
    await keepSpares(1)
    const [spare] = sparePids()
    process.kill(spare as number, 'SIGKILL')
    await waitUntil('there is another', async () => {
      await keepSpares(1)
      const pids = sparePids()
      return pids.length === 1 && pids[0] !== spare
    })
    const child = new Process(targets.nothing)
    child.start()
    expect(child.pid).not.toBe(spare)
    await child.join()
    expect(child.exitCode).toBe(0)
    await keepSpares(0)
    await waitUntil('none is left', () => sparePids().length === 0)
    await expect(keepSpares(-1)).rejects.toThrow(RangeError)
    await expect(keepSpares(1.5)).rejects.toThrow('whole number')
  })
})
