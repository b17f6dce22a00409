import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Empty, Full, QueueClosedError, WireError } from '../../src/multiprocessing/errors.ts'
import { NOTHING } from '../../src/multiprocessing/queue/nothing.ts'
import { RingGetter } from '../../src/multiprocessing/queue/ring.ts'
import { QueueStore } from '../../src/multiprocessing/queue/store.ts'
import type { Batch } from '../../src/multiprocessing/wire/batch/batch.ts'
import { batchesOf } from '../../src/multiprocessing/wire/batch/own-batch.ts'
import { type MemoryPlace, openMappedMemory } from '../../src/multiprocessing/wire/mapped-memory.ts'
import { chance } from '../seeded.ts'

function open(maxsize = 0) {
  const store = new QueueStore({ maxsize, now: () => 0, changed: () => {} })
  const log: string[] = []
  const put = (client: string, value: number) =>
    store.put(
      client,
      batchesOf([value])[0] as Batch,
      true,
      { accepted: () => log.push(`${client} put ${value}`), refused: (error) => log.push(`${client} ${error.name}`) },
      () => new Full(),
    )
  const get = (client: string, max = 1) => {
    const got: { values: number[]; delivery: number }[] = []
    store.get(
      client,
      max,
      true,
      {
        deliver: (parcels, delivery) => {
          const values = parcels.flatMap(({ batch, start, end }) =>
            Array.from({ length: end - start }, (_, i) => batch.valueAt(start + i, () => ({})) as number),
          )
          got.push({ values, delivery })
        },
        refused: (error) => log.push(`${client} ${error.name}`),
      },
      () => new Empty(),
    )
    return got
  }
  return { store, log, put, get }
}

