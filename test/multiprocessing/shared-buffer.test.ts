/** The memory that a child and its parent share, both ends in one process. */
import { closeSync, ftruncateSync, openSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MultiprocessingError, Pool, Process, Queue } from '../../src/multiprocessing/index.ts'
import { createMemoryFile } from '../../src/multiprocessing/wire/nameless-file.ts'
import { giveBackMemory, takeMemory } from '../../src/multiprocessing/wire/recycled-memory.ts'
import { SharedBuffer } from '../../src/multiprocessing/wire/shared-buffer.ts'
import * as pool from '../fixtures/pool.ts'
import * as targets from '../fixtures/targets.ts'
import { chance } from '../seeded.ts'

const MIB = 1024 * 1024

function expectNext(buffer: SharedBuffer, bytes: Buffer, tailBytes: number): void {
  const { payload, tail } = buffer.read(bytes.byteLength, tailBytes)
  expect(tail?.byteLength ?? 0).toBe(tailBytes)
  expect(tail?.buffer.byteLength ?? 0).toBe(tailBytes)
  expect(Buffer.concat([payload, ...(tail ? [tail] : [])]).equals(bytes)).toBe(true)
}

describe.runIf(process.platform === 'linux')('shared memory', () => {
  let fd = 0
  let [parent, child]: SharedBuffer[] = []
  beforeEach(() => {
    fd = createMemoryFile() as number
    parent = new SharedBuffer(fd, 'parent')
    child = new SharedBuffer(fd, 'child')
  })
  afterEach(() => closeSync(fd))

  it('brings what is written, in order, whatever the lengths and the parts', () => {
    const dice = chance(1)
    for (const [from, to] of [
      [parent, child],
      [child, parent],
    ] as [SharedBuffer, SharedBuffer][]) {
      const written: Buffer[] = []
      for (let i = 0; i < 600; i++) {
        const whole = Buffer.alloc(32 * 1024 + dice.below(MIB), i)
        const cut = dice.below(whole.byteLength)
        const parts = dice.below(2) === 0 ? [whole] : [whole.subarray(0, cut), whole.subarray(cut)]
        if (from.write(parts, whole.byteLength)) written.push(whole)
        if (dice.below(10) < 6) continue
        const next = written.shift()
        if (next) expectNext(to, next, dice.below(next.byteLength))
      }
      for (const next of written) expectNext(to, next, 0)
    }
  })

  it('gives memory again that was given back, and no other', () => {
    const first = takeMemory(100_000)
    const isFirst = (bytes: number) => takeMemory(bytes).buffer === first.buffer
    giveBackMemory(first.subarray(0, 10))
    expect(isFirst(100_000)).toBe(false)
    giveBackMemory(first)
    giveBackMemory(first)
    expect([isFirst(99_000), isFirst(99_000)]).toEqual([true, false])
  })

  it('takes no more than it holds, and more once that was read', () => {
    const half = [Buffer.alloc(4 * MIB, 1)]
    expect([1, 2, 3].map(() => parent?.write(half, 4 * MIB))).toEqual([true, true, false])
    // The other way is not concerned.
    expect(child?.write(half, 4 * MIB)).toBe(true)
    child?.read(4 * MIB, 0)
    expect(parent?.write(half, 4 * MIB)).toBe(true)
    expect(parent?.write([Buffer.alloc(8 * MIB)], 8 * MIB)).toBe(false)
  })

  it('leaves what is short to the socket', () => {
    expect(parent?.write([Buffer.alloc(1000)], 1000)).toBe(false)
  })

  it('counts on where 32 bits end', () => {
    const whole = Buffer.alloc(4 * MIB)
    for (let i = 0; i < 1_100; i++) {
      whole.writeUInt32LE(i, 3 * MIB)
      expect(parent?.write([whole], whole.byteLength)).toBe(true)
      expect(child?.read(whole.byteLength, 0).payload.readUInt32LE(3 * MIB)).toBe(i)
    }
  }, 60_000)

  it('is not used by who cannot write to it, and who reads without being able to count loses nothing', () => {
    const readOnly = openSync(`/proc/self/fd/${fd}`, 'r')
    const reader = new SharedBuffer(readOnly, 'child')
    const large = Buffer.alloc(MIB, 7)
    expect([reader.write([large], MIB), reader.write([large], MIB)]).toEqual([false, false])
    // It is full from then on: what is not counted as read is never written over.
    expect(Array.from({ length: 9 }, () => parent?.write([large], MIB))).toEqual([...Array(8).fill(true), false])
    for (let i = 0; i < 8; i++) expect(reader.read(MIB, i * 1000).payload.every((byte) => byte === 7)).toBe(true)
    expect(parent?.write([large], MIB)).toBe(false)
    closeSync(readOnly)
    // The other end of one that is broken altogether.
    expect(reader.write([large], MIB)).toBe(false)
    expect(() => reader.read(MIB, 0)).toThrow('cannot be read')
    const unreadable = new SharedBuffer(readOnly, 'parent')
    expect(unreadable.write([large], MIB)).toBe(false)
  })

  it('may be cut short by the other side: who reads says so, who writes goes on', () => {
    const large = Buffer.alloc(MIB, 7)
    expect(child?.write([large], MIB)).toBe(true)
    ftruncateSync(fd, 0)
    expect(() => parent?.read(MIB, 0)).toThrow('shorter than it says')
    expect(parent?.write([large], MIB)).toBe(true)
    expect(child?.read(MIB, 0).payload.equals(large)).toBe(true)
  })

  it('refuses a length that cannot be, and one that nobody wrote', () => {
    for (const length of [0, 100, 8 * MIB + 1, 0xffffffff]) {
      expect(() => child?.read(length, 0)).toThrow(MultiprocessingError)
    }
    expect(() => child?.read(MIB, MIB + 1)).toThrow(MultiprocessingError)
    expect(() => child?.read(MIB, 0)).toThrow('shorter than it says')
  })
})

