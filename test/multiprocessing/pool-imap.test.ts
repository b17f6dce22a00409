/** `imap` and its kin take from an iterator as far as is needed, and no further. */
import { expect, test } from 'vitest'
import { Pool, ProcessPoolExecutor, UnsendableError } from '../../src/multiprocessing/index.ts'
import * as targets from '../fixtures/pool.ts'
import { waitUntil } from '../wait-until.ts'
import { runObserved as run } from './observed.ts'

/** An endless iterator that knows what becomes of it. */
function counter({ throwsAt = Number.POSITIVE_INFINITY } = {}) {
  const seen = { taken: 0, closed: 0 }
  function* numbers() {
    try {
      for (;;) {
        if (seen.taken === throwsAt) throw new RangeError('no more numbers')
        yield seen.taken++
      }
    } finally {
      seen.closed++
    }
  }
  return { seen, numbers: numbers(), pairs: pairsOf(numbers()) }
}

function* pairsOf(numbers: Generator<number>): Generator<[number, number]> {
  try {
    for (const n of numbers) yield [n, 2]
  } finally {
    numbers.return(undefined)
  }
}

type Start = (pool: Pool, source: ReturnType<typeof counter>) => AsyncIterableIterator<number>

test.each<[string, Start]>([
  ['imap', (pool, { numbers }) => pool.imap(targets.square, numbers)],
  ['imapUnordered', (pool, { numbers }) => pool.imapUnordered(targets.square, numbers)],
  ['istarmap', (pool, { pairs }) => pool.istarmap(targets.power, pairs)],
])(
  '%s takes from an endless iterator as far as its reader goes, and closes it when he leaves',
  async (_name, start) => {
    await run(async () => {
      await using pool = new Pool(2)
      const source = counter()
      const squares: number[] = []
      for await (const square of start(pool, source)) {
        squares.push(square)
        expect(source.seen.taken).toBeLessThan(2 * squares.length + 10)
        if (squares.length === 1_000) break
      }
      expect(source.seen.closed).toBe(1)
      const taken = source.seen.taken
      expect(new Set(squares).size).toBe(1_000)
      for (const square of squares) expect(Math.sqrt(square)).toBe(Math.floor(Math.sqrt(square)))
      await pool.apply(targets.square, [1])
      expect(source.seen.taken).toBe(taken)
    })
  },
)

test('the map of an executor does so too, and leaves none of its lists open', async () => {
  await using executor = new ProcessPoolExecutor(2)
  const [one, two] = [counter(), counter()]
  const results = executor.map(targets.power, [one.numbers, two.numbers])
  expect(await results.next()).toEqual({ done: false, value: 1 })
  await results.return(undefined)
  expect([one.seen.closed, two.seen.closed]).toEqual([1, 1])
  expect(one.seen.taken).toBeLessThan(20)
  const shorter = counter()
  const both = executor.map(targets.power, [shorter.numbers, [0, 1, 2]])
  const all: number[] = []
  for await (const value of both) all.push(value)
  expect(all).toEqual([1, 1, 4])
  expect(shorter.seen.closed).toBe(1)
  // The same iterator twice gives pairs, as in Python.
  const pairs = [1, 2, 3, 4].values()
  const powers: number[] = []
  for await (const value of executor.map(targets.power, [pairs, pairs])) powers.push(value)
  expect(powers).toEqual([1, 81])
})

test.each([3, 50])(
  'an iterator that throws at its item %i gives the results until then, and then its error',
  async (throwsAt) => {
    const observed = await run(async () => {
      await using pool = new Pool(2)
      for (const ordered of [true, false]) {
        const { numbers, seen } = counter({ throwsAt })
        const results = ordered ? pool.imap(targets.square, numbers) : pool.imapUnordered(targets.square, numbers)
        const squares: number[] = []
        const error = await (async () => {
          for await (const square of results) squares.push(square)
        })().catch((thrown: Error) => thrown)
        expect(error).toMatchObject({ name: 'RangeError', message: 'no more numbers' })
        expect(squares.sort((a, b) => a - b)).toEqual(Array.from({ length: throwsAt }, (_, i) => i * i))
        expect(seen.closed).toBe(1)
        expect(await results.next()).toEqual({ done: true, value: undefined })
      }
    })
    expect(observed.of('task.finished')).toHaveLength(2 * throwsAt)
  },
)

