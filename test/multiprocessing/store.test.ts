import { closeSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Empty, Full, QueueClosedError } from '../../src/multiprocessing/errors.ts'
import { type Batch, batchesOf } from '../../src/multiprocessing/queue/batch.ts'
import { ClaimBoard, type ClaimPlace, Claims } from '../../src/multiprocessing/queue/claims.ts'
import { QueueStore } from '../../src/multiprocessing/queue/store.ts'
import { createNamelessFile } from '../../src/multiprocessing/wire/nameless-file.ts'

function open(maxsize = 0) {
  const store = new QueueStore(
    maxsize,
    () => 0,
    () => {},
  )
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
    expect([store.depth, store.gets]).toEqual([1, 0])
    expect(put('a', 2)).toBeDefined()
    store.acknowledge('b', first?.delivery as number)
    expect([store.depth, store.gets, store.puts]).toEqual([1, 1, 2])
  })

  it('nobody can acknowledge for another, or twice', () => {
    const { store, put, get } = open()
    put('a', 1)
    const [first] = get('b')
    store.acknowledge('c', first?.delivery as number)
    expect(store.depth).toBe(1)
    store.acknowledge('b', first?.delivery as number)
    store.acknowledge('b', first?.delivery as number)
    expect([store.depth, store.gets]).toEqual([0, 1])
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
    expect([store.depth, store.puts]).toEqual([0, 1])
  })

  it('keeps the extremes of the depth between two reports', () => {
    const { store, put, get } = open()
    for (let i = 0; i < 3; i++) put('a', i)
    for (let i = 0; i < 3; i++) store.acknowledge('g', get('g')[0]?.delivery as number)
    expect([store.depthMin, store.depthMax, store.depth]).toEqual([0, 3, 0])
    store.startInterval()
    expect([store.depthMin, store.depthMax]).toEqual([0, 0])
  })

  it('notes how long each item was there: exactly where they go slowly, and in all none more and none less where they go fast', () => {
    let nowUs = 0
    const store = new QueueStore(
      0,
      () => nowUs,
      () => {},
    )
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
      store.startInterval()
      return [...store.residence]
    }
    // 100 in 100 ms, far more than are told one by one: 1 is there for less than 2 ms, 2 for less than 4, and so on.
    report()
    takeAll(20, 1_000)
    report()
    const before = [...store.residence]
    takeAll(100, 1_000)
    const slow = report().map((count, i) => count - (before[i] as number))
    expect(slow.slice(0, 8)).toEqual([0, 1, 2, 4, 8, 16, 32, 37])
    takeAll(20_000, 1)
    report()
    takeAll(20_000, 1)
    expect(report().reduce((sum, count) => sum + count)).toBe(store.gets)
    expect(store.gets).toBe(40_120)
  })

  it('close: waiting putters and getters are refused, what is in it can be got', () => {
    const { store, log, put, get } = open(1)
    put('a', 1)
    put('a', 2)
    store.close(new QueueClosedError())
    expect(log.at(-1)).toBe('a QueueClosedError')
    const [rest] = get('g')
    expect(rest?.values).toEqual([1])
    get('g')
    store.acknowledge('g', rest?.delivery as number)
    expect(log.filter((line) => line === 'g QueueClosedError')).toHaveLength(1)
  })
})

describe('what comes ahead', () => {
  /** Two items ahead of `a`, which has claimed so many of them when `b` wants one. */
  function revoked(taken: number, claimedAfter = 0) {
    const { store, put, get } = open()
    const recalls: unknown[] = []
    let free = 0
    store.recall = (client, _delivery, count) => recalls.push([client, count])
    let claimed = taken
    const revoke = () => {
      claimed = taken + claimedAfter
      return taken
    }
    store.claims = () => ({ place: 0, base: 0, taken: () => claimed, revoke, free: () => free++ })
    for (const value of [1, 2, 3, 4]) put('p', value)
    let ahead = 0
    const deliver = (_parcels: unknown, delivery: number, more?: { delivery: number }) => {
      store.acknowledge('a', delivery)
      ahead = more?.delivery ?? 0
    }
    store.get('a', 1, true, { ahead: 2, deliver, refused: () => {} }, () => new Empty())
    const [other] = get('b')
    return { store, recalls, ahead, other, free: () => free }
  }

  it('is got in order by who comes next', () => {
    const { store, recalls, ahead, other, free } = revoked(1)
    expect(other?.values).toEqual([3])
    expect(recalls).toEqual([['a', 1]])
    expect(store.gets).toBe(2)
    // The place may be used again once its process knows.
    expect(free()).toBe(0)
    store.giveBack('a', ahead)
    expect(free()).toBe(1)
  })

  it('is revoked even if all of it was claimed: who claimed the last one may have seen that it was', () => {
    const { store, recalls, other, free } = revoked(2)
    expect(other?.values).toEqual([4])
    expect(recalls).toEqual([['a', 2]])
    expect(store.gets).toBe(3)
    expect(free()).toBe(1)
  })

  it('is not got by who claims it after it was revoked, however soon', () => {
    const { store, recalls, other } = revoked(1, 1)
    expect(other?.values).toEqual([3])
    expect(recalls).toEqual([['a', 1]])
    expect(store.gets).toBe(2)
  })

  it.each([0, 1])(
    'is got as far as it was claimed when its process is gone; %i claimed after it was revoked',
    (late) => {
      const { store, get } = open()
      let taken = 0
      const revoke = () => {
        taken += late
        return taken - late
      }
      store.claims = () => ({ place: 0, base: 0, taken: () => taken, revoke, free: () => {} })
      store.put(
        'p',
        batchesOf([1, 2, 3, 4])[0] as Batch,
        true,
        { accepted: () => {}, refused: () => {} },
        () => new Full(),
      )
      store.get('a', 1, true, { ahead: 3, deliver: () => {}, refused: () => {} }, () => new Empty())
      taken = 2
      store.release((client) => client === 'a')
      // The first was told by nothing, so it is back, and what was not claimed.
      expect([get('b')[0]?.values, get('b')[0]?.values]).toEqual([[1], [4]])
    },
  )

  it('can be claimed in a place where the same number of another queue was revoked', () => {
    const fd = createNamelessFile() as number
    const [board, child] = [new ClaimBoard(fd), new Claims(fd)]
    const claimsOfNext = () => {
      const { store, put, get } = open()
      store.recall = () => {}
      store.claims = () => board.open()
      for (const value of [1, 2, 3]) put('p', value)
      let claim: { delivery: number; place: ClaimPlace } | undefined
      const deliver = (_parcels: unknown, _delivery: number, ahead: typeof claim) => (claim = ahead)
      store.get('a', 1, true, { ahead: 2, deliver, refused: () => {} }, () => new Empty())
      const { delivery, place } = claim as unknown as { delivery: number; place: ClaimPlace }
      expect(child.claim(place.place, place.base, 1, delivery)).toBe(true)
      get('b')
      expect(child.claim(place.place, place.base, 2, delivery)).toBe(false)
      store.giveBack('a', delivery)
      return place.place
    }
    try {
      expect(claimsOfNext()).toBe(claimsOfNext())
    } finally {
      closeSync(fd)
    }
  })
})
