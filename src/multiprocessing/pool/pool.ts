/** A pool of worker processes: Python's `multiprocessing.Pool`. */
import { availableParallelism } from 'node:os'
import type { ErrorInfo } from '../../shared/telemetry.ts'
import { errorInfo, PoolBrokenError, RemoteError, StateError, WorkerDiedError } from '../errors.ts'
import type { ChildEnd } from '../process/child.ts'
import { describeEnd, describeError } from '../process/problems.ts'
import { currentRun, type Ending, type Run } from '../run/run.ts'
import { locateTarget, type Target } from '../targets.ts'
import { revive } from '../wire/revive.ts'
import { decodeValue, encodeValue } from '../wire/values.ts'
import { AsyncResult, type WaitForResult } from './async-result.ts'
import { describeCall, type Task } from './task.ts'
import { PoolWorker } from './worker.ts'

export interface PoolOptions {
  /** What it is called on screen; by default `pool`. */
  name?: string
}

export interface ApplyOptions<R> {
  /** Called with the result when it is there. */
  callback?: (value: R) => void
  /** Called with the error if the task fails; it then counts as observed. */
  errorCallback?: (error: Error) => void
}

type PoolState = 'open' | 'closed' | 'terminated' | 'broken' | 'ended'

/** After this many workers in a row that died before they could take a task, the pool gives up. */
const MAX_START_FAILURES = 3
/** Failed tasks that can be run again, the newest ones. */
const MAX_RETRIES_KEPT = 200

/**
 * At most `size` workers. A submitted task starts a worker while the pool is not full, else waits until one is free and is
 * run by it, in the order of submission. A task that fails is reported the moment it does, whether or not anybody awaits it.
 */
export class Pool implements Ending {
  readonly name: string
  readonly size: number
  readonly #run: Run
  readonly #id: string
  readonly #workers = new Set<PoolWorker>()
  readonly #waiting: Task[] = []
  readonly #idleListeners = new Set<() => void>()
  readonly #retriesKept: string[] = []
  #state: PoolState = 'open'
  #unfinished = 0
  #startFailures = 0