test('the error of an iterator whose results nobody reads is told', async () => {
  const observed = await run(async (self) => {
    await using pool = new Pool(1)
    pool.imap(targets.square, counter({ throwsAt: 2 }).numbers)
    await waitUntil('it is told', () => self.of('problem.raised').length > 0)
  })
  expect(observed.of('problem.raised')).toMatchObject([{ kind: 'task-failed', error: { message: 'no more numbers' } }])
})

test('what cannot be sent is refused at the call if it is reached there, else where it would be read', async () => {
  const bad = () => 1
  const observed = await run(async (self) => {
    await using pool = new Pool(1)
    let closed = 0
    function* early() {
      try {
        yield* [1, bad]
      } finally {
        closed++
      }
    }
    expect(() => pool.imap(targets.same, early())).toThrow(UnsendableError)
    expect(() => pool.istarmap(targets.power, [[1, 2], 5] as never)).toThrow('argsList[1] must be a list')
    expect(closed).toBe(1)
    expect(self.of('task.submitted')).toEqual([])
    for (const ordered of [true, false]) {
      const items = [...Array.from({ length: 30 }, (_, i) => i), bad, 30]
      const results = ordered ? pool.imap(targets.same, items) : pool.imapUnordered(targets.same, items)
      const read: unknown[] = []
      const errors: unknown[] = []
      for (;;) {
        const next = await results.next().catch((error: Error) => error)
        if (next instanceof Error) errors.push(next)
        else if (next.done) break
        else read.push(next.value)
      }
      expect(read).toEqual(Array.from({ length: 31 }, (_, i) => i))
      expect(errors).toEqual([expect.any(UnsendableError)])
    }
  })
  expect(observed.of('task.failed')).toEqual([])
})

test('results that nobody reads do not pile up, until the pool is joined: then all is taken', async () => {
  await run(async (self) => {
    const pool = new Pool(2)
    const items = Array.from({ length: 500 }, (_, i) => i)
    let taken = 0
    function* counted() {
      for (const n of items) {
        taken++
        yield n
      }
    }
    const results = pool.imap(targets.square, counted())
    await waitUntil('what was taken is done', () => self.of('task.finished').length === taken)
    expect(taken).toBeLessThan(20)
    pool.close()
    await pool.join()
    expect(taken).toBe(500)
    const squares: number[] = []
    for await (const square of results) squares.push(square)
    expect(squares).toEqual(items.map((n) => n * n))
  })
})

test('a pool that is closed goes on with what is read from it, and one that is terminated says so to the reader', async () => {
  await run(async () => {
    const pool = new Pool(2)
    const closed = pool.imap(targets.square, counter().numbers)
    pool.close()
    for (let n = 0; n < 100; n++) expect(await closed.next()).toEqual({ done: false, value: n * n })
    pool.terminate()
    const end = async () => {
      for await (const _ of closed);
    }
    await expect(end()).rejects.toThrow(/terminated/)
    await pool.join()
    const source = counter()
    const other = new Pool(1)
    const ended = other.imap(targets.square, source.numbers)
    await ended.next()
    other.terminate()
    expect(source.seen.closed).toBe(1)
    const outcomes: unknown[] = []
    for (;;) {
      const next = await ended.next().catch((error: Error) => error)
      if (!(next instanceof Error) && next.done) break
      outcomes.push(next)
    }
    // Whoever goes on after errors comes to an end all the same, and cannot take it for the end of the items.
    expect(outcomes.at(-1)).toMatchObject({ message: expect.stringMatching(/terminated/) })
    await other.join()
  })
})
