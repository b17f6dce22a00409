/** A pool in the words of Python's `concurrent.futures`. */
import { CancelledError, TimeoutError } from '../errors.ts'
import { currentRun } from '../run/run.ts'
import { after } from '../run/timer.ts'
import { checkTimeout, type WaitOptions } from '../run/wait-options.ts'
import type { Target } from '../targets.ts'
import type { AsyncResult, Outcome } from './async-result.ts'
import type { PoolOptions } from './options.ts'
import type { ResultIterator } from './ordered-results.ts'
import { Pool } from './pool.ts'

export interface ShutdownOptions {
  /** Whether to wait until everything is done; true if left out. */
  wait?: boolean
  /** Whether what was not begun is cancelled; false if left out. */
  cancelFutures?: boolean
}

export interface ExecutorMapOptions extends WaitOptions {
  chunkSize?: number
}

/** A result that will be there later. It is no promise, so that a future can itself be awaited for: await its `result()`. */
export class Future<R> {
  readonly #result: AsyncResult<R>
  readonly #task: { cancel(): void; isRunning(): boolean }
  #cancelled = false

  /** Not for users: {@link ProcessPoolExecutor.submit} makes them. */
  constructor(result: AsyncResult<R>, task: { cancel(): void; isRunning(): boolean }) {
    this.#result = result
    this.#task = task
  }

  /** @throws what the call threw; CancelledError; TimeoutError after `timeoutMs`, and the call goes on */
  result(options: WaitOptions = {}): Promise<R> {
    return this.#result.get(options)
  }

