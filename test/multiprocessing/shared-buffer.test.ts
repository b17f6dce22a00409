/** The memory that a child and its parent share, both ends in one process. */
import { closeSync, ftruncateSync, openSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MultiprocessingError, Pool, Process, Queue } from '../../src/multiprocessing/index.ts'
import { type MemoryPlace, openMappedMemory } from '../../src/multiprocessing/wire/mapped-memory.ts'
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
  let [parent, child]: SharedBuffer[] = []
  let place: MemoryPlace = { pid: 0, fd: 0 }
  beforeEach(() => {
    const made = SharedBuffer.create()
    parent = made?.buffer
    place = made?.place as MemoryPlace
    child = SharedBuffer.open(place)
  })
  afterEach(() => {
    child?.close()
    parent?.close()
  })

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

  it('cannot be cut short by the other side, which would end who reads it', () => {
    const fd = openSync(`/proc/${place.pid}/fd/${place.fd}`, 'r+')
    expect(() => ftruncateSync(fd, 0)).toThrow('EPERM')
    closeSync(fd)
  })

  it('holds no more than it has, whatever the other side says that it has read', () => {
    const memory = openMappedMemory(place, 4096 + 16 * MIB)
    const words = new Int32Array(memory?.bytes as ArrayBuffer, 0, 1024)
    const dice = chance(3)
    for (let i = 0; i < 2_000; i++) {
      words[0] = dice.below(2 ** 32)
      const length = 32 * 1024 + dice.below(MIB)
      parent?.write([Buffer.alloc(length)], length)
    }
    memory?.unmap()
  })

  it('refuses a length that cannot be', () => {
    for (const length of [0, 100, 8 * MIB + 1, 0xffffffff]) {
      expect(() => child?.read(length, 0)).toThrow(MultiprocessingError)
    }
    expect(() => child?.read(MIB, MIB + 1)).toThrow(MultiprocessingError)
  })

  it('takes and gives nothing once it is closed', () => {
    parent?.close()
    expect(parent?.write([Buffer.alloc(MIB)], MIB)).toBe(false)
    expect(() => parent?.read(MIB, 0)).toThrow(MultiprocessingError)
    parent = undefined
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
