import { describe, expect, it } from 'vitest'
import {
  Pool,
  PoolBrokenError,
  Queue,
  RemoteError,
  StateError,
  TargetError,
  TimeoutError,
  UnsendableError,
  WorkerDiedError,
} from '../../src/multiprocessing/index.ts'
import * as targets from '../fixtures/targets.ts'
import { isAlive } from '../wait-until.ts'
import { observe } from './observed.ts'

async function finish(pool: Pool): Promise<void> {
  pool.close()
  await pool.join()
}

describe('Pool', () => {
  it('runs at most N processes, started as needed and reused', async () => {
    const { handle, of } = observe(async () => {
      const pool = new Pool(2)
      await pool.apply(targets.square, [2])
      expect(of('process.started').filter(({ kind }) => kind === 'worker')).toHaveLength(1)
      const pids = await pool.map(targets.slowPid, Array(8).fill(150))
      expect(new Set(pids).size).toBe(2)
      await finish(pool)
    })
    expect(await handle.ended).toEqual({ outcome: 'finished', leftovers: 0 })
    const workers = of('process.started').filter(({ kind }) => kind === 'worker')
    expect(workers).toHaveLength(2)
    expect(of('task.finished')).toHaveLength(9)
    for (const { pid } of workers) expect(isAlive(pid)).toBe(false)
  })

  it('apply and map give results in order; callbacks are called', async () => {
    const pool = new Pool(2)
    expect(await pool.apply(targets.square, [7])).toBe(49)
    expect(await pool.map(targets.square, [1, 2, 3, 4])).toEqual([1, 4, 9, 16])
    const called: unknown[] = []
    await pool.applyAsync(targets.square, [5], { callback: (value) => called.push(value) })
    await pool.applyAsync(targets.throwError, ['no'], { errorCallback: (error) => called.push(error.message) }).wait()
    expect(called).toEqual([25, 'no'])
    await finish(pool)
  })

  it('a queue can be used inside its tasks', async () => {
    const queue = new Queue<unknown>(2)
    const pool = new Pool(2)
    for (let i = 0; i < 4; i++) pool.applyAsync(targets.putAll, [queue, [i]])
    const got = new Set<unknown>()
    while (got.size < 4) got.add(await queue.get({ timeoutMs: 10_000 }))
    expect(got).toEqual(new Set([0, 1, 2, 3]))
    await finish(pool)
  })

  it('a task that throws is reported at once though nobody awaits it, and the rest finish', async () => {
    const { handle, of } = observe(async () => {
      const pool = new Pool(1)
      pool.applyAsync(targets.throwError, ['trap'])
      const result = pool.applyAsync(targets.square, [3])
      await finish(pool)
      expect(await result).toBe(9)
    })
    expect((await handle.ended).outcome).toBe('finished')
    expect(of('task.failed')[0]?.error).toMatchObject({ name: 'TypeError', message: 'trap' })
    expect(of('problem.raised')[0]).toMatchObject({
      kind: 'task-failed',
      message: 'throwError("trap") failed: TypeError: trap',
      consequence: 'The other task goes on.',
    })
    expect(of('task.observed')).toHaveLength(0)
  })

  it('the error that get throws has the original name, message, stack and cause, and says where it was thrown', async () => {
    const pool = new Pool(1)
    const error = await pool.apply(targets.throwError, ['far away']).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(RemoteError)
    expect(error).toMatchObject({ name: 'TypeError', message: 'far away' })
    expect((error as RemoteError).cause).toMatchObject({ message: 'the cause' })
    expect((error as RemoteError).stack).toContain('targets.ts')
    expect((error as RemoteError).origin).toMatchObject({ task: 'throwError("far away")' })
    await finish(pool)
  })

  it.each([
    ['exits', targets.exitWith, [3], { exitCode: 3, signal: null }],
    ['is killed', targets.killSelf, [], { exitCode: null, signal: 'SIGKILL' }],
    ['aborts', targets.abort, [], { exitCode: null, signal: 'SIGABRT' }],
  ] as const)(
    'a worker that %s fails its task with WorkerDiedError and is replaced',
    async (_how, target, args, end) => {
      const { handle, of } = observe(async () => {
        const pool = new Pool(1)
        const died = pool.applyAsync(target as never, args as never)
        const after = pool.applyAsync(targets.square, [4])
        await expect(died.get()).rejects.toThrow(WorkerDiedError)
        await expect(died.get()).rejects.toMatchObject(end)
        expect(await after).toBe(16)
        await finish(pool)
      })
      expect((await handle.ended).outcome).toBe('finished')
      expect(of('process.started').filter(({ kind }) => kind === 'worker')).toHaveLength(2)
      expect(of('problem.raised')).toHaveLength(1)
      expect(of('problem.raised')[0]?.consequence).toMatch(/Worker 2 took its place/)
    },
  )

  it('workers that cannot start break the pool with a reason, and nothing hangs', async () => {
    const { handle, of } = observe(
      async () => {
        const pool = new Pool(2)
        const results = [1, 2, 3].map((n) => pool.applyAsync(targets.square, [n]))
        for (const result of results) await expect(result.get()).rejects.toThrow(PoolBrokenError)
        expect(() => pool.applyAsync(targets.square, [4])).toThrow(StateError)
        await pool.join()
      },
      { nodePath: '/bin/false' },
    )
    expect((await handle.ended).outcome).toBe('finished')
    expect(of('problem.raised').some(({ kind }) => kind === 'pool-broken')).toBe(true)
  })

  it('refuses closures and arguments that cannot travel at the call; a result that cannot travel fails the task', async () => {
    const pool = new Pool(1)
    expect(() => pool.applyAsync(() => 1, [])).toThrow(TargetError)
    expect(() => pool.applyAsync(targets.putAll, [() => 1] as never)).toThrow(UnsendableError)
    await expect(pool.apply(targets.returnFunction, [])).rejects.toThrow('result.inner[0] is a function')
    expect(await pool.apply(targets.square, [2])).toBe(4)
    await finish(pool)
    expect(() => pool.applyAsync(targets.square, [1])).toThrow(/closed/)
  })

  it('get gives up after its timeout and the task goes on', async () => {
    const pool = new Pool(1)
    const result = pool.applyAsync(targets.slowPid, [300])
    await expect(result.get({ timeoutMs: 10 })).rejects.toThrow(TimeoutError)
    expect(await result.wait({ timeoutMs: 10 })).toBe(false)
    expect(result.ready()).toBe(false)
    expect(() => result.successful()).toThrow(StateError)
    expect(await result).toBeGreaterThan(0)
    expect(result.successful()).toBe(true)
    await finish(pool)
  })

  it('terminate ends workers that are stuck, fails what is left, and join ends', async () => {
    const pool = new Pool(1)
    const stuck = pool.applyAsync(targets.loopForever, [])
    const waiting = pool.applyAsync(targets.square, [1])
    pool.terminate()
    await pool.join()
    await expect(stuck.get()).rejects.toThrow(/terminated/)
    await expect(waiting.get()).rejects.toThrow(/terminated/)
  })

  it('join without close is refused, and so is a size that is none', async () => {
    const pool = new Pool(1)
    await expect(pool.join()).rejects.toThrow(StateError)
    pool.terminate()
    for (const size of [0, -1, 1.5, Number.NaN]) expect(() => new Pool(size)).toThrow(RangeError)
  })

  it('a failed task can be run again until the pool has ended', async () => {
    const { handle, of } = observe(async () => {
      const pool = new Pool(1)
      await pool.applyAsync(targets.throwError, ['again']).wait()
      const failed = of('task.failed')[0]?.task as string
      expect(handle.retry(failed)).toMatch(/task2$/)
      expect(handle.retry(failed)).toBeNull()
      await finish(pool)
      expect(handle.retry(of('task.failed')[1]?.task as string)).toBeNull()
    })
    await handle.ended
    expect(of('task.submitted')[1]).toMatchObject({ retryOf: of('task.submitted')[0]?.task })
    expect(of('task.failed')).toHaveLength(2)
  })
})
