/** Waiting until another process says that something has changed: Python's `multiprocessing.Condition`. */
import { clockMs } from '../run/clock.ts'
import { currentRun } from '../run/run.ts'
import { checkTimeout, type WaitOptions } from '../run/wait-options.ts'
import type { Waiting } from '../run/waiting.ts'
import { ObjectService } from '../shared-object/service.ts'
import { fromHandle, type Given, type ObjectOptions } from '../shared-object/shared-object.ts'
import { registerKind, revive } from '../wire/revive.ts'
import { type Shared, type SharedHandle, sharedHandle } from '../wire/values.ts'
import { type AcquireOptions, askLock, lockId } from './acquirable.ts'
import { type Lock, RLock } from './lock.ts'

export interface ConditionOptions extends ObjectOptions {
  /** The lock that must be held to wait and to notify; an RLock of its own if left out. */
  lock?: Lock | RLock
}

/** All that is shared of a condition is its lock. */
interface ConditionHandle extends SharedHandle {
  owner: string
  name: string
  lock: SharedHandle
}

export class Condition implements Shared {
  readonly name: string
  readonly #lock: Lock | RLock
  readonly #place: Omit<ConditionHandle, 'lock'>

  constructor(options: ConditionOptions = {}) {
    const run = currentRun()
    const handle = (options as Given<ConditionOptions>)[fromHandle] as unknown as ConditionHandle | undefined
    if (handle) {
      const { kind, id, owner, name } = handle
      this.#place = { kind, id, owner, name }
      this.#lock = revive(handle.lock, run) as Lock | RLock
    } else {
      const number = run.count('condition')
      const name = options.name ?? `condition ${number}`
      this.#lock = options.lock ?? new RLock({ name: `the lock of ${name}` })
      const id = `${run.path}/condition${number}`
      this.#place = { kind: 'condition', id, owner: run.path, name }
      ObjectService.of(run).addCondition(this.#lock[lockId], id, name)
    }
    this.name = this.#place.name
  }

  [sharedHandle](): ConditionHandle {
    return { ...this.#place, lock: this.#lock[sharedHandle]() }
  }

  acquire(options?: AcquireOptions): Promise<boolean> {
    return this.#lock.acquire(options)
  }

  release(): Promise<void> {
    return this.#lock.release()
  }

  /** Holds the lock while `fn` runs. Python's `with condition:`. */
  with<T>(fn: () => T | Promise<T>): Promise<T> {
    return this.#lock.with(fn)
  }

  /**
   * Releases the lock, waits to be notified, and acquires the lock again, also after a timeout.
   * @returns whether it was notified: false if `timeoutMs` ran out first
   * @throws StateError if the lock is not held
   */
  async wait(options: WaitOptions = {}): Promise<boolean> {
    const { id } = this.#place
    const waiting: Waiting = { on: { kind: 'condition', id }, what: 'condition', label: `wait for ${this.name}` }
    const { fields } = await this.#lock[askLock]('condition-wait', { condition: id }, waiting, options)
    return fields.notified === true
  }

  /**
   * Waits until `predicate` holds, which is looked at each time the condition is notified.
   * @returns its last value: one that holds, or one that does not if `timeoutMs` ran out first
   */
  async waitFor<T>(predicate: () => T | Promise<T>, { timeoutMs }: WaitOptions = {}): Promise<T> {
    const run = currentRun()
    const limitMs = checkTimeout(timeoutMs)
    const endMs = limitMs === undefined ? Number.POSITIVE_INFINITY : clockMs() + run.realMs(limitMs)
    for (;;) {
      const value = await predicate()
      const leftMs = endMs - clockMs()
      if (value || leftMs <= 0) return value
      await this.wait(Number.isFinite(leftMs) ? { timeoutMs: leftMs * run.speed } : {})
    }
  }

  /** Lets `count` of those who wait go on, who came first; one if left out. @throws StateError if the lock is not held */
  async notify(count = 1): Promise<void> {
    await this.#lock[askLock]('notify', { condition: this.#place.id, count })
  }

  /** Lets all who wait go on, one after the other as the lock allows. */
  notifyAll(): Promise<void> {
    return this.notify(Number.MAX_SAFE_INTEGER)
  }
}

registerKind('condition', (handle) => new Condition({ [fromHandle]: handle } as unknown as ConditionOptions))
