/** Named values that processes share: Python's `Manager().Namespace()`. */
import { type Given, type ObjectOptions, SharedObject } from '../shared-object/shared-object.ts'
import { reviveCopy } from '../wire/revive.ts'
import { decodeValue, encodeValue } from '../wire/values.ts'
import { DictState, decodeKey, encodeKey } from './dict.ts'
import { unpackValues } from './values-payload.ts'

/** `T` names the values and their types. JavaScript cannot await an assignment, so they are read and written by methods. */
export class Namespace<T extends object = Record<string, unknown>> extends SharedObject {
  constructor(options: ObjectOptions = {}) {
    super('namespace', options as Given<ObjectOptions>, {}, () => new DictState())
  }

  /** @returns the value, a copy of it; undefined if it was never set */
  async get<K extends keyof T & string>(name: K): Promise<T[K] | undefined> {
    const { fields, payload } = await this.ask('get', { key: encodeKey(name) })
    return fields.found === true ? (this.#decode(payload) as T[K]) : undefined
  }

  async set<K extends keyof T & string>(name: K, value: T[K]): Promise<void> {
    await this.ask('set', { key: encodeKey(name) }, [encodeValue(value, name)])
  }

  /** @returns whether it was set */
  async delete(name: keyof T & string): Promise<boolean> {
    return (await this.ask('delete', { key: encodeKey(name) })).fields.found === true
  }

  /** @returns all values, as they are at one moment */
  async toObject(): Promise<Partial<T>> {
    const { payload } = await this.ask('entries')
    const entries = unpackValues(payload).map(([key, bytes]) => [decodeKey(key), this.#decode(bytes)])
    return Object.fromEntries(entries) as Partial<T>
  }

  #decode(bytes: Uint8Array): unknown {
    return decodeValue(bytes, (handle) => reviveCopy(handle, this.run))
  }
}
