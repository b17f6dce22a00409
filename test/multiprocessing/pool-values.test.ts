/** What cannot travel, or cannot be read where it arrives, is its own task's affair. */
import { expect, test } from 'vitest'
import { Pool, UnsendableError } from '../../src/multiprocessing/index.ts'
import * as targets from '../fixtures/pool.ts'

const LIMIT = /at most 1,0\d\d,\d{3},\d{3} \(1 GiB\)/

test('values nested so deep that one side cannot read them fail their own task, and the workers live', async () => {
  const pool = new Pool(1)
  const worker = await pool.apply(targets.pid, [])
  let settled = 0
  for (const levels of [10, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 4_000, 6_000, 10_000, 100_000]) {
    // All short, so that some travel together.
    const square = pool.applyAsync(targets.square, [levels])
    const calls = [
      () => pool.applyAsync(targets.same, [targets.nested(levels)], { callback: () => settled++ }),
      () => pool.applyAsync(targets.nested, [levels], { callback: () => settled++ }),
      () => pool.mapAsync(targets.same, [targets.nested(levels)], { callback: () => settled++ }),
    ]
    for (const call of calls) {
      try {
        await call().get()
      } catch (error) {
        // At the call, or in the worker.
        expect(error).toMatchObject({ name: 'UnsendableError' })
      }
    }
    expect(await square).toBe(levels ** 2)
  }
  expect(settled).toBeGreaterThan(3)
  expect(await pool.apply(targets.pid, [])).toBe(worker)
  pool.close()
  await pool.join()
})

test('what is larger than a message is refused at the call, or fails its task, with the limit; all go on', async () => {
  const pool = new Pool(1)
  const worker = await pool.apply(targets.pid, [])
  const large = new Uint8Array(1.2e9)
  expect(() => pool.applyAsync(targets.same, [large])).toThrow(LIMIT)
  expect(() => pool.mapAsync(targets.same, [1, large], { chunkSize: 1 })).toThrow(UnsendableError)
  expect(() => new Pool(1, { initializer: targets.same, initArgs: [large] })).toThrow(LIMIT)
  await expect(pool.apply(targets.bytes, [1.2e9])).rejects.toThrow(LIMIT)
  expect(await pool.apply(targets.pid, [])).toBe(worker)
  pool.close()
  await pool.join()
}, 90_000)

test('a task that fakes the time, as tests do, changes nothing for its worker', async () => {
  const pool = new Pool(1)
  const worker = await pool.apply(targets.pid, [])
  expect(await pool.map(targets.fakeTime, [1, 2, 3], { chunkSize: 1 })).toEqual([1, 2, 3])
  expect(await pool.map(targets.compute, new Array(5).fill(0), { chunkSize: 1 })).toEqual(new Array(5).fill(0))
  expect(await pool.apply(targets.pid, [])).toBe(worker)
  pool.close()
  await pool.join()
})
