import { describe, expect, it } from 'vitest'
import { UnsendableError, WireError } from '../../src/multiprocessing/errors.ts'
import { encodeFrame, FrameReader } from '../../src/multiprocessing/wire/frames.ts'
import { decodeValue, encodeValue } from '../../src/multiprocessing/wire/values.ts'

function frame(header: { type: string }, ...payload: Uint8Array[]): Buffer {
  return Buffer.concat(encodeFrame(header, payload))
}

/** Bytes that a seed decides, so that a failure can be repeated. */
function randomBytes(seed: number, length: number): Buffer {
  let state = seed * 2654435761 + 1
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state >>> 24
    }),
  )
}

describe('frames', () => {
  const three = [
    frame({ type: 'a' }),
    frame({ type: 'b' }, Buffer.from('one'), Buffer.from('two')),
    frame({ type: 'c' }, Buffer.alloc(100_000, 7)),
  ]
  const bytes = Buffer.concat(three)

  it.each([1, 3, 7, 64, 4096, bytes.length])('come out whole from pieces of %s bytes', (size) => {
    const reader = new FrameReader()
    const frames = []
    for (let at = 0; at < bytes.length; at += size) frames.push(...reader.push(bytes.subarray(at, at + size)))
    expect(frames.map(({ header }) => header.type)).toEqual(['a', 'b', 'c'])
    expect(Buffer.from(frames[1]?.payload as Uint8Array).toString()).toBe('onetwo')
    expect(frames[2]?.payload.byteLength).toBe(100_000)
  })

  it('refuses lengths that no frame has, at once and without keeping room for them', () => {
    const before = process.memoryUsage().arrayBuffers
    expect(() => new FrameReader().push(Buffer.from('ffffffff', 'hex'))).toThrow(WireError)
    // Said to be in memory that is not shared.
    const shared = Buffer.from('80000014000e7b2274797065223a22782e79227d00010000', 'hex')
    expect(() => new FrameReader().push(shared)).toThrow('shares what is not shared')
    expect(() => new FrameReader().push(Buffer.from('0000000100', 'hex'))).toThrow(WireError)
    // The longest that is allowed is only waited for.
    expect(new FrameReader().push(Buffer.from('40000000', 'hex'))).toEqual([])
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
  })

  it.each([
    ['header longer than the frame', Buffer.from('00000004ffff0000', 'hex')],
    ['header that is no JSON', Buffer.from('000000040002zz'.replace('zz', '7b7b'), 'hex')],
    ['header without a type', frame({} as { type: string })],
    ['header that is no object', frame(null as never)],
  ])('refuses a %s', (_what, hostile) => {
    expect(() => new FrameReader().push(hostile)).toThrow(WireError)
  })

  it('random bytes give frames or a WireError, nothing else', () => {
    for (let seed = 1; seed <= 2_000; seed++) {
      try {
        new FrameReader().push(randomBytes(seed, 64))
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
      }
    }
  })
})

describe('values', () => {
  const revive = () => {
    throw new Error('nothing is shared here')
  }

  it('a byte array is a byte array again, a Buffer comes as its bytes, and the copy is its own', () => {
    const original = new Uint8Array([1, 2, 3])
    const copy = decodeValue(encodeValue(original, 'item'), revive)
    expect(copy).toEqual(original)
    original[0] = 9
    expect((copy as Uint8Array)[0]).toBe(1)
    expect(Buffer.from(decodeValue(encodeValue(Buffer.from('hi'), 'item'), revive) as Uint8Array).toString()).toBe('hi')
  })

  it.each([
    [() => 1, 'item is a function'],
    [Symbol('s'), 'item is a symbol'],
    [{ 'with space': Symbol('s') }, 'item["with space"] is a symbol'],
    [[new Set([() => 1])], 'item[0].item(0) is a function'],
    [new WeakMap(), 'item is a WeakMap'],
  ])('names the place that cannot travel (%#)', (value, place) => {
    expect(() => encodeValue(value, 'item')).toThrow(UnsendableError)
    expect(() => encodeValue(value, 'item')).toThrow(place)
  })

  const throwing = {
    get field(): never {
      throw new Error('no getter')
    },
  }
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  }
  const deep = Array.from({ length: 20_000 }).reduce((inner: object) => ({ inner }), {})

  it('names the place that cannot even be read', () => {
    // Not a table of tests: what cannot be read cannot be shown in the name of one either.
    const places: [unknown, string][] = [
      [throwing, 'item.field cannot be read: no getter'],
      [[1, { deep: throwing }], 'item[1].deep.field cannot be read: no getter'],
      [new Map([['key', throwing]]), 'item.value(0).field cannot be read: no getter'],
      [revoked(), 'item cannot be read'],
      [[{ deep: revoked() }], 'item[0].deep cannot be read'],
      [deep, 'nested more than 1,000 levels deep'],
    ]
    for (const [value, place] of places) {
      expect(() => encodeValue(value, 'item')).toThrow(UnsendableError)
      expect(() => encodeValue(value, 'item')).toThrow(place)
    }
  })

  it('refuses what is larger than a message can be, with the limit, before anything is kept for it', () => {
    const large = new Uint8Array(1.1 * 2 ** 30)
    const before = process.memoryUsage().arrayBuffers
    expect(() => encodeValue(large, 'item')).toThrow(UnsendableError)
    expect(() => encodeValue(large, 'item')).toThrow(
      'item takes 1,181,116,006 bytes, and at most 1,072,693,248 (1 GiB)',
    )
    for (const value of [[large], { large: Buffer.from(large.buffer) }, new Map([[1, large.buffer]])]) {
      expect(() => encodeValue(value, 'item')).toThrow('item takes 1,181,116,006 bytes')
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
  })

  it('random bytes give a value or a WireError, nothing else', () => {
    for (let seed = 1; seed <= 5_000; seed++) {
      try {
        decodeValue(randomBytes(seed, 24), revive)
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
      }
    }
  })
})
