/** At most so many at a time: Python's `multiprocessing.Semaphore` and `BoundedSemaphore`. */
import { StateError } from '../errors.ts'
import { fromHandle, type Given, type ObjectOptions } from '../shared-object/shared-object.ts'
import { registerKind } from '../wire/revive.ts'
import { Acquirable } from './acquirable.ts'

function checkValue(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new RangeError(`A semaphore's value must be a whole number of at least 0, but ${value} is not.`)
}

abstract class Counted extends Acquirable {
  /** @returns how many could acquire it now. Python's `get_value`. */
  async getValue(): Promise<number> {
    return Number((await this.ask('value')).fields.value)
  }

  /** @param count how many may come in; 1 if left out. @throws StateError if it cannot be released as often */
  override async release(count = 1): Promise<void> {
    if (!Number.isSafeInteger(count) || count < 1)
      throw new StateError(`${this.name} cannot be released ${count} times.`)
    await this.ask('release', { count })
  }
}

/** May be released by another than who acquired it, and so is not given back when a process ends: it may count anything. */
export class Semaphore extends Counted {
  constructor(value = 1, options: ObjectOptions = {}) {
    const rules = { value: checkValue(value), bound: Number.POSITIVE_INFINITY, recursive: false, held: false }
    super('semaphore', options as Given<ObjectOptions>, rules)
  }
}

/** Never has more free places than at first: a release too many is refused. What a process holds is given back at its end. */
export class BoundedSemaphore extends Counted {
  constructor(value = 1, options: ObjectOptions = {}) {
    const rules = { value: checkValue(value), bound: value, recursive: false, held: true }
    super('bounded-semaphore', options as Given<ObjectOptions>, rules)
  }
}

registerKind('semaphore', (handle) => new Semaphore(1, { [fromHandle]: handle } as ObjectOptions))
registerKind('bounded-semaphore', (handle) => new BoundedSemaphore(1, { [fromHandle]: handle } as ObjectOptions))
