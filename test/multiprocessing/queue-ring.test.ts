/** Processes that take items out of a ring by themselves, or, where there can be none, ask for each: nobody can tell, but that it is fast. */
import { afterEach, describe, expect, test } from 'vitest'
import { Empty, Process, Queue } from '../../src/multiprocessing/index.ts'
import { getAll, getAndSay, getAtOnce, getSome, getThenLoop } from '../fixtures/getters.ts'
import { runObserved } from './observed.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)

/** A child that has got 1,000 of 3,000 one by one. */
async function aGetter() {
  const [queue, said, orders] = [new Queue<number>(), new Queue<unknown>(), new Queue<string>()]
  await queue.putMany(numbers(3_000))
  const child = new Process(getSome, [queue, 1_000, said, orders], { daemon: true })
  child.start()
  // The depth is exact, whoever took what by which way.
  expect(await said.get()).toEqual([numbers(1_000), 2_000])
  expect(await queue.size()).toBe(2_000)
  return { queue, said, orders, child }
}

test('whoever else wants an item gets the next one, without waiting too', async () => {
  await runObserved(async () => {
    const { queue, said, orders } = await aGetter()
    const left: number[] = []
    for (;;) {
      try {
        left.push(await queue.getNowait())
      } catch (error) {
        expect(error).toBeInstanceOf(Empty)
        break
      }
    }
    expect(left.sort((a, b) => a - b)).toEqual(numbers(3_000).slice(1_000))
    expect(await queue.size()).toBe(0)
    await queue.put(7)
    await orders.put('next')
    expect(await said.get()).toBe(7)
  })
})

test('two take by turns', async () => {
  await runObserved(async () => {
    const { queue, said, orders } = await aGetter()
    const got = new Set<number>()
    while (got.size < 1_999) got.add(await queue.get())
    await orders.put('next')
    got.add((await said.get()) as number)
    expect([...got].sort((a, b) => a - b)).toEqual(numbers(3_000).slice(1_000))
  })
})

test('many at once are all that are there', async () => {
  await runObserved(async () => {
    const { said, orders } = await aGetter()
    await orders.put('next')
    expect(await said.get()).toBe(1_000)
    await orders.put('all')
    expect(await said.get()).toEqual(numbers(3_000).slice(1_001))
    await orders.put('size')
    expect(await said.get()).toBe(0)
  })
})

test('gets that are begun together get items in their order', async () => {
  await runObserved(async () => {
    const [queue, said] = [new Queue<number>(), new Queue<number[]>()]
    const child = new Process(getAtOnce, [queue, 300, said])
    child.start()
    for (const n of numbers(2_700)) {
      await queue.put(n)
      // Sometimes there is less than is wanted, sometimes more.
      if (n % 500 === 499) await new Promise(setImmediate)
    }
    expect(await said.get()).toEqual(numbers(2_700))
    await child.join()
  })
})

test('a getter that is killed has got what it got, and nothing else is lost or doubled', async () => {
  await runObserved(async () => {
    for (let round = 0; round < 5; round++) {
      const [queue, said] = [new Queue<number>(), new Queue<number>()]
      await queue.putMany(numbers(5_000))
      const child = new Process(getAndSay, [queue, said], { daemon: true })
      child.start()
      for (let i = 0; i < 1_000; i++) expect(await said.get()).toBe(i)
      child.kill()
      await child.join()
      let next = 1_000
      while (!(await said.empty())) expect(await said.get()).toBe(next++)
      const left = await queue.getMany(5_000)
      // One item may have been got and not been said any more.
      expect(left[0] === next || left[0] === next + 1).toBe(true)
      expect(left).toEqual(numbers(5_000).slice(left[0]))
    }
  })
})

test('an urgent item is not overtaken by what came before it', async () => {
  await runObserved(async () => {
    const queue = new Queue<number>({ priority: true })
    const [said, orders] = [new Queue<unknown>(), new Queue<string>()]
    await queue.putMany(numbers(2_000))
    new Process(getSome, [queue, 1_000, said, orders], { daemon: true }).start()
    await said.get()
    await queue.put(-1, { priority: -5 })
    await orders.put('next')
    expect(await said.get()).toBe(-1)
  })
})

test('a process that computes without end keeps nothing from others', async () => {
  await runObserved(async () => {
    const [queue, said] = [new Queue<number>(), new Queue<number>()]
    await queue.putMany(numbers(3_000))
    const child = new Process(getThenLoop, [queue, 500, said], { daemon: true })
    child.start()
    expect(await said.get()).toBe(500)
    expect(await queue.size()).toBe(2_500)
    const left: number[] = []
    while (left.length < 2_500) left.push(await queue.get({ timeoutMs: 5_000 }))
    expect(left.sort((a, b) => a - b)).toEqual(numbers(3_000).slice(500))
    child.kill()
    await child.join()
    expect(await queue.size()).toBe(0)
  })
})

/** As where there is no koffi, or no /proc. */
function withoutMappedMemory(): void {
  process.env.FORKSCOPE_NO_MAPPED_MEMORY = '1'
}

afterEach(() => {
  delete process.env.FORKSCOPE_NO_MAPPED_MEMORY
})

describe.each(['in a ring', 'by asking'])('%s', (way) => {
  test('of several getters each item comes to one, in order', async () => {
    if (way === 'by asking') withoutMappedMemory()
    await runObserved(async () => {
      const [queue, said] = [new Queue<number>(), new Queue<number[]>()]
      const children = numbers(3).map(() => new Process(getAll, [queue, said]))
      for (const child of children) child.start()
      const own: number[] = []
      // Little at a time, so that the queue is often empty.
      for (let next = 0; next < 20_000; ) {
        const burst = numbers(1 + (next % 40)).map(() => next++)
        await queue.putMany(burst)
        if (next % 3 === 0) await new Promise(setImmediate)
        if (next % 7 === 0) own.push(await queue.getNowait().catch(() => -1))
      }
      await queue.close()
      const got = [...own.filter((item) => item >= 0)]
      for (const _ of children) {
        const items = await said.get()
        expect(items).toEqual([...items].sort((a, b) => a - b))
        got.push(...items)
      }
      got.sort((a, b) => a - b)
      expect(got).toEqual(numbers(got.length))
      expect(got.length).toBeGreaterThanOrEqual(20_000)
    })
  })

  test('a bounded queue lets in who waits when items were taken', async () => {
    if (way === 'by asking') withoutMappedMemory()
    await runObserved(async () => {
      const [queue, said] = [new Queue<number>(20), new Queue<number[]>()]
      const children = numbers(2).map(() => new Process(getAll, [queue, said]))
      for (const child of children) child.start()
      for (const n of numbers(3_000)) await queue.put(n)
      await queue.close()
      const got = [...(await said.get()), ...(await said.get())]
      expect(got.sort((a, b) => a - b)).toEqual(numbers(3_000))
    })
  })
})