  /** @returns what the call threw, null if it threw nothing; throws CancelledError and TimeoutError as `result` does */
  async exception(options: WaitOptions = {}): Promise<Error | null> {
    if (!(await this.#result.wait(options)))
      throw new TimeoutError(`The result was not there after ${options.timeoutMs} ms.`)
    return this.#result.get().then(
      () => null,
      (error: Error) => {
        if (error instanceof CancelledError) throw error
        return error
      },
    )
  }

  /** Takes the call back if it was not begun. @returns whether it was taken back */
  cancel(): boolean {
    if (this.#result.ready()) return this.#cancelled
    this.#task.cancel()
    // A call that was not begun is taken back at once; one that runs goes on.
    this.#cancelled = this.#result.ready()
    return this.#cancelled
  }

  cancelled(): boolean {
    return this.#cancelled
  }

  /** Whether a worker is at it now. */
  running(): boolean {
    return this.#task.isRunning()
  }

  /** Whether it ended, well or not, or was cancelled. */
  done(): boolean {
    return this.#result.ready()
  }

  /** Calls `fn` with this future once it is done; at once if it is. */
  addDoneCallback(fn: (future: this) => void): void {
    void this.#result.settled.then(() => fn(this))
  }

  /** Resolves once it is done, however; looks at nothing. */
  get settled(): Promise<Outcome<R>> {
    return this.#result.settled
  }
}

export class ProcessPoolExecutor {
  readonly #pool: Pool
  readonly #futures = new Set<{ cancel(): boolean }>()

  /** @param maxWorkers at most so many processes; one for each core if left out */
  constructor(maxWorkers?: number, options: PoolOptions = {}) {
    this.#pool = new Pool(maxWorkers, { name: 'executor', ...options })
  }

  /**
   * Calls `target(...args)` in a worker.
   * @throws at once: TargetError, UnsendableError, StateError after `shutdown`
   */
  // biome-ignore lint/suspicious/noExplicitAny: a target may take anything
  submit<A extends any[], R>(target: Target<A, R>, ...args: A): Future<Awaited<R>> {
    const result = this.#pool.applyAsync(target, args)
    const same = result as unknown as AsyncResult<unknown>
    const future = new Future(result, {
      cancel: () => this.#pool.takeBack(same, cancelled()),
      isRunning: () => this.#pool.isRunning(same),
    })
    this.#futures.add(future)
    future.addDoneCallback(() => this.#futures.delete(future))
    return future
  }

  /**
   * Calls `target` with the first of each list, then the second, and so on until one list ends.
   * @returns results in order, each as soon as it is there; `next` throws TimeoutError for one that is not there `timeoutMs`
   * after this call
   * @throws at once, as `submit` does
   */
  map<T extends unknown[], R>(
    target: Target<T, R>,
    lists: { [K in keyof T]: Iterable<T[K]> },
    { timeoutMs, chunkSize = 1 }: ExecutorMapOptions = {},
  ): AsyncGenerator<Awaited<R>> {
    const columns = lists.map((list) => [...(list as Iterable<unknown>)])
    const length = Math.min(...columns.map((column) => column.length))
    const calls = Array.from(
      { length: Number.isFinite(length) ? length : 0 },
      (_, i) => columns.map((column) => column[i]) as T,
    )
    const limitMs = checkTimeout(timeoutMs)
    const results = this.#pool.istarmap(target, calls, { chunkSize })
    return inTime(results, limitMs === undefined ? undefined : performance.now() + currentRun().realMs(limitMs))
  }

  /** Takes no more calls. Resolves when all are done, unless it is told not to wait. */
  async shutdown({ wait = true, cancelFutures = false }: ShutdownOptions = {}): Promise<void> {
    this.#pool.close()
    if (cancelFutures) {
      for (const future of this.#futures) future.cancel()
      // What is left are calls of `map`.
      this.#pool.takeBackAll(cancelled())
    }
    if (wait) await this.#pool.join()
  }

  /** `await using executor = new ProcessPoolExecutor()`: at the end of the block all that was submitted is waited for. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown()
  }
}

const cancelled = () => new CancelledError('The call was cancelled before it was begun.')

/** Gives results until one is not there at `endMs`; then, and where it is left early, nobody can read the others any more. */
async function* inTime<R>(results: ResultIterator<R>, endMs: number | undefined): AsyncGenerator<R> {
  let left = true
  try {
    for (;;) {
      const next = await before(results.next(), endMs)
      if (next.done) break
      yield next.value
    }
    left = false
  } catch (error) {
    left = error instanceof TimeoutError
    throw error
  } finally {
    if (left) await results.return()
  }
}

/** @throws TimeoutError if it is not there at `endMs` of `performance.now()` */
async function before<T>(promise: Promise<T>, endMs: number | undefined): Promise<T> {
  if (endMs === undefined) return promise
  let stopClock: (() => void) | undefined
  const late = new Promise<never>((_, reject) => {
    const tell = () => reject(new TimeoutError('The next result was not there in time.'))
    stopClock = after(Math.max(0, endMs - performance.now()), tell)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    stopClock?.()
  }
}

/** A future of whatever: those of a list need not be of one type. */
// biome-ignore lint/suspicious/noExplicitAny: a future may have any result
type AnyFuture = Future<any>

/** @returns the futures in the order in which they are done */
export async function* asCompleted<F extends AnyFuture>(
  futures: Iterable<F>,
  { timeoutMs }: WaitOptions = {},
): AsyncGenerator<F> {
  const limitMs = checkTimeout(timeoutMs)
  const endMs = limitMs === undefined ? undefined : performance.now() + currentRun().realMs(limitMs)
  const left = new Map([...futures].map((future) => [future, future.settled.then(() => future)]))
  while (left.size > 0) {
    const next = await before(Promise.race(left.values()), endMs)
    left.delete(next)
    yield next
  }
}

export interface WaitForFuturesOptions extends WaitOptions {
  /** When to come back; when all are done if left out. Python's `return_when`. */
  until?: 'all-done' | 'first-done' | 'first-failed'
}

/**
 * Waits for futures, as `concurrent.futures.wait` does.
 * @returns those that are done, and the others if `until` or `timeoutMs` came first. It looks at no result
 * @throws RangeError for an `until` that is none
 */
export async function wait<F extends AnyFuture>(
  futures: Iterable<F>,
  { timeoutMs, until = 'all-done' }: WaitForFuturesOptions = {},
): Promise<{ done: Set<F>; notDone: Set<F> }> {
  if (!['all-done', 'first-done', 'first-failed'].includes(until)) {
    throw new RangeError(`until must be all-done, first-done or first-failed, but ${until} is not.`)
  }
  const all = [...new Set(futures)]
  const limitMs = checkTimeout(timeoutMs)
  await new Promise<void>((resolve) => {
    const stopClock = currentRun().after(limitMs, finish)
    function finish() {
      stopClock()
      resolve()
    }
    let left = all.length
    if (left === 0) finish()
    for (const future of all) {
      void future.settled.then((outcome) => {
        left--
        const enough = until === 'first-done' || (until === 'first-failed' && !outcome.ok)
        if (left === 0 || enough) finish()
      })
    }
  })
  const done = new Set(all.filter((future) => future.done()))
  return { done, notDone: new Set(all.filter((future) => !done.has(future))) }
}
