/** One at a time: Python's `multiprocessing.Lock` and `RLock`. */
import { type Given, type ObjectOptions, registerClass } from '../shared-object/shared-object.ts'
import { Acquirable } from './acquirable.ts'

/** May be held by one at a time, and released by anybody. A process that ends while it holds it gives it back. */
export class Lock extends Acquirable {
  constructor(options: ObjectOptions = {}) {
    super('lock', options as Given<ObjectOptions>, { value: 1, bound: 1, recursive: false, held: true })
  }

  async locked(): Promise<boolean> {
    return (await this.ask('value')).fields.value === 0
  }
}

/**
 * May be acquired again by the process that holds it, and must be released as often, by that process. It is held by a
 * process, not by one of the asynchronous functions in it: between those it keeps nobody out.
 */
export class RLock extends Acquirable {
  constructor(options: ObjectOptions = {}) {
    super('rlock', options as Given<ObjectOptions>, { value: 1, bound: 1, recursive: true, held: true })
  }
}

registerClass('lock', Lock)
registerClass('rlock', RLock)