describe('QueueStore', () => {
  it('an item counts until its getter has acknowledged it', () => {
    const { store, put, get } = open(1)
    put('a', 1)
    const [first] = get('b')
    expect([store.depth, store.figures.gets]).toEqual([1, 0])
    expect(put('a', 2)).toBeDefined()
    store.acknowledge('b', first?.delivery as number)
    expect([store.depth, store.figures.gets, store.figures.puts]).toEqual([1, 1, 2])
  })

  it('nobody can acknowledge for another, or twice', () => {
    const { store, put, get } = open()
    put('a', 1)
    const [first] = get('b')
    store.acknowledge('c', first?.delivery as number)
    expect(store.depth).toBe(1)
    store.acknowledge('b', first?.delivery as number)
    store.acknowledge('b', first?.delivery as number)
    expect([store.depth, store.figures.gets]).toEqual([0, 1])
  })

  it('delivers large items one by one, however many are asked for', () => {
    const { store, put, get } = open()
    for (let i = 0; i < 3; i++) put('a', new Uint8Array(40 * 1024 * 1024) as never)
    expect([get('b', 3)[0]?.values.length, get('b', 3)[0]?.values.length]).toEqual([1, 1])
    expect(store.depth).toBe(3)
  })

  it('what a getter has not got of a delivery goes back to the head', () => {
    const { store, put, get } = open()
    for (let i = 0; i < 5; i++) put('a', i)
    const [first] = get('b', 4)
    store.acknowledge('b', first?.delivery as number, 1)
    expect([store.depth, store.figures.gets]).toEqual([4, 1])
    expect(get('c', 9)[0]?.values).toEqual([1, 2, 3, 4])
  })

  it('what was on its way to the dead comes back in order, whoever dies first', () => {
    const { store, put, get } = open()
    for (let i = 0; i < 6; i++) put('a', i)
    get('b', 2)
    get('c', 2)
    store.release((client) => client === 'c')
    expect(store.depth).toBe(6)
    store.release((client) => client === 'b')
    expect(get('d', 10)[0]?.values).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('what comes back goes to who waits already', () => {
    const { store, put, get } = open()
    put('a', 1)
    get('b')
    const waiting = get('c')
    store.release((client) => client === 'b')
    expect(waiting[0]?.values).toEqual([1])
  })

  it('serves in the order of asking: no put overtakes one that waits', () => {
    const { log, put, get, store } = open(1)
    put('a', 1)
    put('b', 2)
    put('c', 3)
    store.acknowledge('g', get('g')[0]?.delivery as number)
    store.acknowledge('g', get('g')[0]?.delivery as number)
    expect(log).toEqual(['a put 1', 'b put 2', 'c put 3'])
  })

  it('a dead putter that waited has not put', () => {
    const { store, put, get } = open(1)
    put('a', 1)
    put('b', 2)
    store.release((client) => client === 'b')
    store.acknowledge('g', get('g')[0]?.delivery as number)
    expect([store.depth, store.figures.puts]).toEqual([0, 1])
  })

  it('keeps the extremes of the depth between two reports', () => {
    const { store, put, get } = open()
    for (let i = 0; i < 3; i++) put('a', i)
    for (let i = 0; i < 3; i++) store.acknowledge('g', get('g')[0]?.delivery as number)
    expect([store.figures.depthMin, store.figures.depthMax, store.depth]).toEqual([0, 3, 0])
    store.figures.startInterval()
    expect([store.figures.depthMin, store.figures.depthMax]).toEqual([0, 0])
  })

  it('notes how long each item was there: exactly where they go slowly, and in all none more and none less where they go fast', () => {
    let nowUs = 0
    const store = new QueueStore({ maxsize: 0, now: () => nowUs, changed: () => {} })
    const takeAll = (count: number, everyUs: number) => {
      store.putOne('a', 0)
      for (let i = 1; i < count; i++) store.putOne('a', i)
      for (let i = 0; i < count; i++) {
        nowUs += everyUs
        expect(store.takeOne('b', () => ({}))).toBe(i)
      }
    }
    const report = () => {
      store.noteAll()
      store.figures.startInterval()
      return [...store.figures.residence]
    }
    // 100 in 100 ms, far more than are told one by one: 1 is there for less than 2 ms, 2 for less than 4, and so on.
    report()
    takeAll(20, 1_000)
    report()
    const before = [...store.figures.residence]
    takeAll(100, 1_000)
    const slow = report().map((count, i) => count - (before[i] as number))
    expect(slow.slice(0, 8)).toEqual([0, 1, 2, 4, 8, 16, 32, 37])
    takeAll(20_000, 1)
    report()
    takeAll(20_000, 1)
    expect(report().reduce((sum, count) => sum + count)).toBe(store.figures.gets)
    expect(store.figures.gets).toBe(40_120)
  })

  it('close: waiting putters and getters are refused, what is in it can be got', () => {
    const { store, log, put, get } = open(1)
    put('a', 1)
    put('a', 2)
    store.close(() => new QueueClosedError())
    expect(log.at(-1)).toBe('a QueueClosedError')
    const [rest] = get('g')
    expect(rest?.values).toEqual([1])
    get('g')
    store.acknowledge('g', rest?.delivery as number)
    expect(log.filter((line) => line === 'g QueueClosedError')).toHaveLength(1)
  })
})

/** A ring of the store, as a process has it that gets often enough. */
function openRing(store: QueueStore): RingGetter {
  let place: MemoryPlace | undefined
  for (let i = 0; i < 100; i++) place = store.ringFor()
  return RingGetter.open(place as MemoryPlace) as RingGetter
}

const take = (ring: RingGetter) => ring.take(() => ({}))

describe.skipIf(process.platform !== 'linux')('the ring', () => {
  it('gives items in order, each once, whoever takes them by which way', () => {
    const { store, put, get } = open()
    const rings = [openRing(store), openRing(store)] as const
    for (let i = 0; i < 6; i++) put('a', i)
    store.look()
    expect([take(rings[0]), take(rings[1]), get('b')[0]?.values, take(rings[0])]).toEqual([0, 1, [2], 3])
    expect(store.depth).toBe(3)
    expect(store.takeOne('own', () => ({}))).toBe(4)
    expect([take(rings[1]), take(rings[0]), store.takeOne('own', () => ({}))]).toEqual([5, NOTHING, NOTHING])
    expect([store.figures.gets, store.depth]).toEqual([5, 1])
  })

  it('is left by all of it when something older comes back', () => {
    const { store, put, get } = open()
    const ring = openRing(store)
    for (let i = 0; i < 6; i++) put('a', i)
    get('b', 2)
    expect(take(ring)).toBe(2)
    store.release((client) => client === 'b')
    expect([take(ring), take(ring), take(ring), take(ring)]).toEqual([0, 1, 3, 4])
  })

  it('lets in who waits for room, once it is looked at', () => {
    const { store, log, put } = open(2)
    const ring = openRing(store)
    for (let i = 0; i < 4; i++) put('a', i)
    store.look()
    expect([take(ring), take(ring), take(ring)]).toEqual([0, 1, NOTHING])
    store.look()
    expect(log).toEqual(['a put 0', 'a put 1', 'a put 2', 'a put 3'])
    expect([take(ring), take(ring)]).toEqual([2, 3])
  })

  it('goes around: far more items and bytes than it holds', () => {
    const { store, put, get } = open()
    const ring = openRing(store)
    const texts = Array.from({ length: 3_000 }, (_, i) => `${i} ${'x'.repeat((i * 37) % 5_000)}`)
    let next = 0
    for (const text of texts) {
      put('a', text as never)
      store.look()
      // What is too large, or finds no room, is got by asking; that is never out of order.
      if (next % 3 === 0 || next < 1_000) continue
      const item = take(ring)
      expect(item === NOTHING ? (get('b')[0]?.values[0] as unknown) : item).toBe(texts[next++])
    }
    while (store.depth > next - next + 0) {
      const item = take(ring)
      if (item === NOTHING) {
        const [delivery] = get('b')
        store.acknowledge('b', delivery?.delivery as number)
        expect(delivery?.values[0]).toBe(texts[next++])
      } else expect(item).toBe(texts[next++])
    }
    expect(next).toBe(3_000)
  })

  it('full of anything: who takes from it and who owns it go on, and come to an end', () => {
    const memoryBytes = 4 * (64 + 8 * 1_024) + 1024 * 1024
    for (let seed = 1; seed <= 60; seed++) {
      const { store, put, get } = open()
      let place: MemoryPlace | undefined
      for (let i = 0; i < 100; i++) place = store.ringFor()
      const ring = RingGetter.open(place as MemoryPlace) as RingGetter
      const memory = openMappedMemory(place as MemoryPlace, memoryBytes)
      const words = new Int32Array(memory?.bytes as ArrayBuffer)
      const { below } = chance(seed)
      for (let step = 0; step < 100; step++) {
        put('a', step)
        const word = below(4) > 0 ? below(80) : below(words.length)
        words[word] = below(3) === 0 ? below(2 ** 32) : (words[word] as number) + below(3) - 1
        store.look()
        try {
          take(ring)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
        if (below(3) === 0) get('b', 3)
        store.takeOne('own', () => ({}))
      }
      expect(store.figures.gets).toBeLessThanOrEqual(store.figures.puts)
      ring.close()
      store.drop()
      memory?.unmap()
    }
  })

  it('is given up, and harms nobody, when somebody writes into it what cannot be', () => {
    const { store, put, get } = open()
    let place: MemoryPlace | undefined
    for (let i = 0; i < 100; i++) place = store.ringFor()
    const ring = RingGetter.open(place as MemoryPlace) as RingGetter
    for (let i = 0; i < 3; i++) put('a', i)
    store.look()
    const { pid, fd } = place as MemoryPlace
    writeFileSync(`/proc/${pid}/fd/${fd}`, Buffer.from([99]), { flag: 'r+' })
    expect(get('b', 3)[0]?.values).toEqual([0, 1, 2])
    expect(take(ring)).toBe(NOTHING)
  })
})
