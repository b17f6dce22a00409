/** A dictionary that processes share: Python's `Manager().dict()`, by the names of JavaScript's Map. */
import { WireError } from '../errors.ts'
import type { Request, SharedState } from '../shared-object/service.ts'
import { type Given, type ObjectOptions, SharedObject } from '../shared-object/shared-object.ts'
import { reviveCopy } from '../wire/revive.ts'
import { decodeValue, encodeValue } from '../wire/values.ts'
import { packValues, unpackValues } from './values-payload.ts'

/** Keys are compared by value, so they are what can be written as text. */
export type DictKey = string | number | boolean

const MAX_KEY_CHARACTERS = 10_000

export function encodeKey(key: DictKey): string {
  if (typeof key !== 'string' && typeof key !== 'number' && typeof key !== 'boolean') {
    throw new TypeError(`A shared dictionary's key is a text, a number or a boolean, but ${typeof key} is not.`)
  }
  const text = Number.isNaN(key) ? 'NaN' : JSON.stringify(key)
  // As it is written in a message, where some characters take several.
  if (JSON.stringify(text).length > MAX_KEY_CHARACTERS)
    throw new RangeError('A shared dictionary’s key has at most 10,000 characters.')
  return text
}

export function decodeKey(text: string): DictKey {
  return text === 'NaN' ? Number.NaN : (JSON.parse(text) as DictKey)
}

/** @throws WireError if it is no key as it travels: whoever reads all of them would stumble upon it */
function checkKey(text: string): string {
  try {
    if (typeof decodeKey(text) !== 'object') return text
  } catch {
    // No JSON.
  }
  throw new WireError('A request for a dictionary has a key that it cannot have.')
}

/** Values stay the bytes that they came as. */
export class DictState implements SharedState {
  readonly #values = new Map<string, Uint8Array>()

  handle({ op, fields, payload, answer }: Request): undefined {
    const key = fields.key === undefined ? '' : checkKey(String(fields.key))
    const found = this.#values.get(key)
    const values = this.#values
    switch (op) {
      case 'set':
        values.set(key, Uint8Array.from(payload))
        break
      case 'set-default':
        if (!found) values.set(key, Uint8Array.from(payload))
        answer({ found: true }, [found ?? payload])
        return
      case 'update':
        for (const [name, bytes] of unpackValues(payload)) values.set(checkKey(name), Uint8Array.from(bytes))
        break
      case 'delete':
      case 'pop':
        values.delete(key)
        break
      case 'clear':
        values.clear()
        break
      case 'entries':
        answer({}, packValues([...values]))
        return
    }
    const wanted = op === 'get' || op === 'pop'
    answer({ found: found !== undefined, size: values.size }, wanted && found ? [found] : [])
  }

  release(): void {}
}

/** Every method is one request, and requests are served one after the other; two of them are not one: use a Lock for that. */
export class SharedDict<K extends DictKey = string, V = unknown> extends SharedObject {
  constructor(options: ObjectOptions = {}) {
    super('dict', options as Given<ObjectOptions>, {}, () => new DictState())
  }

  /** @returns the value, a copy of it; undefined if there is none */
  async get(key: K): Promise<V | undefined> {
    return this.#read('get', key)
  }

  async set(key: K, value: V): Promise<void> {
    await this.ask('set', { key: encodeKey(key) }, [encodeValue(value, 'value')])
  }

  async has(key: K): Promise<boolean> {
    return (await this.ask('has', { key: encodeKey(key) })).fields.found === true
  }

  /** @returns whether there was such a key */
  async delete(key: K): Promise<boolean> {
    return (await this.ask('delete', { key: encodeKey(key) })).fields.found === true
  }

  /** @returns the value that it had, which is taken out; undefined if there was none */
  async pop(key: K): Promise<V | undefined> {
    return this.#read('pop', key)
  }

  /** @returns the value that is there, or the one given, which then is there. Python's `setdefault`. */
  async setDefault(key: K, value: V): Promise<V> {
    const { payload } = await this.ask('set-default', { key: encodeKey(key) }, [encodeValue(value, 'value')])
    return this.#decode(payload)
  }

  /** Sets many at once. */
  async update(entries: Iterable<readonly [K, V]>): Promise<void> {
    const packed = [...entries].map(([key, value]) => [encodeKey(key), encodeValue(value, 'value')] as const)
    await this.ask('update', {}, packValues(packed))
  }

  async size(): Promise<number> {
    return Number((await this.ask('size')).fields.size)
  }

  async clear(): Promise<void> {
    await this.ask('clear')
  }

  /** @returns all keys with their values, as they are at one moment, in the order of their first setting */
  async entries(): Promise<[K, V][]> {
    const { payload } = await this.ask('entries')
    return unpackValues(payload).map(([key, bytes]) => [decodeKey(key) as K, this.#decode(bytes)])
  }

  async keys(): Promise<K[]> {
    return (await this.entries()).map(([key]) => key)
  }

  async values(): Promise<V[]> {
    return (await this.entries()).map(([, value]) => value)
  }

  async *[Symbol.asyncIterator](): AsyncIterator<[K, V]> {
    yield* await this.entries()
  }

  async #read(op: string, key: K): Promise<V | undefined> {
    const { fields, payload } = await this.ask(op, { key: encodeKey(key) })
    return fields.found === true ? this.#decode(payload) : undefined
  }

  #decode(bytes: Uint8Array): V {
    return decodeValue(bytes, (handle) => reviveCopy(handle, this.run)) as V
  }
}
