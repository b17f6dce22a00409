/** What arrives is what was sent, or it is refused with its place: never less, and never something else. */
import { createSecretKey } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, test } from 'vitest'
import { Lock, Manager, Pipe, Pool, Queue, RemoteError, UnsendableError } from '../../src/multiprocessing/index.ts'
import { currentRun } from '../../src/multiprocessing/run/run.ts'
import { revive } from '../../src/multiprocessing/wire/revive.ts'
import { decodeValue, encodeValue, sharedHandle } from '../../src/multiprocessing/wire/values.ts'
import * as constants from '../fixtures/constants.ts'
import * as targets from '../fixtures/values.ts'

const there = <T>(value: T): T => decodeValue(encodeValue(value, 'item'), (handle) => revive(handle, currentRun())) as T

/** A list in which each is the next one's only part. */
function nested(levels: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = wrap(value)
  return value
}

const key = { key: 1 }
const cyclic: Record<string, unknown> = { list: [] }
cyclic.self = cyclic
cyclic.keys = new Map([[cyclic, new Set([cyclic])]])

// One value each, so that a failure says which.
const exact: Record<string, unknown> = {
  numbers: [-0, 0, Number.NaN, Number.POSITIVE_INFINITY, 1e308, 2n ** 70n],
  holes: Object.assign(new Array(3), { 0: 1, 2: 3 }),
  'a list of holes and one item': Object.assign(new Array(1_000_000_000), { 999999999: 1 }),
  'a list with properties': Object.assign([1, 2], { index: 3 }),
  undefined: { field: undefined, list: [undefined] },
  'a date that is none': new Date(Number.NaN),
  boxes: [Object(1), Object('text'), Object(false), Object(1n)],
  'an expression': /a+/giu,
  bytes: [new Uint8Array([1, 2]), new Float64Array([1.5]), new DataView(new ArrayBuffer(3), 1), new ArrayBuffer(2)],
  'a key that is no prototype': JSON.parse('{"__proto__": {"a": 1}}'),
  'the same object as key and value': [key, new Map([[key, key]]), new Set([key])],
  'a lone surrogate': ['\ud800', { '\ud800': 1 }],
  'what a proxy shows': new Proxy({ list: new Proxy(Array.from({ length: 100 }), {}) }, {}),
  'an address': [new URL('http://user:pass@example.test:81/a?b=1&b=2#c'), new URLSearchParams('a=1&a=%202')],
  cyclic,
}

