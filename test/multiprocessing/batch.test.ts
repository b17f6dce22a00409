/** Items in a row: whatever they are and however they are cut, they come out as they went in. */
import { deserialize, serialize } from 'node:v8'
import { expect, test } from 'vitest'
import { UnsendableError, WireError } from '../../src/multiprocessing/errors.ts'
import type { Batch } from '../../src/multiprocessing/wire/batch/batch.ts'
import { batchesOf, MAX_BATCH_BYTES, OwnBatch } from '../../src/multiprocessing/wire/batch/own-batch.ts'
import { ReceivedBatch } from '../../src/multiprocessing/wire/batch/received-batch.ts'
import { plainJson } from '../../src/multiprocessing/wire/plain-json.ts'
import { type Chance, chance } from '../seeded.ts'

const nobody = () => ({})
const twice = { same: 1 }
const sparse = [1, 2, 3]
delete sparse[1]
class Point {
  x = 1
}

/** Everything that some shortcut could get wrong. */
const VALUES: unknown[] = [
  0,
  -0,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53,
  '',
  'ascii',
  'ünï',
  '日本',
  '\ud800',
  'x'.repeat(20_000),
  true,
  false,
  null,
  undefined,
  10n,
  {},
  [],
  [1, 'two', null],
  { a: { b: [1, 2] } },
  { a: undefined },
  { n: -0 },
  { n: Number.NaN },
  [undefined],
  sparse,
  { a: twice, b: twice },
  { 'key with "quotes"': '\u2028\u0000' },
  new Date(5),
  new Map([[1, { two: 2 }]]),
  new Set(['a']),
  new Uint8Array([1, 2, 3]),
  /re/g,
  new Point(),
  Object.create(null),
  JSON.parse('{"__proto__": 1}'),
  { text: 'x'.repeat(2_000) },
  Array.from({ length: 100 }, (_, i) => i),
  { '\ud800': 1 },
]

const clone = (value: unknown) => deserialize(serialize(value))
const payloadOf = (batch: Batch, start = 0, end = batch.count) => Buffer.concat(batch.encode(start, end))
const valuesOf = (batch: Batch) => Array.from({ length: batch.count }, (_, i) => batch.valueAt(i, nobody))

test('plain data is JSON only where JSON says what structured clone says', () => {
  for (const value of VALUES) {
    const json = plainJson(value)
    if (json !== undefined) expect(JSON.parse(json)).toStrictEqual(clone(value))
  }
  expect(plainJson({ a: 1, b: ['c', null, true] })).toBe('{"a":1,"b":["c",null,true]}')
  expect(plainJson({ a: twice, b: twice })).toBeUndefined()
})

test('1000 seeds: batches come out as they went in, whole, cut, and cut again', () => {
  for (let seed = 1; seed <= 1_000; seed++) {
    const dice: Chance = chance(seed)
    // Runs of the same kind, as in real programs, and of all kinds.
    const items: unknown[] = []
    for (let run = dice.below(4) + 1; run > 0; run--) {
      const value = dice.pick(VALUES)
      for (let i = dice.below(6) + 1; i > 0; i--) items.push(dice.below(3) === 0 ? dice.pick(VALUES) : value)
    }
    const expected = items.map(clone)
    const batches = batchesOf(items)
    expect(batches.flatMap(valuesOf), `seed ${seed}`).toStrictEqual(expected)
    const got = batches.flatMap((batch) => {
      const at = dice.below(batch.count + 1)
      return [
        [0, at],
        [at, batch.count],
      ].flatMap(([start = 0, end = 0]) => {
        if (start === end) return []
        const received = new ReceivedBatch(payloadOf(batch, start, end))
        const middle = dice.below(received.count)
        const passedOn = middle === 0 ? [received] : [payloadOf(received, 0, middle), payloadOf(received, middle)]
        return passedOn.flatMap((part) => valuesOf(part instanceof ReceivedBatch ? part : new ReceivedBatch(part)))
      })
    })
    expect(got, `seed ${seed}`).toStrictEqual(expected)
  }
})

test('what is put in is fixed then: later changes of it are not seen', () => {
  const item = { n: 1 }
  const [batch] = batchesOf([item])
  item.n = 2
  expect(valuesOf(batch as Batch)).toEqual([{ n: 1 }])
})

test('what cannot travel is refused with its place', () => {
  expect(() => batchesOf([1, 2, { a: [() => 1] }])).toThrow(UnsendableError)
  expect(() => batchesOf([1, 2, { a: [() => 1] }])).toThrow('items[2].a[0] is a function')
})

test('bytes that are no batch are refused, or their items are', () => {
  let refused = 0
  for (let seed = 1; seed <= 3_000; seed++) {
    const dice = chance(seed)
    const payload = payloadOf(batchesOf([dice.pick(VALUES), dice.pick(VALUES)])[0] as Batch)
    for (let i = dice.below(3) + 1; i > 0; i--) payload[dice.below(payload.byteLength)] = dice.below(256)
    const bytes = dice.below(3) === 0 ? payload.subarray(0, dice.below(payload.byteLength)) : payload
    try {
      valuesOf(new ReceivedBatch(bytes))
    } catch (error) {
      refused++
      expect(error, `seed ${seed}: ${error}`).toBeInstanceOf(WireError)
    }
  }
  expect(refused).toBeGreaterThan(500)
})

test('an item that cannot be read is refused, and those beside it are not', () => {
  const payload = payloadOf(batchesOf([{ a: 1 }, { b: 2 }, { c: 3 }])[0] as Batch)
  payload[payload.lastIndexOf('b')] = '"'.charCodeAt(0)
  const received = new ReceivedBatch(payload)
  expect(received.valueAt(0, nobody)).toEqual({ a: 1 })
  expect(() => received.valueAt(1, nobody)).toThrow(WireError)
  expect(received.valueAt(2, nobody)).toEqual({ c: 3 })
})

test('a large item travels alone: several that may be sent could be too much together', () => {
  const batch = new OwnBatch()
  const large = { kind: 'values', part: new Uint8Array(9), bytes: MAX_BATCH_BYTES + 1 } as const
  expect(batch.add({ ...large, bytes: 9 })).toBe(true)
  expect(batch.add(large)).toBe(false)
  expect(batch.add({ ...large, bytes: 9 })).toBe(true)
  const alone = new OwnBatch()
  expect(alone.add(large)).toBe(true)
  expect(alone.add({ ...large, bytes: 9 })).toBe(false)
})
