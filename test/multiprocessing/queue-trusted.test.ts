/** Puts that need not ask: what `put` promises holds for them as well. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Process, Queue } from '../../src/multiprocessing/index.ts'
import { keepQueue } from '../fixtures/sync.ts'
import { putAndExit, putAndFill, putAndLeave, putAndSet, putByAnother, putUntilClosed } from '../fixtures/trusted.ts'
import { processState } from '../wait-until.ts'
import { runObserved as run } from './observed.ts'

/** Not even as one that has ended and was not taken notice of. */
const isRunning = (pid: number) => /^State:\s+[^Z]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))

test('whoever learns that something was put finds it in the queue', async () => {
  await run(async () => {
    const queue = new Queue<number>()
    const [there, back] = [new Queue<number>(), new Queue<number>()]
    const child = new Process(putAndSet, [queue, there, back])
    child.start()
    for (let i = 1; i <= 200; i++) {
      await there.put(i)
      await back.get()
      expect(await queue.size()).toBe(2 * i)
    }
    await there.close()
    await child.join()
  })
})

test('every put that was done before a process knew of the end is in the queue, and none after', async () => {
  for (let round = 0; round < 5; round++) {
    await run(async () => {
      const queue = new Queue<number>()
      const counts = new Queue<number>()
      const putters = [1, 2, 3].map(() => new Process(putUntilClosed, [queue, counts]))
      for (const putter of putters) putter.start()
      let got = 0
      while (got < 2_000) got += (await queue.getMany()).length
      await queue.close()
      await expect(queue.put(0)).rejects.toThrow('is closed')
      // The end comes only when all of them know: until then there are items, or a wait.
      for await (const _ of queue) got++
      const put = (await counts.get()) + (await counts.get()) + (await counts.get())
      expect(got).toBe(put)
    })
  }
})

test('what was put before a sudden exit is in the queue', async () => {
  await run(async () => {
    const queue = new Queue<number>()
    const child = new Process(putAndExit, [queue, 50])
    child.start()
    await child.join()
    expect(await queue.size()).toBe(51)
  })
})

test.each(['joiner', 'sibling'])(
  'who has joined a putter finds all that it put: in a queue of its %s',
  async (whose) => {
    await run(async () => {
      const out = new Queue<Queue<string>>()
      const keeper = new Process(keepQueue, [out as never], { daemon: true })
      keeper.start()
      const queue = whose === 'joiner' ? new Queue<string>() : await out.get()
      for (const put of [putAndLeave, putByAnother]) {
        const child = new Process(put, [queue, 1_000, 20_000])
        child.start()
        await child.join()
        expect(await queue.size()).toBe(1_000)
        for (let i = 0; i < 1_000; i++) expect((await queue.get()).split(' ')[0]).toBe(String(i))
      }
    })
  },
)

test.runIf(process.platform === 'linux')(
  'a process that ends while its parent computes has put all that it put',
  async () => {
    await run(async () => {
      const queue = new Queue<string>()
      const child = new Process(putAndLeave, [queue, 40, 1_000])
      child.start()
      await queue.get()
      await new Promise((resolve) => setImmediate(resolve))
      // Puts, last words and end all come at once afterwards.
      const endMs = performance.now() + 20_000
      while (isRunning(child.pid as number) && performance.now() < endMs);
      expect(isRunning(child.pid as number)).toBe(false)
      await child.join()
      expect(await queue.size()).toBe(39)
    })
  },
)

test('a queue whose putter is killed ends all the same', async () => {
  await run(async () => {
    const queue = new Queue<number>()
    const counts = new Queue<number>()
    const putter = new Process(putUntilClosed, [queue, counts])
    putter.start()
    let last = 0
    while (last < 1_000) expect(await queue.get()).toBe(++last)
    putter.kill()
    await putter.join()
    await queue.close()
    for await (const item of queue) {
      // In order, and no gap: what is lost of a killed process is at its end.
      expect(item).toBe(last + 1)
      last = item
    }
    expect(await queue.size()).toBe(0)
  })
})

/** Lets nothing come in until a process has been asleep for a while: it waits. One that only does not get the CPU is not asleep. */
function computeUntilAsleep(pid: number): void {
  const endMs = performance.now() + 20_000
  for (let sinceMs = performance.now(); performance.now() - sinceMs < 200; ) {
    if (performance.now() > endMs) throw new Error('It does not wait.')
    if (processState(pid) !== 'S') sinceMs = performance.now()
  }
}

test.runIf(process.platform === 'linux')('a putter waits for an owner that does not take in what it puts', async () => {
  const self = await run(async () => {
    const queue = new Queue<string>()
    const said = new Queue<string>()
    const child = new Process(putAndFill, [queue, said])
    child.start()
    expect(await said.get()).toBe('begun')
    computeUntilAsleep(child.pid as number)
    expect(await said.get()).toBe('done')
    expect(await queue.size()).toBe(101)
    await child.join()
  })
  // It put 100 items of 100 KB: more than may be on their way, so it was seen to wait for room.
  const waits = self.of('process.state').filter(({ waitingOn }) => waitingOn?.what === 'put')
  expect(waits).not.toEqual([])
})
