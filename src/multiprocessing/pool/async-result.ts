/** What `applyAsync` gives back: a result that will be there later. Python's `AsyncResult`. */
import { StateError, TimeoutError } from '../errors.ts'

export type Outcome<R> = { ok: true; value: R } | { ok: false; error: Error }

/** How the result waits: so that a stop of the program ends the wait and the window shows it. */
export type WaitForResult = <T>(promise: Promise<T>, timeoutMs: number | undefined, late: () => Error) => Promise<T>

/**
 * It can be awaited like a promise. Unlike one, a failure that nobody looks at is no unhandled rejection: the pool reports
 * every failure itself. Looking at it (`get`, `await`, `then`) marks the failure as observed.
 */
export class AsyncResult<R> implements PromiseLike<R> {
  readonly #waitFor: WaitForResult
  readonly #onObserved: () => void
  readonly #settled: Promise<Outcome<R>>
  #settle: (outcome: Outcome<R>) => void = () => {}
  #outcome: Outcome<R> | null = null
  #observed = false

  constructor(waitFor: WaitForResult, onObserved: () => void) {
    this.#waitFor = waitFor
    this.#onObserved = onObserved
    this.#settled = new Promise((resolve) => (this.#settle = resolve))
  }

  /** For the pool. @returns nothing; the first call counts */
  settle(outcome: Outcome<R>): void {
    if (this.#outcome) return
    this.#outcome = outcome
    this.#settle(outcome)
  }

  /** Whether somebody looks, or has looked, at the outcome. */
  get observed(): boolean {
    return this.#observed
  }

  /**
   * The task's result.
   * @throws what the task threw; WorkerDiedError; TimeoutError after `timeoutMs`, and the task goes on
   */
  async get({ timeoutMs }: { timeoutMs?: number } = {}): Promise<R> {
    this.#observe()
    const late = () => new TimeoutError(`The result was not there after ${timeoutMs} ms.`)
    const outcome = await this.#waitFor(this.#settled, timeoutMs, late)
    if (outcome.ok) return outcome.value
    throw outcome.error
  }

  /** Waits until the task is done or failed. @returns whether it is: false only if `timeoutMs` ran out first */
  async wait({ timeoutMs }: { timeoutMs?: number } = {}): Promise<boolean> {
    const late = new TimeoutError()
    try {
      await this.#waitFor(this.#settled, timeoutMs, () => late)
      return true
    } catch (error) {
      if (error === late) return false
      throw error
    }
  }

  /** For the pool: the outcome when it is there, without looking at it. */
  get settled(): Promise<Outcome<R>> {
    return this.#settled
  }

  /** For the pool: somebody looks, through another result that this one is a part of. */
  observe(): void {
    this.#observe()
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

  #observe(): void {
    if (this.#observed) return
    this.#observed = true
    this.#onObserved()
  }
}
