import { describe, expect, it } from 'vitest'
import { Empty, Full, Process, Queue, QueueClosedError, UnsendableError } from '../../src/multiprocessing/index.ts'
import * as targets from '../fixtures/targets.ts'
import { processState, waitUntil } from '../wait-until.ts'
import { observe } from './observed.ts'

async function drain(queue: Queue<unknown>, count: number): Promise<unknown[]> {
  const items: unknown[] = []
  while (items.length < count) items.push(await queue.get({ timeoutMs: 10_000 }))
  return items
}

describe('Queue in one process', () => {
  it('is first in, first out, and counts exactly', async () => {
    const queue = new Queue<number>()
    for (let i = 0; i < 100; i++) await queue.put(i)
    expect(await queue.size()).toBe(100)
    expect(await drain(queue, 100)).toEqual(Array.from({ length: 100 }, (_, i) => i))
    expect(await queue.empty()).toBe(true)
  })

  it('get waits for an item, and throws Empty after its time or at once', async () => {
    const queue = new Queue<string>()
    const waiting = queue.get({ timeoutMs: 10_000 })
    await queue.put('here')
    expect(await waiting).toBe('here')
    await expect(queue.get({ timeoutMs: 10 })).rejects.toThrow(Empty)
    await expect(queue.getNowait()).rejects.toThrow(Empty)
    // The withdrawn get must not take an item that comes later.
    await queue.put('later')
    expect(await queue.getNowait()).toBe('later')
  })

  it('put waits for room, and throws Full after its time or at once', async () => {
    const queue = new Queue<number>(1)
    await queue.put(1)
    expect(await queue.full()).toBe(true)
    await expect(queue.put(2, { timeoutMs: 10 })).rejects.toThrow(Full)
    await expect(queue.putNowait(2)).rejects.toThrow(Full)
    const waiting = queue.put(3)
    expect(await queue.get()).toBe(1)
    await waiting
    expect(await queue.get()).toBe(3)
  })

  it('refuses what cannot travel, naming the place, and is untouched', async () => {
    const queue = new Queue<unknown>()
    await queue.put('before')
    await expect(queue.put({ a: new Map([['f', [() => 1]]]) })).rejects.toThrow('item.a.value(0)[0] is a function')
    await expect(queue.put(Promise.resolve())).rejects.toThrow(UnsendableError)
    expect(await queue.size()).toBe(1)
    expect(await queue.get()).toBe('before')
  })

  it('closed: no put, the rest can be got, then get rejects', async () => {
    const queue = new Queue<number>()
    await queue.put(1)
    await queue.close()
    await expect(queue.put(2)).rejects.toThrow(QueueClosedError)
    expect(await queue.get()).toBe(1)
    await expect(queue.get()).rejects.toThrow(QueueClosedError)
  })

  it('close ends those who wait', async () => {
    const queue = new Queue<number>(1)
    const getting = queue.get()
    await queue.close()
    await expect(getting).rejects.toThrow(QueueClosedError)
  })

  it.each([-1, 1.5, Number.NaN])('refuses a maxsize of %s', (maxsize) => {
    expect(() => new Queue({ maxsize })).toThrow(RangeError)
  })

  it('refuses a timeout that is no number', async () => {
    await expect(new Queue().get({ timeoutMs: 'soon' as never })).rejects.toThrow(RangeError)
  })
})

