/** Any time that a program names is kept, up to centuries, and what is no time is refused. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  Barrier,
  Condition,
  Event,
  JoinableQueue,
  Lock,
  Pipe,
  Pool,
  Process,
  ProcessPoolExecutor,
  Queue,
  sleep,
  Thread,
  wait,
} from '../../src/multiprocessing/index.ts'
import { after as callAfter } from '../../src/multiprocessing/run/timer.ts'
import * as targets from '../fixtures/targets.ts'

const MONTH_MS = 30 * 24 * 3_600_000
/** Node's own timers fire after a millisecond if they are set for longer than 24 days: long past when this is over. */
const longEnough = () => new Promise((resolve) => setTimeout(resolve, 30))

/** What may be given a time: `begin` begins to wait, and `end` is what ends the wait well. */
type Begun = Promise<{ waiting: Promise<unknown>; end(): unknown; wanted: unknown }>
const waits: Record<string, (timeoutMs: number) => Begun> = {
  'get from a queue': async (timeoutMs) => {
    const queue = new Queue<number>()
    return { waiting: queue.get({ timeoutMs }), end: () => queue.put(1), wanted: 1 }
  },
  'put to a queue': async (timeoutMs) => {
    const queue = new Queue<number>(1)
    await queue.put(1)
    return { waiting: queue.put(2, { timeoutMs }), end: () => queue.get(), wanted: undefined }
  },
  'join of a queue': async (timeoutMs) => {
    const queue = new JoinableQueue<number>()
    await queue.put(1)
    return { waiting: queue.join({ timeoutMs }), end: () => queue.taskDone(), wanted: true }
  },
  'join of a process': async (timeoutMs) => {
    const child = new Process(targets.sleepFor, [60_000])
    child.start()
    return { waiting: child.join({ timeoutMs }), end: () => child.kill(), wanted: true }
  },
  'join of a thread': async (timeoutMs) => {
    const flag = new Int32Array(new SharedArrayBuffer(4))
    const thread = new Thread(targets.waitForFlag, [flag])
    thread.start()
    const end = () => {
      Atomics.store(flag, 0, 1)
      Atomics.notify(flag, 0)
    }
    return { waiting: thread.join({ timeoutMs }), end, wanted: true }
  },
  'a lock': async (timeoutMs) => {
    const lock = new Lock()
    await lock.acquire()
    return { waiting: lock.acquire({ timeoutMs }), end: () => lock.release(), wanted: true }
  },
  'an event': async (timeoutMs) => {
    const event = new Event()
    return { waiting: event.wait({ timeoutMs }), end: () => event.set(), wanted: true }
  },
  'a condition': async (timeoutMs) => {
    const condition = new Condition()
    let holds = false
    await condition.acquire()
    const end = () =>
      condition.with(async () => {
        holds = true
        await condition.notify()
      })
    return { waiting: condition.waitFor(() => holds, { timeoutMs }), end, wanted: true }
  },
  'a barrier': async (timeoutMs) => {
    const barrier = new Barrier(2, { timeoutMs })
    return { waiting: barrier.wait(), end: () => barrier.wait(), wanted: 0 }
  },
  'poll of a pipe': async (timeoutMs) => {
    const [one, other] = Pipe()
    return { waiting: one.poll({ timeoutMs }), end: () => other.send(1), wanted: true }
  },
  'a result, and a task': async (timeoutMs) => {
    const pool = new Pool(1)
    const queue = new Queue<string>()
    const result = pool.applyAsync(targets.getFrom, [queue], { timeoutMs })
    const end = () => {
      pool.close()
      return queue.put('done')
    }
    return { waiting: result.get({ timeoutMs }), end, wanted: 'done' }
  },
  'a future': async (timeoutMs) => {
    const executor = new ProcessPoolExecutor(1)
    const queue = new Queue<string>()
    const future = executor.submit(targets.getFrom, queue)
    const waiting = wait([future], { timeoutMs }).then(({ done }) => done.size)
    const end = async () => {
      await queue.put('done')
      await executor.shutdown()
    }
    return { waiting, end, wanted: 1 }
  },
}

describe.each(Object.entries(waits))('%s', (_, begin) => {
  test.each([MONTH_MS, Number.MAX_VALUE, Number.POSITIVE_INFINITY])('waits for %d ms', async (timeoutMs) => {
    const { waiting, end, wanted } = await begin(timeoutMs)
    waiting.catch(() => {})
    await longEnough()
    await end()
    expect(await waiting).toBe(wanted)
  })

  test.each([Number.NaN, '5', null])('is refused for %j ms', async (timeoutMs) => {
    await expect(async () => {
      const { waiting, end } = await begin(timeoutMs as number)
      waiting.catch(() => {})
      await end()
      await waiting
    }).rejects.toThrow(RangeError)
  })
})

test.each([MONTH_MS, Number.MAX_VALUE, Number.POSITIVE_INFINITY])('a sleep of %d ms lasts', async (ms) => {
  let over = false
  void sleep(ms).then(() => (over = true))
  await longEnough()
  expect(over).toBe(false)
})

test.each([Number.NaN, '5', undefined])('a sleep of %j ms is refused', (ms) => {
  expect(() => sleep(ms as number)).toThrow(RangeError)
})

describe('after', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  test('is exact after months, and can be stopped then', () => {
    vi.useFakeTimers()
    let [late, stopped] = [0, 0]
    callAfter(3 * MONTH_MS + 0.5, () => late++)
    const stop = callAfter(3 * MONTH_MS, () => stopped++)
    vi.advanceTimersByTime(3 * MONTH_MS - 1)
    expect([late, vi.getTimerCount()]).toEqual([0, 2])
    stop()
    vi.advanceTimersByTime(2)
    expect([late, stopped, vi.getTimerCount()]).toEqual([1, 0, 0])
  })
})