  /**
   * @param size at most this many workers; by default one for each core
   * @throws RangeError if size is not a whole number of at least 1
   */
  constructor(size: number = availableParallelism(), options: PoolOptions = {}) {
    if (!Number.isInteger(size) || size < 1) {
      throw new RangeError(`A pool's size must be a whole number of at least 1, but ${size} is not.`)
    }
    this.size = size
    this.#run = currentRun()
    this.#id = this.#run.id('pool')
    this.name = options.name ?? this.#run.uniqueName('pool')
    this.#run.pools.add(this)
    this.#run.emit({
      type: 'pool.created',
      atUs: this.#run.nowUs(),
      pool: this.#id,
      name: this.name,
      size,
      process: this.#run.path,
    })
  }

  /**
   * Calls `target(...args)` in a worker.
   * @throws at once: TargetError, UnsendableError, StateError (the pool is closed). Later, by `get`: what the task threw
   */
  // biome-ignore lint/suspicious/noExplicitAny: a target may take anything
  applyAsync<A extends any[], R>(
    target: Target<A, R>,
    args: A,
    options: ApplyOptions<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>> {
    this.#refuseUnlessOpen()
    const location = locateTarget(target)
    const payload = encodeValue(args, 'args')
    const name = describeCall(target.name || location.name, args)
    const { callback, errorCallback } = options
    return this.#submit({ name, target: location, payload, callback, errorCallback }).result as AsyncResult<Awaited<R>>
  }

  /** Calls `target(...args)` in a worker and waits for its result; throws what it threw. */
  // biome-ignore lint/suspicious/noExplicitAny: a target may take anything
  async apply<A extends any[], R>(target: Target<A, R>, args: A): Promise<Awaited<R>> {
    return await this.applyAsync(target, args).get()
  }

  /** Calls `target(item)` for every item and waits for all. Results are in the items' order; throws the first error. */
  async map<T, R>(target: Target<[T], R>, items: Iterable<T>): Promise<Awaited<R>[]> {
    const results = [...items].map((item) => this.applyAsync(target, [item]))
    return await Promise.all(results.map((result) => result.get()))
  }

  /** No more tasks. Workers end as soon as nothing is left for them. */
  close(): void {
    if (this.#state !== 'open') return
    this.#setState('closed')
    this.#assign()
  }

  /**
   * Waits until every task is done or failed and every worker has ended.
   * @throws StateError if neither `close` nor `terminate` was called, for then it would never end
   */
  async join(): Promise<void> {
    if (this.#state === 'open') throw new StateError('Close or terminate the pool before you join it.')
    await this.#run.wait<void>((resolve) => {
      const leave = this.#run.blocking?.enter('waiting', { what: 'join', id: this.#id, label: `join ${this.name}` })
      const check = () => {
        if (this.#unfinished > 0 || this.#workers.size > 0) return
        this.#idleListeners.delete(check)
        leave?.()
        if (this.#state === 'closed') this.#setState('ended')
        resolve()
      }
      this.#idleListeners.add(check)
      check()
      return () => this.#idleListeners.delete(check)
    })
  }

  /** Ends all workers at once. Tasks that are not done fail with StateError. */
  terminate(): void {
    this.end(new StateError('The pool was terminated before the task was done.'))
  }

  /** For the run: resolves once no task is left. */
  idle(): Promise<void> {
    if (this.#unfinished === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const check = () => {
        if (this.#unfinished > 0) return
        this.#idleListeners.delete(check)
        resolve()
      }
      this.#idleListeners.add(check)
    })
  }

  /** For the run: ends all workers; tasks that are not done fail with `reason`, which is no problem to be told. */
  end(reason: Error): void {
    if (this.#state === 'ended' || this.#state === 'terminated') return
    this.#setState('terminated')
    for (const worker of this.#workers) worker.terminate()
    const left = [...this.#waiting.splice(0), ...[...this.#workers].flatMap((worker) => worker.task ?? [])]
    for (const task of left) this.#fail(task, reason, errorInfo(reason))
    this.#tellIdle()
  }

  #submit(call: Omit<Task, 'id' | 'result' | 'error'>, retryOf?: string): Task {
    const id = this.#run.id('task')
    const result = new AsyncResult<unknown>(this.#waitFor(call.name, id), () => {
      if (task.error) this.#run.emit({ type: 'task.observed', atUs: this.#run.nowUs(), task: id })
    })
    const task: Task = { ...call, id, result, error: null }
    this.#unfinished++
    this.#waiting.push(task)
    if (this.#run.observed) {
      const atUs = this.#run.nowUs()
      const submitted = { type: 'task.submitted' as const, atUs, task: id, pool: this.#id, name: call.name }
      this.#run.emit(retryOf === undefined ? submitted : { ...submitted, retryOf })
    }
    this.#assign()
    return task
  }

  #waitFor(name: string, task: string): WaitForResult {
    return (promise, timeoutMs, late) =>
      this.#run.wait((resolve, reject) => {
        const leave = this.#run.blocking?.enter('waiting', { what: 'result', id: task, label: `result of ${name}` })
        let timer: NodeJS.Timeout | undefined
        promise.then((value) => {
          clearTimeout(timer)
          leave?.()
          resolve(value)
        })
        if (timeoutMs !== undefined) {
          timer = setTimeout(() => {
            leave?.()
            reject(late())
          }, this.#run.realMs(timeoutMs))
        }
        return () => clearTimeout(timer)
      })
  }

  #refuseUnlessOpen(): void {
    if (this.#run.stopped) throw this.#run.stopped
    if (this.#state === 'open') return
    const why = { closed: 'closed', terminated: 'terminated', broken: 'broken', ended: 'closed' }[this.#state]
    throw new StateError(`The pool is ${why} and takes no more tasks.`)
  }

  /** Gives waiting tasks to idle workers, and starts workers for what is left, up to the size. */
  #assign(): void {
    if (this.#state === 'terminated' || this.#state === 'broken') return
    let starting = 0
    for (const worker of this.#workers) {
      if (worker.state === 'starting') starting++
      if (worker.state !== 'idle') continue
      const task = this.#waiting.shift()
      if (task) {
        worker.give(task)
        this.#run.emit({ type: 'task.started', atUs: this.#run.nowUs(), task: task.id, process: worker.path })
      } else if (this.#state === 'closed' || this.#state === 'ended') worker.finish()
    }
    while (this.#waiting.length > starting && this.#workers.size < this.size) {
      if (!this.#startWorker()) break
      starting++
    }
  }

  /** @returns whether a worker is on its way */
  #startWorker(): boolean {
    try {
      const worker: PoolWorker = new PoolWorker(this.#run, this.#id, {
        ready: () => {
          this.#startFailures = 0
          this.#assign()
        },
        done: (task, payload) => this.#finish(task, payload),
        failed: (task, error) => {
          const origin = { process: worker.name, pid: worker.pid, task: task.name }
          this.#reportFailure(task, error, worker)
          this.#fail(task, new RemoteError(error, origin), error)
          this.#assign()
        },
        ended: (end) => this.#workerEnded(worker, end),
      })
      this.#workers.add(worker)
      return true
    } catch (error) {
      // The system cannot start processes. Workers that run may still do the tasks; without any, nobody will.
      if (this.#workers.size === 0) this.#break(errorInfo(error))
      return false
    }
  }

  #finish(task: Task, payload: Uint8Array): void {
    let value: unknown
    try {
      value = decodeValue(payload, (handle) => revive(handle, this.#run))
    } catch (error) {
      this.#reportFailure(task, errorInfo(error), null)
      this.#fail(task, error as Error, errorInfo(error))
      this.#assign()
      return
    }
    this.#unfinished--
    this.#run.emit({ type: 'task.finished', atUs: this.#run.nowUs(), task: task.id })
    task.result.settle({ ok: true, value })
    this.#call(() => task.callback?.(value as never))
    this.#assign()
    this.#tellIdle()
  }

  #fail(task: Task, error: Error, info: ErrorInfo): void {
    this.#unfinished--
    task.error = info
    this.#run.emit({ type: 'task.failed', atUs: this.#run.nowUs(), task: task.id, error: info })
    if (task.errorCallback || task.result.observed) {
      this.#run.emit({ type: 'task.observed', atUs: this.#run.nowUs(), task: task.id })
    }
    this.#keepForRetry(task)
    task.result.settle({ ok: false, error })
    this.#call(() => task.errorCallback?.(error))
    this.#tellIdle()
  }

  /** A callback that throws ends nothing here: it is thrown where every error of the program's own is. */
  #call(callback: () => void): void {
    try {
      callback()
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }

  #keepForRetry(task: Task): void {
    if (this.#state === 'terminated' || this.#state === 'broken') return
    this.#run.retries.set(task.id, () => {
      if (this.#state !== 'open' && this.#state !== 'closed') {
        throw new StateError('The pool has ended; start the program again to run its tasks again.')
      }
      this.#run.retries.delete(task.id)
      const { name, target, payload, callback, errorCallback } = task
      return this.#submit({ name, target, payload, callback, errorCallback }, task.id).id
    })
    this.#retriesKept.push(task.id)
    if (this.#retriesKept.length > MAX_RETRIES_KEPT) this.#run.retries.delete(this.#retriesKept.shift() as string)
  }

  #reportFailure(task: Task, error: ErrorInfo, worker: PoolWorker | null): void {
    const where = worker ? { process: worker.path, pid: worker.pid } : {}
    const left = this.#unfinished - 1
    this.#run.problem(task.errorCallback !== undefined || task.result.observed, {
      kind: 'task-failed',
      message: `${task.name} failed: ${describeError(error)}`,
      consequence: left > 0 ? `The other ${count(left, 'task')} ${left === 1 ? 'goes' : 'go'} on.` : 'No task is left.',
      task: task.id,
      pool: this.#id,
      error,
      ...where,
    })
  }

  #workerEnded(worker: PoolWorker, end: ChildEnd): void {
    this.#workers.delete(worker)
    const { task } = worker
    if (this.#state === 'terminated') {
      this.#tellIdle()
      return
    }
    if (!worker.wasReady) this.#startFailures++
    const broken = this.#startFailures >= MAX_START_FAILURES
    if (!broken) this.#assign()
    if (!worker.finishing || task) this.#reportDeath(worker, end, task, broken)
    if (task) {
      const reason = end.error ? ` after ${describeError(end.error)}` : ''
      const died = new WorkerDiedError(
        `${task.name} failed because ${worker.name} (pid ${worker.pid}) ${describeEnd(end)}${reason}.`,
        { pid: worker.pid, exitCode: end.exitCode, signal: end.signal },
      )
      if (end.error) died.cause = new RemoteError(end.error, { process: worker.name, pid: worker.pid, task: task.name })
      this.#fail(task, died, errorInfo(died))
    }
    if (broken) {
      this.#break(end.error ?? errorInfo(new Error(`the last worker ${describeEnd(end)} before it could take a task`)))
    }
    this.#tellIdle()
  }

  #reportDeath(worker: PoolWorker, end: ChildEnd, task: Task | null, broken: boolean): void {
    const successor = [...this.#workers].at(-1)
    const replaced = successor?.state === 'starting' ? `${successor.name} took its place; ` : ''
    const left = this.#unfinished - (task ? 1 : 0)
    const rest = left > 0 ? `the other ${count(left, 'task')} ${left === 1 ? 'goes' : 'go'} on.` : 'no task is left.'
    const lost = task ? `${task.name} failed with it. ` : 'It had no task. '
    const next = broken ? '' : capitalize(`${replaced}${rest}`)
    const how = end.signal ? `was killed (${end.signal})` : describeEnd(end)
    this.#run.problem(task ? task.errorCallback !== undefined || task.result.observed : false, {
      kind: 'worker-died',
      message: `${worker.name} ${how}${end.error ? `: ${describeError(end.error)}` : ''}`,
      consequence: `${lost}${next}`.trim(),
      process: worker.path,
      pid: worker.pid,
      pool: this.#id,
      ...(task ? { task: task.id } : {}),
      ...(end.error ? { error: end.error } : {}),
    })
  }

  /** Gives up: every task that is left fails with the reason. */
  #break(reason: ErrorInfo): void {
    this.#setState('broken')
    const text = `The pool ${this.name} gave up, because its workers cannot start: ${describeError(reason)}`
    this.#run.problem(false, { kind: 'pool-broken', message: text, pool: this.#id, error: reason })
    for (const worker of this.#workers) if (worker.state !== 'busy') worker.terminate()
    for (const task of this.#waiting.splice(0)) {
      const error = new PoolBrokenError(`${text}. ${task.name} was not run.`)
      this.#fail(task, error, errorInfo(error))
    }
  }

  #setState(state: PoolState): void {
    this.#state = state
    if (state !== 'closed') for (const id of this.#retriesKept.splice(0)) this.#run.retries.delete(id)
    if (state !== 'open' && state !== 'closed') this.#run.pools.delete(this)
    this.#run.emit({ type: 'pool.changed', atUs: this.#run.nowUs(), pool: this.#id, state })
  }

  #tellIdle(): void {
    for (const listener of [...this.#idleListeners]) listener()
  }
}

function count(number: number, what: string): string {
  return number === 1 ? what : `${number} ${what}s`
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
