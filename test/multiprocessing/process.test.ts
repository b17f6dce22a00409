import { describe, expect, it } from 'vitest'
import { Process, Queue, StateError, TargetError, UnsendableError } from '../../src/multiprocessing/index.ts'
import * as targets from '../fixtures/targets.ts'
import { isAlive } from '../wait-until.ts'
import { observe } from './observed.ts'

async function runOf(process: Process): Promise<Process> {
  process.start()
  await process.join()
  return process
}

describe('Process', () => {
  it('runs an exported function in another process and ends with 0', async () => {
    const queue = new Queue<number>()
    const child = new Process(targets.putAll, [queue, [1, 2]])
    expect(child.isAlive()).toBe(false)
    expect(child.pid).toBeUndefined()
    child.start()
    expect(child.isAlive()).toBe(true)
    expect(isAlive(child.pid as number)).toBe(true)
    expect(child.exitCode).toBeNull()
    expect(await child.join()).toBe(true)
    expect(child.exitCode).toBe(0)
    expect(child.isAlive()).toBe(false)
    expect([await queue.get(), await queue.get()]).toEqual([1, 2])
  })

  it('tells the exit code, or the signal as Python does', async () => {
    expect((await runOf(new Process(targets.exitWith, [7]))).exitCode).toBe(7)
    const sleeper = new Process(targets.sleepFor, [60_000])
    sleeper.start()
    sleeper.terminate()
    await sleeper.join()
    expect([sleeper.exitCode, sleeper.signal]).toEqual([-15, 'SIGTERM'])
    const looper = new Process(targets.loopForever)
    looper.start()
    looper.kill()
    await looper.join()
    expect([looper.exitCode, looper.signal]).toEqual([-9, 'SIGKILL'])
  })

  it('join gives up after its timeout, and the process goes on', async () => {
    const child = new Process(targets.sleepFor, [60_000])
    child.start()
    expect(await child.join({ timeoutMs: 20 })).toBe(false)
    expect(child.isAlive()).toBe(true)
    child.kill()
    expect(await child.join()).toBe(true)
  })

  it('is named after its target, numbered if that is taken', async () => {
    const { handle, of } = observe(async () => {
      const given = [undefined, undefined, 'mine', undefined]
      for (const name of given) await runOf(new Process(targets.nothing, [], name === undefined ? {} : { name }))
    })
    expect((await handle.ended).outcome).toBe('finished')
    expect(of('process.started').map(({ name }) => name)).toEqual(['main', 'nothing', 'nothing 2', 'mine', 'nothing 3'])
  })

  it('refuses what a child could not find, where the Process is made, and says what to do', () => {
    const text = 'captured'
    expect(() => new Process(() => text.length)).toThrow(TargetError)
    expect(() => new Process(() => text.length)).toThrow(/write `export` before it/)
    expect(() => new Process(targets.nothing.bind(null))).toThrow(TargetError)
    expect(() => new Process(Math.random)).toThrow(/built in/)
    expect(() => new Process(undefined as never)).toThrow(/must be a function/)
    expect(() => new Process(targets.nothing, [], { name: 5 as never })).toThrow(
      /name must be a text, but it is number/,
    )
  })

  it('refuses arguments that cannot travel, naming the place', () => {
    const args = [{ list: [1, () => 1] }] as never
    expect(() => new Process(targets.sleepFor, args)).toThrow(UnsendableError)
    expect(() => new Process(targets.sleepFor, args)).toThrow('args[0].list[1] is a function')
  })

  it('refuses to start twice and to join before the start', async () => {
    const child = new Process(targets.nothing)
    await expect(child.join()).rejects.toThrow(StateError)
    child.start()
    expect(() => child.start()).toThrow(StateError)
    await child.join()
  })

  it('an error in the target is told with its stack, and the exit code is 1', async () => {
    const { handle, of, output } = observe(async () => {
      const child = await runOf(new Process(targets.throwError, ['on purpose']))
      expect(child.exitCode).toBe(1)
    })
    expect((await handle.ended).outcome).toBe('finished')
    const [problem] = of('problem.raised')
    expect(problem).toMatchObject({ kind: 'process-failed', message: 'throwError failed: TypeError: on purpose' })
    expect(problem?.error?.stack).toContain('targets.ts')
    expect(problem?.error?.cause?.message).toBe('the cause')
    expect(output()).toContain('TypeError: on purpose')
  })

  it('a death that nobody asked for is a problem; an asked one is none', async () => {
    const { handle, of } = observe(async () => {
      await runOf(new Process(targets.killSelf))
      const asked = new Process(targets.loopForever)
      asked.start()
      asked.kill()
      await asked.join()
    })
    await handle.ended
    expect(of('problem.raised').map(({ message }) => message)).toEqual(['killSelf was ended by SIGKILL'])
  })

  it('one that was done and then does not end is ended, and that is no problem', async () => {
    const { handle, of } = observe(async () => {
      expect((await runOf(new Process(targets.hangAtExit))).exitCode).toBe(0)
    })
    expect((await handle.ended).outcome).toBe('finished')
    expect(of('problem.raised')).toEqual([])
  })

  it('says in a sentence that a Node cannot be started', async () => {
    const { handle, of } = observe(() => new Process(targets.nothing).start(), { nodePath: '/nowhere/node' })
    expect((await handle.ended).outcome).toBe('failed')
    expect(of('problem.raised')[0]?.message).toMatch(/could not be started with \/nowhere\/node/)
  })

  it('a child starts children of its own, and a queue reaches across', async () => {
    const { handle, of } = observe(async () => {
      const queue = new Queue<string>()
      await runOf(new Process(targets.grandparent, [queue]))
      expect([await queue.get(), await queue.get()]).toEqual(['from the grandchild', 'from the child'])
    })
    expect((await handle.ended).outcome).toBe('finished')
    expect(of('process.started').map(({ process, name }) => [process, name])).toEqual([
      ['0', 'main'],
      ['0.1', 'grandparent'],
      ['0.1.1', 'putAll'],
    ])
    expect(of('process.exited').map(({ process, exitCode }) => [process, exitCode])).toEqual([
      ['0.1.1', 0],
      ['0.1', 0],
      ['0', 0],
    ])
  })
})
