/** Many items at once: the same promises as for one after the other. */
import { expect, test } from 'vitest'
import { Full, Process, Queue, QueueClosedError, UnsendableError } from '../../src/multiprocessing/index.ts'
import { getManyAndStay, putAll, putInOne } from '../fixtures/targets.ts'
import { waitUntil } from '../wait-until.ts'
import { runObserved as run } from './observed.ts'

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i)

async function drain(queue: Queue<unknown>, count: number, max?: number): Promise<unknown[]> {
  const got: unknown[] = []
  while (got.length < count) got.push(...(await queue.getMany(max)))
  return got
}

test('many keep their order, between processes and with single ones around them', async () => {
  await run(async () => {
    const queue = new Queue<unknown>()
    const child = new Process(putInOne, [queue, numbers(10_000)])
    child.start()
    await child.join()
    await queue.put(10_000)
    await queue.putMany(numbers(5, 10_001))
    expect(await queue.get()).toBe(0)
    expect(await drain(queue, 10_005)).toEqual(numbers(10_005, 1))
    const other = new Process(putAll, [queue, ['a', { b: 1 }, new Uint8Array([1]), null]])
    other.start()
    expect(await drain(queue, 4, 2)).toEqual(['a', { b: 1 }, new Uint8Array([1]), null])
  })
})

test('getMany gives what is there, no more than asked for, and waits only for the first', async () => {
  await run(async () => {
    const queue = new Queue<number>()
    await queue.putMany(numbers(5))
    expect(await queue.getMany(3)).toEqual([0, 1, 2])
    expect(await queue.getMany(30)).toEqual([3, 4])
    await expect(queue.getMany(3, { timeoutMs: 20 })).rejects.toThrow('is empty')
    await expect(queue.getMany(0)).rejects.toThrow(RangeError)
    await queue.putMany([])
    expect(await queue.size()).toBe(0)
  })
})

test('a bounded queue never has more than its size, and takes many piece by piece', async () => {
  await run(async (self) => {
    const queue = new Queue<unknown>(3)
    const child = new Process(putInOne, [queue, numbers(50)])
    child.start()
    await waitUntil('it waits', () => self.of('process.state').some(({ waitingOn }) => waitingOn?.what === 'put'))
    expect(await queue.size()).toBe(3)
    expect(await drain(queue, 50, 2)).toEqual(numbers(50))
    expect(Math.max(...self.of('queue.changed').map(({ depthMax }) => depthMax))).toBe(3)
    await child.join()
  })
})

test('Full says how many were put, and those are in the queue, no more', async () => {
  await run(async () => {
    const queue = new Queue<number>(4)
    const error = await queue.putMany(numbers(10), { timeoutMs: 30 }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(Full)
    expect(error.put).toBe(4)
    expect(error.message).toContain('4 of 10 items were put')
    expect(await queue.getMany()).toEqual([0, 1, 2, 3])
    expect(await queue.size()).toBe(0)
  })
})

test('one that cannot travel is refused with its place, and none was put', async () => {
  await run(async () => {
    const queue = new Queue<unknown>()
    await expect(queue.putMany([1, { f: () => 1 }])).rejects.toThrow(UnsendableError)
    await expect(queue.putMany([1, { f: () => 1 }])).rejects.toThrow('items[1].f is a function')
    expect(await queue.size()).toBe(0)
  })
})

test('many that are waiting to be put are refused when the queue is closed', async () => {
  await run(async () => {
    const queue = new Queue<number>(2)
    const putting = expect(queue.putMany(numbers(5))).rejects.toThrow(QueueClosedError)
    await queue.close()
    await putting
    expect(await queue.getMany()).toEqual([0, 1])
  })
})

test('what a process has got is its own; what waits when the getter is killed stays, in order', async () => {
  await run(async () => {
    const [queue, said] = [new Queue<unknown>(), new Queue<unknown>()]
    await queue.putMany(numbers(20))
    const child = new Process(getManyAndStay, [queue, 8, said])
    child.start()
    expect(await said.get()).toBe(8)
    const waiting = new Process(getManyAndStay, [new Queue<unknown>(), 8, said])
    waiting.start()
    child.kill()
    await child.join()
    waiting.kill()
    expect(await drain(queue, 12)).toEqual(numbers(12, 8))
  })
})
