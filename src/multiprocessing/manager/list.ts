/** A list that processes share: Python's `Manager().list()`, by the names of JavaScript's Array. */
import { WireError } from '../errors.ts'
import type { Request, SharedState } from '../shared-object/service.ts'
import { type Given, type ObjectOptions, SharedObject } from '../shared-object/shared-object.ts'
import { reviveCopy } from '../wire/revive.ts'
import { decodeValue, encodeValue } from '../wire/values.ts'
import { packValues, unpackValues } from './values-payload.ts'

class ListState implements SharedState {
  #values: Uint8Array[] = []

  handle({ op, fields, payload, answer }: Request): undefined {
    const values = this.#values
    const index = Number(fields.index ?? 0)
    if (!Number.isSafeInteger(index)) throw new WireError('A request for a list has an index that it cannot have.')
    const at = index < 0 ? values.length + index : index
    const found = values[at]
    switch (op) {
      case 'set':
        if (found) values[at] = Uint8Array.from(payload)
        break
      case 'push':
        for (const [, bytes] of unpackValues(payload)) values.push(Uint8Array.from(bytes))
        break
      case 'insert':
        values.splice(index, 0, Uint8Array.from(payload))
        break
      case 'pop':
        if (found) values.splice(at, 1)
        break
      case 'clear':
        this.#values = []
        break
      case 'all':
        answer({}, packValues(values.map((bytes) => ['', bytes] as const)))
        return
    }
    const wanted = op === 'at' || op === 'pop'
    answer({ found: found !== undefined, length: this.#values.length }, wanted && found ? [found] : [])
  }

  release(): void {}
}

function checkIndex(index: number): number {
  if (Number.isSafeInteger(index)) return index
  throw new RangeError(`An index is a whole number, but ${index} is not.`)
}

/** Every method is one request, and requests are served one after the other. Negative indices count from the end. */
export class SharedList<T = unknown> extends SharedObject {
  constructor(options: ObjectOptions = {}) {
    super('list', options as Given<ObjectOptions>, {}, () => new ListState())
  }

  /** @returns the value at an index, a copy of it; undefined if there is none */
  async at(index: number): Promise<T | undefined> {
    return this.#read('at', index)
  }

  /** @throws RangeError if there is no such index */
  async set(index: number, value: T): Promise<void> {
    const { fields } = await this.ask('set', { index: checkIndex(index) }, [encodeValue(value, 'value')])
    if (fields.found !== true) throw new RangeError(`${this.name} has no index ${index}.`)
  }

  /** @returns the new length. Python's `append` and `extend`. */
  async push(...values: T[]): Promise<number> {
    const packed = values.map((value) => ['', encodeValue(value, 'value')] as const)
    return Number((await this.ask('push', {}, packValues(packed))).fields.length)
  }

  async insert(index: number, value: T): Promise<void> {
    await this.ask('insert', { index: checkIndex(index) }, [encodeValue(value, 'value')])
  }

  /** @returns the value at the index, the last one if left out, which is taken out; undefined if there is none */
  async pop(index = -1): Promise<T | undefined> {
    return this.#read('pop', index)
  }

  async length(): Promise<number> {
    return Number((await this.ask('length')).fields.length)
  }

  async clear(): Promise<void> {
    await this.ask('clear')
  }

  /** @returns all values, as they are at one moment */
  async toArray(): Promise<T[]> {
    const { payload } = await this.ask('all')
    return unpackValues(payload).map(([, bytes]) => this.#decode(bytes))
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    yield* await this.toArray()
  }

  async #read(op: string, index: number): Promise<T | undefined> {
    const { fields, payload } = await this.ask(op, { index: checkIndex(index) })
    return fields.found === true ? this.#decode(payload) : undefined
  }

  #decode(bytes: Uint8Array): T {
    return decodeValue(bytes, (handle) => reviveCopy(handle, this.run)) as T
  }
}