describe('arrives as it is:', () => {
  it.each(Object.keys(exact))('%s', (name) => {
    const value = exact[name]
    expect(isDeepStrictEqual(there(value), value)).toBe(true)
    // Beside something that is written apart, everything takes another way.
    expect(isDeepStrictEqual(there([new URL('http://x/'), value])[1], value)).toBe(true)
  })

  it('what is plain in another realm, a module’s exports, and the environment', () => {
    const foreign = runInNewContext('({ empty: {}, list: [{}], map: new Map([[{}, 1]]), error: new TypeError("x") })')
    const copy = there(foreign) as typeof foreign
    expect([copy.empty, copy.list, [...copy.map]]).toEqual([{}, [{}], [[{}, 1]]])
    expect(copy.error).toBeInstanceOf(TypeError)
    expect(there({ constants, more: Array.from({ length: 100 }) }).constants).toEqual({ ...constants })
    const manyMore = Array.from({ length: 100 }, (_, i) => [`FORKSCOPE_TEST_${i}`, String(i)] as const)
    for (const [name, value] of manyMore) process.env[name] = value
    expect(there({ env: process.env }).env).toEqual({ ...process.env })
    for (const [name] of manyMore) delete process.env[name]
  })

  it('which object is which', () => {
    const copy = there([key, new Map([[key, key]]), new URL('http://x/')] as const)
    expect([...copy[1]][0]).toEqual([copy[0], copy[0]])
    expect([...copy[1]][0]?.[0]).toBe(copy[0])
    const self = there(cyclic) as typeof cyclic
    expect(self.self).toBe(self)
  })

  it('where an expression looks next', () => {
    expect(there([Object.assign(/a/g, { lastIndex: 2 })])[0]?.lastIndex).toBe(2)
  })

  it('an error with its class, name, cause, errors and properties, wherever it is', () => {
    class NotFound extends Error {
      override name = 'NotFound'
      code = 'ENOENT'
    }
    const inner = new RangeError('inner')
    const error = new NotFound('outer', { cause: { path: '/x', inner } })
    const many = Object.assign(new AggregateError([error, inner, 'text'], 'many'), { tries: 3 })
    const copy = there({ many, all: new Map([[inner, error]]) })
    const [first, second, third] = copy.many.errors
    expect(copy.many).toBeInstanceOf(AggregateError)
    expect([copy.many.message, copy.many.tries, copy.many.stack, third]).toEqual(['many', 3, many.stack, 'text'])
    expect(first).toMatchObject({ name: 'NotFound', message: 'outer', code: 'ENOENT', cause: { path: '/x' } })
    expect([first.stack, first.cause.inner, [...copy.all][0]]).toEqual([error.stack, second, [second, first]])
    expect(second).toBeInstanceOf(RangeError)
    expect(Object.keys(second)).toEqual([])
    const itself = new Error('itself')
    itself.cause = itself
    const again = there(itself)
    expect(again.cause).toBe(again)
  })

  it('a DOMException', () => {
    const { reason } = AbortSignal.abort()
    const copy = there([reason])[0]
    expect(copy).toBeInstanceOf(DOMException)
    expect([copy.name, copy.message, copy.code, copy.stack]).toEqual([reason.name, reason.message, 20, reason.stack])
  })

  it('an instance of a class as its data, with the queue that it holds', () => {
    class Job {
      readonly queue = new Queue<number>()
      readonly lock = new Lock()
      readonly list = [this.queue]
      run(): void {}
    }
    const job = new Job()
    const copy = there({ job }).job
    expect([copy.queue, copy.lock, copy.list[0]]).toEqual([job.queue, job.lock, job.queue])
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
  })

  it('a queue in every kind of container, and what is beside it', () => {
    const queue = new Queue<number>()
    const holding: Record<string, unknown> = {
      sparse: Object.assign(new Array(3), { 1: queue, more: queue }),
      queue,
      after: 1,
    }
    holding.self = holding
    holding.map = new Map<unknown, unknown>([
      [queue, holding],
      [holding, queue],
    ])
    holding.set = new Set([queue, holding])
    const copy = there(holding) as typeof holding & { map: Map<unknown, unknown>; set: Set<unknown>; sparse: unknown[] }
    expect(Object.keys(copy)).toEqual(Object.keys(holding))
    expect([copy.self === copy, copy.queue === queue, copy.map.get(queue) === copy]).toEqual([true, true, true])
    expect([[...copy.map][1], [...copy.set]]).toEqual([
      [copy, queue],
      [queue, copy],
    ])
    expect([0 in copy.sparse, copy.sparse[1], copy.sparse.length]).toEqual([false, queue, 3])
    expect((copy.sparse as { more?: unknown }).more).toBe(queue)
  })

  it('arrays of numbers with memory of their own', async () => {
    const sent = encodeValue({ a: new Uint8Array(4), b: Buffer.from('text'), c: new Float32Array(2) }, 'item')
    const copy = decodeValue(sent, () => ({})) as { a: Uint8Array; b: Buffer; c: Float32Array }
    expect([copy.a.buffer.byteLength, copy.b.toString(), copy.c.buffer.byteLength]).toEqual([4, 'text', 8])
    const dict = new Manager().dict<string, { bytes: Uint8Array }>()
    await dict.set('key', { bytes: new Uint8Array(4) })
    ;(await dict.get('key'))?.bytes.fill(7)
    expect((await dict.get('key'))?.bytes[0]).toBe(0)
  })
})

class Counter {
  #count = 1
  get count(): number {
    return this.#count
  }
}

const refused: Record<string, [value: () => unknown, why: string]> = {
  Blob: [() => new Blob(['x']), 'is a Blob, which lives in its process (send what its arrayBuffer() gives)'],
  File: [() => new File(['x'], 'f'), 'is a File'],
  Headers: [() => new Headers({ a: '1' }), 'is a Headers'],
  Request: [() => new Request('http://x/'), 'is a Request'],
  Response: [() => new Response('x'), 'is a Response'],
  FormData: [() => new FormData(), 'is a FormData'],
  AbortController: [() => new AbortController(), 'is an AbortController'],
  AbortSignal: [() => AbortSignal.abort(), 'an Event of this library can be shared instead'],
  EventTarget: [() => new EventTarget(), 'is an EventTarget'],
  'a class of events with data': [
    () => Object.assign(new (class extends EventTarget {})(), { a: 1 }),
    'an EventTarget',
  ],
  Event: [() => new Event('x'), 'is an Event'],
  ReadableStream: [() => new ReadableStream(), 'is a ReadableStream'],
  TextEncoder: [() => new TextEncoder(), 'is a TextEncoder'],
  TextDecoder: [() => new TextDecoder(), 'is a TextDecoder'],
  crypto: [() => crypto, 'is a Crypto'],
  KeyObject: [() => createSecretKey(Buffer.from('x')), 'shows no data of its own'],
  MessagePort: [() => new MessageChannel().port1, 'is a MessagePort'],
  performance: [() => performance, 'is a Performance'],
  Promise: [() => Promise.resolve(1), 'is a Promise, which lives in its process (await it first)'],
  WeakRef: [() => new WeakRef({}), 'is a WeakRef'],
  WeakSet: [() => new WeakSet(), 'is a WeakSet'],
  'a generator': [() => (function* () {})(), 'is an Iterator'],
  'an iterator': [() => [1].values(), 'is an Iterator'],
  NumberFormat: [() => new Intl.NumberFormat('en'), 'NumberFormat'],
  'an instance that shows nothing': [() => new Counter(), 'is an instance of Counter that shows no data of its own'],
  'an object with what it inherits': [() => Object.create({ inherited: 1 }), 'shows no data of its own'],
  'memory of threads': [() => new SharedArrayBuffer(4), 'memory that threads share'],
  'a view of memory of threads': [() => new Uint8Array(new SharedArrayBuffer(4)), 'memory that threads share'],
  'a proxy of a map': [() => new Proxy(new Map(), {}), 'is a proxy of a Map'],
  arguments: [() => targets.argumentsOf(1, 2), 'is what a function was called with'],
  process: [() => process, ' is a function'],
}