describe('Queue between processes', () => {
  it('carries anything structured-cloneable, in order', async () => {
    const cyclic: Record<string, unknown> = { name: 'cyclic' }
    cyclic.self = cyclic
    const items = [
      1,
      'text with \u{1f415} and \u0000',
      '\ud800 alone',
      null,
      undefined,
      10n ** 30n,
      new Date(5),
      new Map([[{ k: 1 }, new Set([1])]]),
      new Uint8Array([1, 2, 3]),
      new Float64Array([0.5, -1]),
      cyclic,
      new RangeError('an error', { cause: 'why' }),
      'x'.repeat(1_000_000),
    ]
    const from = new Queue<unknown>()
    const to = new Queue<unknown>()
    const mover = new Process(targets.moveAll, [from, to])
    mover.start()
    for (const item of items) await from.put(item)
    await from.close()
    const moved = await drain(to, items.length)
    expect(moved).toEqual(items)
    expect((moved[11] as Error).cause).toBe('why')
    await mover.join()
  })

  it('puts that were not waited for are in the queue before the process ends', async () => {
    const queue = new Queue<number>()
    const child = new Process(targets.putWithoutWaiting, [queue, 1_000])
    child.start()
    await child.join()
    expect(await queue.size()).toBe(1_000)
    expect(await drain(queue, 1_000)).toEqual(Array.from({ length: 1_000 }, (_, i) => i))
  })

  it('maxsize holds a putter in another process back, and the depth never passes it', async () => {
    const items = Array.from({ length: 50 }, (_, i) => i)
    const { handle, of } = observe(async () => {
      const queue = new Queue<number>(3)
      const child = new Process(targets.putAll, [queue, items])
      child.start()
      await waitUntil('the putter is held back', () => of('queue.changed').some((e) => e.waitingToPut.length > 0))
      expect(await queue.size()).toBe(3)
      expect(await drain(queue, 50)).toEqual(items)
      await child.join()
    })
    expect(await handle.ended).toEqual({ outcome: 'finished', leftovers: 0 })
    expect(Math.max(...of('queue.changed').map(({ depthMax }) => depthMax))).toBe(3)
    expect(of('queue.changed').at(-1)).toMatchObject({ depth: 0, puts: 50, gets: 50 })
  })

  it('timeouts in another process: Full and Empty', async () => {
    const full = new Queue<number>(1)
    const empty = new Queue<number>()
    const report = new Queue<unknown>()
    await full.put(1)
    const children = [
      new Process(targets.reportPut, [full, 2, 30, report]),
      new Process(targets.reportGet, [empty, 30, report]),
    ]
    for (const child of children) child.start()
    expect((await drain(report, 2)).sort()).toEqual(['Empty', 'Full'])
    for (const child of children) await child.join()
    expect(await full.size()).toBe(1)
  })

  it('puts that were not waited for hold the end of the process up until a full queue takes them', async () => {
    const queue = new Queue<number>(1)
    const child = new Process(targets.putWithoutWaiting, [queue, 5])
    child.start()
    expect(await drain(queue, 5)).toEqual([0, 1, 2, 3, 4])
    await child.join()
  })

  it('an item on its way to a process that dies goes back to the head, in order', async () => {
    const { handle, of } = observe(async () => {
      const queue = new Queue<number>({ name: 'watched' })
      const report = new Queue<unknown>()
      const child = new Process(targets.getOne, [queue, report])
      child.start()
      const id = () => of('queue.created').find(({ name }) => name === 'watched')?.queue
      await waitUntil('its get is known to the queue', () =>
        of('queue.changed').some((event) => event.queue === id() && event.waitingToGet.length === 1),
      )
      process.kill(child.pid as number, 'SIGSTOP')
      await waitUntil('it is stopped', () => processState(child.pid as number) === 'T')
      await queue.put(1)
      await queue.put(2)
      expect(await queue.size()).toBe(2)
      await expect(queue.getNowait()).resolves.toBe(2)
      child.kill()
      await child.join()
      await queue.put(3)
      expect(await drain(queue, 2)).toEqual([1, 3])
      expect(await drain(report, 1)).toEqual(['ready'])
      expect(await report.empty()).toBe(true)
    })
    expect(await handle.ended).toEqual({ outcome: 'finished', leftovers: 0 })
  })

  it('is gone with the process that kept it, and says so', async () => {
    const handed = new Queue<Queue<number>>()
    const child = new Process(targets.makeQueue, [handed])
    child.start()
    const theirs = await handed.get()
    const waiting = theirs.get()
    waiting.catch(() => {})
    child.kill()
    await expect(waiting).rejects.toThrow(/is gone with the process that kept it/)
    await child.join()
  })
})
