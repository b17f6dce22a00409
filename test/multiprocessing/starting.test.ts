/** The start of a process: what it is told first, what is left of one that fails, and what many of them cost the one that starts them. */
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { afterEach, describe, expect, test } from 'vitest'
import { activeChildren, keepSpares, Pool, Process, Queue } from '../../src/multiprocessing/index.ts'
import { currentRun } from '../../src/multiprocessing/run/run.ts'
import * as starting from '../fixtures/starting.ts'
import { isAlive, parentOf } from '../wait-until.ts'
import { runObserved } from './observed.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** Around where a payload changes its way: by the socket, by shared memory, by the socket again; and far beyond. */
const SIZES = [0, 32 * KIB - 300, 32 * KIB, 33_000, 7 * MIB - 100, 7 * MIB, 8 * MIB + 1, 30 * MIB]

const dataOf = (size: number) => (size % 2 === 0 ? 'x'.repeat(size) : new Uint8Array(size).fill(7))

afterEach(() => {
  delete process.env.FORKSCOPE_TEST_HANG
  delete process.env.FORKSCOPE_START_LIMIT_MS
})

/** The processes that this one has started, as the kernel knows them. */
function childPids(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && parentOf(pid) === process.pid)
    .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('entry'))
}

const openFiles = () => readdirSync('/proc/self/fd').length

describe.each([
  [0, SIZES],
  [3, SIZES.slice(2, 7)],
])('with %d spares', (spares, sizes) => {
  test('arguments of any size arrive, at a process and at the initializer of a worker', async () => {
    await runObserved(async () => {
      if (spares > 0) await keepSpares(spares)
      const answers = sizes.map(async (size) => {
        const data = dataOf(size)
        const queue = new Queue<unknown>()
        const child = new Process(starting.putSummary, [queue, data])
        child.start()
        expect(await queue.get()).toEqual(starting.summary(data))
        expect(await child.exited).toBe(0)
        await using pool = new Pool(1, { initializer: starting.keep, initArgs: [data] })
        expect(await pool.apply(starting.keptSummary, [])).toEqual(starting.summary(data))
      })
      await Promise.all(answers)
    })
  }, 60_000)
})

test('a worker that was a spare does its tasks after its initializer, even if it was taken while it loaded', async () => {
  await runObserved(async () => {
    void keepSpares(1)
    const initArgs: [string] = ['x'.repeat(40 * KIB)]
    await using pool = new Pool(1, { initializer: starting.keepAndWait, initArgs })
    expect(await pool.apply(starting.keptSummary, [])).toEqual([40 * KIB, 'x', 'x'])
  })
})

test('a start that is refused leaves nothing, and the next one works', async () => {
  await runObserved(async ({ of }) => {
    const files = openFiles()
    const name = 'n'.repeat(64 * KIB)
    const child = new Process(starting.nothing, [], { name })
    expect(() => child.start()).toThrow(/header/)
    expect(() => child.start()).toThrow(/header/)
    expect(child.isAlive()).toBe(false)
    expect(activeChildren()).toEqual([])
    expect(currentRun().children.size).toBe(0)
    expect(childPids()).toEqual([])
    expect(openFiles()).toBe(files)
    expect(of('process.started')).toHaveLength(1)
    const next = new Process(starting.nothing)
    next.start()
    expect(await next.exited).toBe(0)
  })
})

test.each(['loop', 'await'])(
  'one whose module hangs in a %s while it is loaded is given up and told',
  async (hang) => {
    const { handle, of } = await runObserved(async () => {
      process.env.FORKSCOPE_TEST_HANG = hang
      process.env.FORKSCOPE_START_LIMIT_MS = '1500'
      const child = new Process(starting.nothing)
      child.start()
      const { pid } = child
      await child.join()
      expect(child.signal).toBe('SIGKILL')
      expect(isAlive(pid as number)).toBe(false)
      const pool = new Pool(1, { initializer: starting.nothing })
      await expect(pool.apply(starting.nothing, [])).rejects.toThrow(/cannot start.*had not begun after 1.5 s/)
      pool.close()
      await pool.join()
    })
    await handle.ended
    const [problem] = of('problem.raised')
    expect(problem).toMatchObject({
      kind: 'process-failed',
      message: expect.stringMatching(/had not begun after 1.5 s/),
    })
    expect(problem?.message).toMatch(/starting\.ts/)
  },
  60_000,
)

describe('many starts in one go', () => {
  test('are spread over turns, in order, and all of them happen', async () => {
    const atOnce = 2 * availableParallelism()
    const run = await runObserved(async ({ of }) => {
      const processes = Array.from({ length: atOnce + 6 }, () => new Process(starting.nothing))
      for (const each of processes) each.start()
      // The main process is one of those that started.
      expect(of('process.started').length).toBeLessThanOrEqual(1 + atOnce)
      expect(processes.every((each) => each.isAlive())).toBe(true)
      expect(activeChildren()).toHaveLength(processes.length)
      for (const each of processes) expect(await each.exited).toBe(0)
      const names = of('process.started').flatMap(({ kind, name }) => (kind === 'main' ? [] : [name]))
      expect(names).toEqual(processes.map(({ name }) => name))
    })
    expect((await run.handle.ended).outcome).toBe('finished')
  }, 60_000)

  test('whoever asks for a pid has it, and one that is ended before its turn is never started', async () => {
    const run = await runObserved(async ({ of }) => {
      const processes = Array.from({ length: 2 * availableParallelism() + 3 }, () => new Process(starting.nothing))
      for (const each of processes) each.start()
      const [calledOff, last] = processes.splice(-2) as [Process, Process]
      expect(isAlive(last.pid as number)).toBe(true)
      calledOff.terminate()
      expect(await calledOff.join()).toBe(true)
      expect(calledOff.exitCode).toBe(-15)
      expect(calledOff.pid).toBeUndefined()
      for (const each of [...processes, last]) expect(await each.exited).toBe(0)
      expect(of('process.started').map(({ name }) => name)).not.toContain(calledOff.name)
    })
    const { outcome, leftovers } = await run.handle.ended
    expect([outcome, leftovers, run.of('problem.raised')]).toEqual(['finished', 0, []])
  })

  test('a pool starts its workers so too', async () => {
    const run = await runObserved(async ({ of }) => {
      const size = 2 * availableParallelism() + 4
      await using pool = new Pool(size)
      const results = Array.from({ length: size }, () => pool.applyAsync(starting.nothing, []))
      expect(of('process.started').length).toBeLessThan(size)
      await Promise.all(results)
    })
    await run.handle.ended
    expect(run.of('problem.raised')).toEqual([])
  })
})
