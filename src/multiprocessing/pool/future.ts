/** Futures, and how they are waited for, in the words of Python's `concurrent.futures`. */
import { CancelledError, TimeoutError } from '../errors.ts'
import { clockMs } from '../run/clock.ts'
import { currentRun } from '../run/run.ts'
import { after } from '../run/timer.ts'
import { checkTimeout, type WaitOptions } from '../run/wait-options.ts'
import type { AsyncResult, Outcome, ResultOwner } from './async-result.ts'

/** What futures have of their executor. */
export interface FutureHost {
  /** Takes a call back, if it was not begun. */
  cancel(result: { owner: ResultOwner }): void
  isRunning(result: { owner: ResultOwner }): boolean
  /** Somebody waits for any of its calls, for so many real milliseconds at most. @returns what to call at the end of that */
  waits(timeoutMs: number | undefined): (() => void) | undefined
}

/** How those who wait for futures find out whose they are. */
const hostOf = Symbol('hostOf')

/** A result that will be there later. It is no promise, so that a future can itself be awaited for: await its `result()`. */
export class Future<R> {
  readonly #result: AsyncResult<R>
  readonly #host: FutureHost

  /** Not for users: {@link ProcessPoolExecutor.submit} makes them. */
  constructor(result: AsyncResult<R>, host: FutureHost) {
    this.#result = result
    this.#host = host
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
    // A call that was not begun is taken back at once; one that runs goes on.
    this.#host.cancel(this.#result)
    return this.cancelled()
  }

  cancelled(): boolean {
    return this.#result.failure instanceof CancelledError
  }

  /** Whether a worker is at it now. */
  running(): boolean {
    return this.#host.isRunning(this.#result)
  }

  /** Whether it ended, well or not, or was cancelled. */
  done(): boolean {
    return this.#result.ready()
  }

  /** Calls `fn` with this future once it is done; at once if it is. */
  addDoneCallback(fn: (future: this) => void): void {
    void this.#result.settled.then(() => fn(this))
  }

  get [hostOf](): FutureHost {
    return this.#host
  }

  /** Resolves once it is done, however; looks at nothing. */
  get settled(): Promise<Outcome<R>> {
    return this.#result.settled
  }
}

/** @throws TimeoutError if it is not there at `endMs` of `clockMs()` */
export async function before<T>(promise: Promise<T>, endMs: number | undefined): Promise<T> {
  if (endMs === undefined) return promise
  let stopClock: (() => void) | undefined
  const late = new Promise<never>((_, reject) => {
    const tell = () => reject(new TimeoutError('The next result was not there in time.'))
    stopClock = after(Math.max(0, endMs - clockMs()), tell)
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

/** Waits for any of the calls of these hosts, which is shown. */
async function waitedFor<T>(
  hosts: ReadonlySet<FutureHost>,
  timeoutMs: number | undefined,
  over: Promise<T>,
): Promise<T> {
  const leaves = [...hosts].map((host) => host.waits(timeoutMs))
  try {
    return await over
  } finally {
    for (const leave of leaves) leave?.()
  }
}

/** @returns the futures in the order in which they are done */
export async function* asCompleted<F extends AnyFuture>(
  futures: Iterable<F>,
  { timeoutMs }: WaitOptions = {},
): AsyncGenerator<F> {
  const limitMs = checkTimeout(timeoutMs)
  const endMs = limitMs === undefined ? undefined : clockMs() + currentRun().realMs(limitMs)
  const done: F[] = []
  let more = Promise.withResolvers<void>()
  const all = new Set(futures)
  const hosts = new Set([...all].map((future) => future[hostOf]))
  for (const future of all) {
    future.addDoneCallback(() => {
      done.push(future)
      more.resolve()
    })
  }
  for (let at = 0; at < all.size; at++) {
    if (at === done.length) {
      const leftMs = endMs === undefined ? undefined : Math.max(0, endMs - clockMs())
      await waitedFor(hosts, leftMs, before(more.promise, endMs))
    }
    if (at === done.length - 1) more = Promise.withResolvers()
    yield done[at] as F
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
  const run = currentRun()
  const hosts = new Set(all.map((future) => future[hostOf]))
  const enough = new Promise<void>((resolve) => {
    const stopClock = run.after(limitMs, finish)
    function finish() {
      stopClock()
      resolve()
    }
    let left = all.length
    if (left === 0) finish()
    for (const future of all) {
      void future.settled.then((outcome) => {
        left--
        const isEnough = until === 'first-done' || (until === 'first-failed' && !outcome.ok)
        if (left === 0 || isEnough) finish()
      })
    }
  })
  await waitedFor(hosts, run.realMs(limitMs), enough)
  const done = new Set(all.filter((future) => future.done()))
  return { done, notDone: new Set(all.filter((future) => !done.has(future))) }
}
