/** What `applyAsync` gives back: a result that will be there later. Python's `AsyncResult`. */
import { StateError, StoppedError, TimeoutError } from '../errors.ts'
import { after } from '../run/timer.ts'
import { checkTimeout } from '../run/wait-options.ts'

export type Outcome<R> = { ok: true; value: R } | { ok: false; error: Error }

type Listener<R> = (outcome: Outcome<R>) => void

/** What a result belongs to: a task, or all tasks of a `map`. */
export interface ResultOwner {
  /** Somebody looks at the result, or will: so a failure is known. Called once. */
  observed(): void
  /** Whether somebody wants to know who waits. */
  readonly watched: boolean
  /** Somebody begins to wait, for so many real milliseconds at most. @returns what to call at the end of the wait */
  waits(timeoutMs?: number): (() => void) | undefined
  /** Real milliseconds for the program's. */
  realMs(programMs: number): number
}

/**
 * It can be awaited like a promise. Unlike one, a failure that nobody looks at is no unhandled rejection: the pool reports
 * every failure itself. Looking at it (`get`, `await`, `then`) marks the failure as observed.
 */
export class AsyncResult<R> implements PromiseLike<R> {
  /** Whose it is now: a task that is tried again hands it on. */
  owner: ResultOwner
  /** Who waits. */
  #listeners: Listener<R>[] = []
  #outcome: Outcome<R> | null = null
  #observed = false

  constructor(owner: ResultOwner) {
    this.owner = owner
  }

  /** For the pool. @returns nothing; the first call counts */
  settle(outcome: Outcome<R>): void {
    if (this.#outcome) return
    this.#outcome = outcome
    for (const listener of this.#listeners.splice(0)) listener(outcome)
  }

  /** For the pool: calls back with the outcome, now if it is there, without looking at it. */
  onSettled(listener: Listener<R>): void {
    if (this.#outcome) listener(this.#outcome)
    else this.#listeners.push(listener)
  }

  /** Whether somebody looks, or has looked, at the outcome. */
  get observed(): boolean {
    return this.#observed
  }

  /**
   * The task's result.
   * @throws what the task threw; WorkerDiedError; TimeoutError after `timeoutMs`, and the task goes on
   */
  get({ timeoutMs }: { timeoutMs?: number } = {}): Promise<R> {
    this.observe()
    return this.#wait<R>(timeoutMs, (resolve, reject, outcome) => {
      if (!outcome) reject(new TimeoutError(`The result was not there after ${timeoutMs} ms.`))
      else if (outcome.ok) resolve(outcome.value)
      else reject(outcome.error)
    })
  }

  /** Waits until the task is done or failed. @returns whether it is: false only if `timeoutMs` ran out first */
  wait({ timeoutMs }: { timeoutMs?: number } = {}): Promise<boolean> {
    return this.#wait(timeoutMs, (resolve, _reject, outcome) => resolve(outcome !== null))
  }

  /** @param then is called with the outcome, or null if it was not there in time */
  #wait<T>(
    timeoutMs: number | undefined,
    then: (resolve: (value: T) => void, reject: (error: Error) => void, outcome: Outcome<R> | null) => void,
  ): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      const limitMs = checkTimeout(timeoutMs)
      if (this.#outcome) {
        then(resolve, reject, this.#outcome)
        return
      }
      const realMs = limitMs === undefined ? undefined : this.owner.realMs(limitMs)
      const leave = this.owner.waits(realMs)
      let stopClock: (() => void) | undefined
      this.onSettled((outcome) => {
        stopClock?.()
        leave?.()
        if (isStop(outcome)) promise.catch(() => {})
        then(resolve, reject, outcome)
      })
      if (realMs === undefined) return
      const late = () => {
        leave?.()
        then(resolve, reject, null)
      }
      stopClock = after(realMs, late)
    })
    if (this.#outcome && isStop(this.#outcome)) promise.catch(() => {})
    return promise
  }

  /** For the pool: the outcome when it is there, without looking at it. */
  get settled(): Promise<Outcome<R>> {
    return new Promise((resolve) => this.onSettled(resolve))
  }

  /** For the pool: somebody looks, perhaps through another result that this one is a part of. */
  observe(): void {
    if (this.#observed) return
    this.#observed = true
    this.owner.observed()
  }

  /** For the pool: what the task failed with, without looking at it; null if it did not fail, or not yet. */
  get failure(): Error | null {
    return this.#outcome && !this.#outcome.ok ? this.#outcome.error : null
  }

  ready(): boolean {
    return this.#outcome !== null
  }

  /** Whether the task ended without an error. @throws StateError if it has not ended */
  successful(): boolean {
    if (!this.#outcome) throw new StateError('The task has not ended, so it is not known whether it is successful.')
    return this.#outcome.ok
  }

  // biome-ignore lint/suspicious/noThenProperty: being awaitable is the point
  then<A = R, B = never>(
    onValue?: ((value: R) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return this.get().then(onValue, onError)
  }
}

/** Nobody need look out for the end of the program: that alone is no unhandled rejection. */
function isStop(outcome: Outcome<unknown>): boolean {
  return !outcome.ok && outcome.error instanceof StoppedError
}