describe('refuses, with its place:', () => {
  it.each(Object.keys(refused))('%s', (name) => {
    const [make, why] = refused[name] as (typeof refused)[string]
    for (const [value, place] of [
      [make(), 'item'],
      [[{ deep: make() }], 'item[0].deep'],
      [new Map([['key', make()]]), 'item.value(0)'],
      [[new Queue(), make()], 'item[1]'],
      [new Error('x', { cause: make() }), 'item.cause'],
    ] as const) {
      expect(() => encodeValue(value, 'item')).toThrow(UnsendableError)
      expect(() => encodeValue(value, 'item')).toThrow(place)
      expect(() => encodeValue(value, 'item')).toThrow(why)
    }
  })

  it.each([
    ['objects', (inner: unknown) => ({ inner })],
    ['lists', (inner: unknown) => [inner]],
    ['maps', (inner: unknown) => new Map([[1, inner]])],
    ['sets', (inner: unknown) => new Set([inner])],
    ['errors', (inner: unknown) => new Error('x', { cause: inner })],
  ] as const)('%s that are nested too deep, and no others', (_name, wrap) => {
    expect(isDeepStrictEqual(there(nested(500, wrap)), nested(500, wrap))).toBe(true)
    for (const levels of [1_001, 5_000, 100_000]) {
      expect(() => encodeValue(nested(levels, wrap), 'item')).toThrow('is nested more than 1,000 levels deep')
    }
    // What is allowed can be read.
    for (const beside of [1, new URL('http://x/')]) expect(there([nested(999, wrap), beside])).toHaveLength(2)
  })
})

test('what the other side cannot make is told with its place, and so is what cannot be read', () => {
  const bytes = encodeValue({ list: [1, new Queue()] }, 'item')
  const fail = () => {
    throw new Error('not here')
  }
  expect(() => decodeValue(bytes, fail)).toThrow('value.list[1] cannot be made here: not here')
  for (let cut = 1; cut < bytes.length; cut++) {
    expect(() => decodeValue(bytes.subarray(0, cut), fail)).toThrow()
  }
})

test('nobody can pass off something of its own as another’s', () => {
  for (const handle of [{ kind: 'queue', id: '0.7/queue1', owner: '0.8', name: 'q' }, { kind: 'queue' }, null]) {
    const forged = { [sharedHandle]: () => handle, data: 1 }
    const bytes = encodeValue(Object.setPrototypeOf(forged, Queue.prototype), 'item')
    expect(() => decodeValue(bytes, (found) => revive(found, currentRun()))).toThrow('value cannot be made here')
  }
})

test('by a pool, a queue and a pipe alike, and those that are refused harm nobody', async () => {
  await using pool = new Pool(1)
  expect(await pool.apply(targets.hostOf, [new URL('http://example.test/a')])).toBe('example.test')
  expect((await pool.apply(targets.address, [])).href).toBe('http://example.test/x')
  await expect(pool.apply(targets.hostOf, [new Blob([]) as never])).rejects.toThrow('args[0] is a Blob')
  await expect(pool.apply(targets.blob, [])).rejects.toThrow('result is a Blob')
  const failure = await pool.apply(targets.failWithMany, []).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(RemoteError)
  expect((failure as RemoteError & { errors: Error[] }).errors).toMatchObject([
    { name: 'RangeError', message: 'first', code: 'E1' },
    { name: 'Error', message: 'second' },
  ])
  const queue = new Queue<unknown>()
  await expect(queue.put({ small: [targets.argumentsOf(1)] })).rejects.toThrow('item.small[0] is what a function was')
  await expect(queue.put(new Headers())).rejects.toThrow('item is a Headers')
  await queue.put(new RangeError('x'))
  expect(await queue.get()).toBeInstanceOf(RangeError)
  const [here, other] = Pipe()
  await expect(here.send({ signal: AbortSignal.abort() })).rejects.toThrow('value.signal is an AbortSignal')
  await here.send(new URL('http://x/'))
  expect(await other.recv()).toEqual(new URL('http://x/'))
})
