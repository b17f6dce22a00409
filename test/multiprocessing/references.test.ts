/** Shared objects that nobody has any more cost nothing, and those that somebody has, or will have, are there. */
import { expect, test } from 'vitest'
import { Event, Lock, Pool, Process, Queue, SimpleQueue } from '../../src/multiprocessing/index.ts'
import {
  answerEach,
  collectAll,
  collected,
  drain,
  giveBack,
  keepLock,
  known,
  lockName,
  owned,
  type Request,
} from '../fixtures/references.ts'
import { runObserved } from './observed.ts'

test('a queue and an event for each of many requests: none is left at either end', async () => {
  await runObserved(async () => {
    const [requests, said] = [new Queue<Request>(), new Queue<number>()]
    const server = new Process(answerEach, [requests, said])
    server.start()
    for (let n = 0; n < 2_000; n++) {
      const [reply, seen] = [new SimpleQueue<number>(), new Event()]
      await requests.put({ n, reply, seen })
      expect(await reply.get()).toBe(2 * n)
      await seen.wait()
    }
    await requests.close()
    expect(await said.get()).toBeLessThanOrEqual(10)
    expect(await collected(known, 10)).toBeLessThanOrEqual(10)
    expect(await collected(owned, 10)).toBeLessThanOrEqual(10)
    await server.join()
  })
})

test('an object on its way is there when it arrives, though nobody had it meanwhile', async () => {
  await runObserved(async () => {
    const carrier = new Queue<Queue<string>>()
    await (async () => {
      const carried = new Queue<string>()
      await carried.put('inside')
      await carrier.put(carried)
    })()
    expect(await collected(known, 1)).toBe(1)
    expect(owned()).toBe(2)
    expect(await (await carrier.get()).get()).toBe('inside')
  })
})

test('an object that only another process has comes back to its owner with what is in it', async () => {
  await runObserved(async () => {
    const [back, go] = [new Queue<Queue<number>>(), new Event()]
    const child = new Process(giveBack, [new Queue<number>(), back, go])
    child.start()
    await collected(known, 2)
    await go.set()
    expect(await (await back.get()).get({ timeoutMs: 5_000 })).toBe(1)
    await child.join()
  })
})

test('what a pool gives to each of its workers lasts as long as the pool', async () => {
  await runObserved(async () => {
    const pool = new Pool(1, { initializer: keepLock, initArgs: [new Lock({ name: 'kept' })], maxTasksPerChild: 1 })
    for (let i = 0; i < 3; i++) {
      expect(await pool.apply(lockName, [])).toBe('kept')
      await collectAll()
    }
    pool.close()
    await pool.join()
  })
})

test('a queue that is closed and empty is gone at its owner, and says to all the same what it said', async () => {
  await runObserved(async () => {
    const [queue, said] = [new Queue<number>(), new Queue<unknown>()]
    const child = new Process(drain, [queue, said])
    child.start()
    await queue.put(1)
    await queue.close()
    expect(await said.get()).toEqual([1, 'QueueClosedError', 'QueueClosedError', 0])
    expect(owned()).toBe(1)
    await expect(queue.get()).rejects.toThrow('The queue queue 1 is closed.')
    await child.join()
  })
})
