/** A pool in the words of Python's `concurrent.futures`. */
import { CancelledError, TimeoutError } from '../errors.ts'
import { clockMs } from '../run/clock.ts'
import { currentRun } from '../run/run.ts'
import { checkTimeout, type WaitOptions } from '../run/wait-options.ts'
import type { Target } from '../targets.ts'
import { before, Future, type FutureHost } from './future.ts'
import type { PoolOptions } from './options.ts'
import { Pool } from './pool.ts'
import type { ResultIterator } from './result-iterator.ts'

export interface ShutdownOptions {
  /** Whether to wait until everything is done; true if left out. */
  wait?: boolean
  /** Whether what was not begun is cancelled; false if left out. */
  cancelFutures?: boolean
}

export interface ExecutorMapOptions extends WaitOptions {
  chunkSize?: number
}

export class ProcessPoolExecutor {
  readonly #pool: Pool
  readonly #host: FutureHost = {
    cancel: (result) => this.#pool.takeBack(result, this.#cancelled),
    isRunning: (result) => this.#pool.isRunning(result),
    waits: (timeoutMs) => this.#pool.waits(timeoutMs),
  }
  #reason: CancelledError | undefined

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
    return new Future(this.#pool.applyAsync(target, args), this.#host)
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
    const limitMs = checkTimeout(timeoutMs)
    const results = this.#pool.istarmap(target, rowsOf<T>(lists), { chunkSize })
    return inTime(results, limitMs === undefined ? undefined : clockMs() + currentRun().realMs(limitMs))
  }

  /** Takes no more calls. Resolves when all are done, unless it is told not to wait. */
  async shutdown({ wait = true, cancelFutures = false }: ShutdownOptions = {}): Promise<void> {
    this.#pool.close()
    if (cancelFutures) this.#pool.takeBackAll(this.#cancelled)
    if (wait) await this.#pool.join()
  }

  /** `await using executor = new ProcessPoolExecutor()`: at the end of the block all that was submitted is waited for. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown()
  }

  /** One for all calls, of which there may be many. */
  get #cancelled(): CancelledError {
    this.#reason ??= new CancelledError('The call was cancelled before it was begun.')
    return this.#reason
  }
}

/** @returns the first of each list, then the second, and so on until one list ends */
function rowsOf<T extends unknown[]>(lists: { [K in keyof T]: Iterable<T[K]> }): Iterable<T> {
  const iterators = lists.map((list): Iterator<unknown> => list[Symbol.iterator]())
  return rowsFrom(iterators) as Iterable<T>
}

function* rowsFrom(iterators: readonly Iterator<unknown>[]): Generator<unknown[]> {
  let shortest: Iterator<unknown> | undefined
  try {
    while (iterators.length > 0) {
      const row: unknown[] = []
      for (const iterator of iterators) {
        const next = iterator.next()
        if (next.done) {
          shortest = iterator
          return
        }
        row.push(next.value)
      }
      yield row
    }
  } finally {
    for (const iterator of iterators) if (iterator !== shortest) iterator.return?.()
  }
}

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
