/** Processes that send what they must not: their connection ends with an error, and nobody else is harmed. */

import type { Socket } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { Pool, Process, Queue } from '../../src/multiprocessing/index.ts'
import { Channel } from '../../src/multiprocessing/wire/channel.ts'
import {
  answerWrongly,
  breakOff,
  breakRule,
  echo,
  failOddly,
  giveBackUnasked,
  haveRuleBroken,
  hostilities,
} from '../fixtures/hostile.ts'
import { pid, same } from '../fixtures/pool.ts'
import { Sockets } from '../fuzz/target.ts'
import { isAlive, waitUntil } from '../wait-until.ts'
import { observe, runObserved as run } from './observed.ts'

test.each(Object.keys(hostilities))(
  '%s: that process is ended, with the reason, and its sibling goes on',
  async (rule) => {
    const run = observe(async () => {
      const [there, back] = [new Queue<number>(), new Queue<number>()]
      const sibling = new Process(echo, [there, back])
      sibling.start()
      const hostile = new Process(breakRule, [rule], { name: 'hostile' })
      for (let i = 0; i < 50; i++) await there.put(i)
      hostile.start()
      await hostile.join()
      for (let i = 50; i < 100; i++) await there.put(i)
      await there.close()
      const got: number[] = []
      while (got.length < 100) got.push(await back.get())
      await sibling.join()
      return got
    })
    const { outcome } = await run.handle.ended
    expect(outcome).toBe('finished')
    const [hostile, sibling] = [run.of('process.started')[2], run.of('process.started')[1]]
    expect(run.of('process.exited').find(({ process }) => process === hostile?.process)?.signal).toBe('SIGKILL')
    expect(run.of('process.exited').find(({ process }) => process === sibling?.process)?.exitCode).toBe(0)
    const problems = run.of('problem.raised')
    expect(problems).toHaveLength(1)
    expect(problems[0]?.error?.name).toBe('WireError')
  },
)

// What only the one for whom it is can find out, and what everybody on the way can.
test.each([
  'items that are no batch',
  'to a sibling, in its own name',
  'an error with properties 200,000 levels deep',
  'an event about a sibling',
])('%s, from deep in a tree: that process is ended, and those that passed it on are not', async (rule) => {
  await run(async () => {
    const [there, back, ends] = [new Queue<number>(), new Queue<number>(), new Queue<number | null>()]
    const sibling = new Process(echo, [there, back])
    const parent = new Process(haveRuleBroken, [rule, ends])
    sibling.start()
    parent.start()
    expect(await ends.get()).toBe(-9)
    await parent.join()
    await there.put(1)
    await there.close()
    expect(await back.get()).toBe(1)
    await sibling.join()
    expect([parent.exitCode, sibling.exitCode]).toEqual([0, 0])
  })
})

test('a worker that answers with what is no list fails its task, is ended, and the pool goes on', async () => {
  await run(async () => {
    await using pool = new Pool(1)
    const worker = await pool.apply(pid, [])
    await expect(pool.map(answerWrongly, [1, 2], { chunkSize: 2 })).rejects.toThrow('where a list must be')
    // Its second answer is one too many.
    await waitUntil('ended', () => !isAlive(worker))
    expect(await pool.map(same, [3, 4], { chunkSize: 2 })).toEqual([3, 4])
  })
})

test('a worker that fails with an error that is none, or gives back unasked, harms its own task', async () => {
  await run(async () => {
    await using pool = new Pool(2)
    await expect(pool.apply(failOddly, [])).rejects.toThrow('an error that is none')
    expect(await pool.map(same, [2, 3], { chunkSize: 2 })).toEqual([2, 3])
    await expect(pool.apply(giveBackUnasked, [])).rejects.toThrow('was not asked for')
    expect(await pool.apply(same, [4])).toBe(4)
  })
})

test('a process that breaks off in the middle of a message harms nobody', async () => {
  const run = observe(async () => {
    const queue = new Queue<number>()
    const broken = new Process(breakOff, [])
    broken.start()
    await broken.join()
    await queue.put(1)
    expect(await queue.get()).toBe(1)
  })
  expect((await run.handle.ended).outcome).toBe('finished')
})

const sockets = new Sockets()
afterAll(() => sockets.close())

test('a length field alone makes nobody keep room for it', async () => {
  const before = process.memoryUsage()
  const pairs: [Socket, Socket][] = []
  for (let i = 0; i < 20; i++) pairs.push(await sockets.pair())
  const errors: (Error | null)[] = []
  let got = 0
  const channels: Channel[] = []
  for (const [here, there] of pairs) {
    const channel = new Channel(here)
    channel.listen({ onFrame: () => got++, onClose: (error) => errors.push(error) })
    channels.push(channel)
    there.on('error', () => {})
    // One GiB is announced, four bytes come.
    there.write(Buffer.from('4000000000', 'hex'))
  }
  await waitUntil('all bytes read', () => channels.every(({ bytesRead }) => bytesRead === 5))
  const { arrayBuffers, rss } = process.memoryUsage()
  expect(arrayBuffers - before.arrayBuffers).toBeLessThan(20_000_000)
  expect(rss - before.rss).toBeLessThan(200_000_000)
  for (const [, there] of pairs) there.destroy()
  await waitUntil('all closed', () => errors.length === 20)
  expect(got).toBe(0)
})
