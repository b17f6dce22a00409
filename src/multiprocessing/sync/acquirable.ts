/** What locks and semaphores have in common: they are acquired, held and released. */
import type { ObjectKind } from '../../shared/telemetry.ts'
import type { Run } from '../run/run.ts'
import type { WaitOptions } from '../run/wait-options.ts'
import type { Waiting } from '../run/waiting.ts'
import type { Answer, Fields } from '../shared-object/service.ts'
import { type Given, type ObjectOptions, SharedObject } from '../shared-object/shared-object.ts'
import { tellAbandoned } from './abandoned.ts'
import { type SemaphoreRules, SemaphoreState } from './semaphore-state.ts'

/** How a condition asks the lock that it stands on. */
export const askLock: unique symbol = Symbol('askLock')

/** How a condition finds out what its lock is called in telemetry. */
export const lockId: unique symbol = Symbol('lockId')

export interface AcquireOptions extends WaitOptions {
  /** Whether to wait at all; true if left out. */
  wait?: boolean
}

export abstract class Acquirable extends SharedObject {
  readonly #waiting = this.awaiting('acquire', `acquire ${this.name}`)

  constructor(kind: ObjectKind, given: Given<ObjectOptions>, rules: Omit<SemaphoreRules, 'name'>) {
    const make = (name: string, run: Run) => new SemaphoreState({ ...rules, name }, run.nowUs, tellAbandoned(run, name))
    super(kind, given, {}, make)
  }

  /**
   * Waits for its turn.
   * @returns whether it was acquired: false only if `timeoutMs` ran out first, or it was not to wait
   */
  async acquire({ wait = true, timeoutMs }: AcquireOptions = {}): Promise<boolean> {
    const options = wait && timeoutMs !== undefined ? { timeoutMs } : {}
    const { fields } = await this.ask('acquire', { wait }, [], wait ? this.#waiting : undefined, options)
    return fields.acquired === true
  }

  get [lockId](): string {
    return this.handle.id
  }

  [askLock](op: string, fields: Fields, waiting?: Waiting, options?: WaitOptions): Promise<Answer> {
    return this.ask(op, fields, [], waiting, options)
  }

  /** Gives it back. @throws StateError if it is not acquired */
  async release(): Promise<void> {
    await this.ask('release')
  }

  /** Holds it while `fn` runs, and gives it back whatever becomes of that. Python's `with lock:`. */
  async with<T>(fn: () => T | Promise<T>): Promise<T> {
    await this.acquire()
    try {
      return await fn()
    } finally {
      await this.release()
    }
  }
}