describe('large items', () => {
  it('come through as they are, between children too', async () => {
    const [from, to] = [new Queue<unknown>(), new Queue<unknown>()]
    const mover = new Process(targets.moveAll, [from, to])
    mover.start()
    const dice = chance(2)
    const items = Array.from({ length: 30 }, (_, i) => {
      const length = dice.below(3 * MIB)
      return i % 3 === 0
        ? new Uint8Array(length).fill(i)
        : i % 3 === 1
          ? 'ä'.repeat(length >> 1)
          : { text: 'x'.repeat(length) }
    })
    const put = from.putMany(items).then(() => from.close())
    for (const item of items) expect(isDeepStrictEqual(await to.get(), item)).toBe(true)
    await put
    await mover.join()
  })

  // The second are too large for the memory that is shared, so they go by the socket.
  it.each([
    [30, MIB],
    [5, 8 * MIB],
  ])('are what they were when they were put, and nobody else’s: %i of %i bytes', async (count, size) => {
    const queue = new Queue<Uint8Array>()
    const putter = new Process(targets.putAndOverwrite, [queue, count, size])
    putter.start()
    while ((await queue.size()) < 3) await new Promise((resolve) => setImmediate(resolve))
    for (let i = 0; i < count; i++) {
      const item = await queue.get()
      expect(Object.getPrototypeOf(item)).toBe(Uint8Array.prototype)
      expect([item.byteLength, item.buffer.byteLength, item.byteOffset]).toEqual([size, size, 0])
      expect(item.every((byte) => byte === i)).toBe(true)
    }
    await putter.join()
  })

  it('are tasks and results as well', async () => {
    await using workers = new Pool(2)
    const results = await workers.map(pool.bytes, [10, 40_000, 6 * MIB, 100_000])
    expect(results.map(({ byteLength }) => byteLength)).toEqual([10, 40_000, 6 * MIB, 100_000])
  })
})
