/** A pool of worker processes: Python's `multiprocessing.Pool`. */
import { availableParallelism } from 'node:os'
import type { ErrorInfo } from '../../shared/telemetry.ts'
import {
  errorInfo,
  isError,
  PoolBrokenError,
  RemoteError,
  StateError,
  TimeoutError,
  textOf,
  WorkerDiedError,
} from '../errors.ts'
import type { ChildEnd } from '../process/child.ts'
import { describeEnd, describeError } from '../process/problems.ts'
import { type Batch, listOf, listPart, type Part } from '../queue/batch.ts'
import { currentRun, type Ending, type Run } from '../run/run.ts'
import { checkArgs, locateTarget, type Target, type TargetLocation } from '../targets.ts'
import { revive } from '../wire/revive.ts'
import { encodeValue, type Revive } from '../wire/values.ts'
import { TaskLength } from './ahead.ts'
import { AsyncResult, type Outcome } from './async-result.ts'
import {
  type ApplyOptions,
  type Callbacks,
  checkApplyOptions,
  checkCallbacks,
  checkPoolSize,
  chunksOf,
  type MapAsyncOptions,
  type MapOptions,
  type PoolOptions,
} from './options.ts'
import { asTheyCome, inOrder, ResultIterator } from './ordered-results.ts'
import { Reader } from './reader.ts'
import { type Call, type Calls, describeCall, describeChunk, Task, type TaskHost } from './task.ts'
import { TaskList } from './task-list.ts'
import { type Initializer, PoolWorker } from './worker.ts'

type PoolState = 'open' | 'closed' | 'terminated' | 'broken' | 'ended'

/** After this many workers in a row that died before they could take a task, the pool gives up. */
const MAX_START_FAILURES = 3
/** Before the next worker after one that died before its first task; it doubles each time. */
const START_AGAIN_MS = 100
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
  readonly #waiting = new TaskList()
  readonly #idleListeners = new Set<() => void>()
  readonly #retriesKept: string[] = []
  readonly #initializer: Initializer | null
  readonly #maxTasksPerChild: number
  readonly #taskLength = new TaskLength()
  readonly #taskHost: TaskHost
  readonly #plainCalls = new WeakMap<Target, Call>()
  #state: PoolState = 'open'
  #startAgain: NodeJS.Timeout | undefined
  #unfinished = 0
  #startFailures = 0
  /** Why it gave up, as a sentence. */
  #brokenBy = ''

  /**
   * @param size at most this many workers; by default one for each core
   * @throws RangeError for a size or options that no pool can have; TargetError for an initializer that no worker could find
   */
  constructor(size: number = availableParallelism(), options: PoolOptions = {}) {
    checkPoolSize(size, options)
    const { initializer, initArgs = [] } = options
    checkArgs(initArgs, 'initArgs')
    this.size = size
    this.#run = currentRun()
    this.#taskHost = this.#hostOfTasks()
    this.#initializer = initializer
      ? { target: locateTarget(initializer), payload: encodeValue(initArgs, 'initArgs') }
      : null
    this.#maxTasksPerChild = options.maxTasksPerChild ?? Number.POSITIVE_INFINITY
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
    options?: ApplyOptions<Awaited<R>>,
  ): AsyncResult<Awaited<R>> {
    this.#refuseUnlessOpen()
    if (options) checkApplyOptions(options as ApplyOptions<never>)
    const call = options ? callOf(locateTarget(target), options) : this.#plainCall(target)
    checkArgs(args)
    const payload = listPart(args, 'args')
    const name = this.#run.observed ? describeCall(call.target.name, args) : undefined
    return this.#submit(call, payload, name).result as AsyncResult<Awaited<R>>
  }

  /** Calls `target(...args)` in a worker and waits for its result; throws what it threw. */
  // biome-ignore lint/suspicious/noExplicitAny: a target may take anything
  async apply<A extends any[], R>(target: Target<A, R>, args: A): Promise<Awaited<R>> {
    return await this.applyAsync(target, args).get()
  }

  /** Calls `target(item)` for every item and waits for all. Results are in the items' order; throws the first error. */
  async map<T, R>(target: Target<[T], R>, items: Iterable<T>, options: MapOptions = {}): Promise<Awaited<R>[]> {
    return await this.mapAsync(target, items, options).get()
  }

  /** The same without waiting. */
  mapAsync<T, R>(
    target: Target<[T], R>,
    items: Iterable<T>,
    options: MapAsyncOptions<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#mapChunks<R>(target, 'items', [...items], options)
  }

  /** Calls `target(...args)` for every list of arguments and waits for all, as `map` does. */
  // biome-ignore lint/suspicious/noExplicitAny: a target may take anything
  async starmap<A extends any[], R>(
    target: Target<A, R>,
    argsList: Iterable<A>,
    options: MapOptions = {},
  ): Promise<Awaited<R>[]> {
    return await this.starmapAsync(target, argsList, options).get()
  }

  /** The same without waiting. */
  // biome-ignore lint/suspicious/noExplicitAny: a target may take anything
  starmapAsync<A extends any[], R>(
    target: Target<A, R>,
    argsList: Iterable<A>,
    options: MapAsyncOptions<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#mapChunks<R>(target, 'lists', [...argsList], options)
  }

  /** Calls `target(item)` for every item; gives results in the items' order, each as soon as it is there. */
  imap<T, R>(target: Target<[T], R>, items: Iterable<T>, options: MapOptions = {}): ResultIterator<Awaited<R>> {
    return this.#iterate<R>(target, 'items', [...items], options, inOrder)
  }

  /** The same for lists of arguments. */
  // biome-ignore lint/suspicious/noExplicitAny: a target may take anything
  istarmap<A extends any[], R>(
    target: Target<A, R>,
    argsList: Iterable<A>,
    options: MapOptions = {},
  ): ResultIterator<Awaited<R>> {
    return this.#iterate<R>(target, 'lists', [...argsList], options, inOrder)
  }

  /** Calls `target(item)` for every item; gives results in whatever order they come. */
  imapUnordered<T, R>(
    target: Target<[T], R>,
    items: Iterable<T>,
    options: MapOptions = {},
  ): ResultIterator<Awaited<R>> {
    return this.#iterate<R>(target, 'items', [...items], options, asTheyCome)
  }

  /** Most tasks are calls of the same few functions without options: how they are to be done is said once. */
  #plainCall(target: Target): Call {
    let call = this.#plainCalls.get(target)
    if (!call) {
      call = callOf(locateTarget(target), {})
      this.#plainCalls.set(target, call)
    }
    return call
  }

  #mapChunks<R>(
    target: Target,
    calls: 'items' | 'lists',
    all: readonly unknown[],
    { chunkSize, ...callbacks }: MapAsyncOptions<Awaited<R>>,
  ): AsyncResult<Awaited<R>[]> {
    checkCallbacks(callbacks)
    return this.#gather(target.name, this.#submitChunks<R>(target, calls, all, chunkSize), callbacks)
  }

  /** @param order in which the chunks' outcomes are read */
  #iterate<R>(
    target: Target,
    calls: 'items' | 'lists',
    all: readonly unknown[],
    { chunkSize = 1 }: MapOptions,
    order: typeof inOrder | typeof asTheyCome,
  ): ResultIterator<Awaited<R>> {
    const reader = new Reader(this.#run)
    return new ResultIterator(reader, order(reader, this.#submitChunks<R>(target, calls, all, chunkSize, reader)))
  }

  #submitChunks<R>(
    target: Target,
    calls: 'items' | 'lists',
    all: readonly unknown[],
    chunkSize: number | undefined,
    reader?: Reader,
  ): AsyncResult<Awaited<R>[]>[] {
    this.#refuseUnlessOpen()
    const location = locateTarget(target)
    if (calls === 'lists') for (const [index, args] of all.entries()) checkArgs(args, `argsList[${index}]`)
    // All are encoded before the first is submitted: one that cannot travel is refused before anything has happened.
    const chunks = chunksOf(all, chunkSize, this.size)
    const payloads = chunks.map((chunk) => listPart(chunk, 'args'))
    const call = callOf(location, {}, calls, reader)
    return payloads.map((payload, index) => {
      const name = this.#run.observed ? describeChunk(location.name, calls, chunks[index] as unknown[]) : undefined
      return this.#submit(call, payload, name).result as AsyncResult<Awaited<R>[]>
    })
  }

  /** One result for all parts: theirs in one list, or the first error that comes. */
  #gather<R>(
    name: string,
    parts: readonly AsyncResult<R[]>[],
    { callback, errorCallback }: Callbacks<R[]>,
  ): AsyncResult<R[]> {
    const observe = () => {
      for (const part of parts) part.observe()
    }
    const whole = new AsyncResult<R[]>({
      observed: observe,
      watched: this.#run.blocking !== null,
      waits: () => this.#waitingFor(name, this.#id),
      realMs: (programMs) => this.#run.realMs(programMs),
    })
    if (errorCallback) observe()
    let left = parts.length
    const results = new Array<R[]>(parts.length)
    const settle = (outcome: Outcome<R[]>) => {
      if (whole.ready()) return
      whole.settle(outcome)
      this.#call(() => (outcome.ok ? callback?.(outcome.value) : errorCallback?.(outcome.error)))
    }
    const onPart = (outcome: Outcome<R[]>, index: number) => {
      if (!outcome.ok) {
        settle(outcome)
        return
      }
      results[index] = outcome.value
      if (--left === 0) settle({ ok: true, value: joined(results) })
    }
    parts.forEach((part, index) => {
      part.onSettled(onPart, index)
    })
    if (left === 0) settle({ ok: true, value: [] })
    return whole
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

  /** `await using pool = new Pool()`: at the end of the block it is terminated, as in Python, and joined. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'open' || this.#state === 'closed') this.terminate()
    await this.join()
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
    clearTimeout(this.#startAgain)
    for (const worker of this.#workers) worker.terminate()
    const left = [...this.#waiting.clear(), ...[...this.#workers].flatMap((worker) => worker.tasks.splice(0))]
    for (const task of left) this.#fail(task, reason, errorInfo(reason))
    this.#tellIdle()
  }

  /** @param result whose it is, if the task is run again after a failure; else it gets one of its own */
  #submit(
    call: Call,
    payload: Part | number,
    name: string | undefined,
    retryOf?: string,
    result?: AsyncResult<unknown>,
  ): Task {
    const task = new Task(this.#taskHost, this.#run.count('task'), call, payload, name, result)
    this.#unfinished++
    this.#waiting.add(task)
    this.#listenToSignal(task)
    if (this.#run.observed) {
      const atUs = this.#run.nowUs()
      const submitted = { type: 'task.submitted' as const, atUs, task: task.id, pool: this.#id, name: task.name }
      this.#run.emit(retryOf === undefined ? submitted : { ...submitted, retryOf })
    }
    this.#assign()
    // More urgent than what workers were given ahead: that comes back, and then this comes first.
    if (call.priority < 0 && this.#waiting.length > 0) for (const worker of this.#workers) worker.askBack()
    return task
  }

  /** For the executor: whether the task of a result has begun and not ended. */
  isRunning(result: AsyncResult<unknown>): boolean {
    for (const { task } of this.#workers) if (task?.result === result) return true
    return false
  }

  /** For the executor: takes back the task of a result, if it was not begun; else does nothing. */
  takeBack(result: AsyncResult<unknown>, reason: Error): void {
    const task = this.#waiting.find((waiting) => waiting.result === result)
    if (task) this.#stopTask(task, reason)
  }

  /** For the executor: takes back every task that was not begun. */
  takeBackAll(reason: Error): void {
    for (const task of this.#waiting.clear()) this.#fail(task, reason, errorInfo(reason))
  }

  #listenToSignal(task: Task): void {
    const { signal } = task.call
    if (!signal) return
    const abort = () => this.#stopTask(task, asError(signal.reason))
    if (signal.aborted) {
      // Not now: who submits it does not yet have its result.
      queueMicrotask(abort)
      return
    }
    signal.addEventListener('abort', abort, { once: true })
    task.stopWaiting = () => signal.removeEventListener('abort', abort)
  }

  /** Takes a waiting task back, or ends the worker that runs it. */
  #stopTask(task: Task, reason: Error): void {
    if (this.#waiting.remove(task)) {
      this.#fail(task, reason, errorInfo(reason))
      return
    }
    for (const worker of this.#workers) if (worker.task === task) worker.stopTask(reason)
  }

  /** The task runs from now on, and no longer than it may. */
  #startClock(task: Task): void {
    const { timeoutMs } = task.call
    if (timeoutMs === undefined) return
    const late = () => {
      this.#stopTask(task, new TimeoutError(`${task.name} was stopped, because it ran for more than ${timeoutMs} ms.`))
    }
    const stopClock = this.#run.after(timeoutMs, late)
    const before = task.stopWaiting
    task.stopWaiting = () => {
      stopClock()
      before?.()
    }
  }

  readonly #revive: Revive = (handle) => revive(handle, this.#run)

  #hostOfTasks(): TaskHost {
    return {
      idPrefix: `${this.#run.path}/task`,
      watched: this.#run.blocking !== null,
      observed: (task) => {
        if (task.error) this.#run.emit({ type: 'task.observed', atUs: this.#run.nowUs(), task: task.id })
      },
      waits: (task) => (this.#run.blocking ? this.#waitingFor(task.name, task.id) : undefined),
      realMs: (programMs) => this.#run.realMs(programMs),
      revive: this.#revive,
    }
  }

  #waitingFor(name: string, id: string): (() => void) | undefined {
    return this.#run.blocking?.enter('waiting', { what: 'result', id, label: `result of ${name}` })
  }

  #refuseUnlessOpen(): void {
    if (this.#run.stopped) throw this.#run.stopped
    if (this.#state === 'open') return
    const why = { closed: 'closed', terminated: 'terminated', broken: 'broken', ended: 'closed' }[this.#state]
    throw new StateError(`The pool is ${why} and takes no more tasks.`)
  }

  /** Gives waiting tasks to idle workers, and starts workers for what is left, up to the size. */
  #assign(): void {
    if (this.#state === 'broken') {
      this.#failWaiting()
      // Workers that were busy when the pool gave up are let go once they have nothing left, or `join` would wait for them.
      for (const worker of this.#workers) if (worker.state === 'idle') worker.finish()
    }
    if (this.#state === 'terminated' || this.#state === 'broken') return
    let starting = 0
    for (const worker of this.#workers) {
      if (worker.state === 'starting') starting++
      if (!worker.free) continue
      if (worker.tasksTaken >= this.#maxTasksPerChild) {
        worker.finish()
        continue
      }
      const task = this.#waiting.shift()
      if (task) {
        worker.give([task])
        this.#began(task, worker)
        this.#startClock(task)
      } else if (this.#state === 'closed' || this.#state === 'ended') worker.finish()
    }
    while (this.#waiting.length > starting && this.#workers.size < this.size && this.#startAgain === undefined) {
      if (!this.#startWorker()) break
      starting++
    }
    // A worker that is on its way is to find something to do.
    if (starting > 0) return
    if (this.#waiting.length > 0) this.#giveAhead()
    else this.#spread()
  }

  /** Short tasks are given to workers that still have one, so that none of them waits for the next to travel. */
  #giveAhead(): void {
    const { depth } = this.#taskLength
    if (depth === 1) return
    // No more than its share, or the last ones would wait for one worker while others have nothing to do.
    let held = this.#waiting.length
    for (const worker of this.#workers) held += worker.tasks.length
    const share = Math.min(depth, Math.ceil(held / this.#workers.size))
    for (const worker of this.#workers) {
      // Refilled by half, so that many travel in one write.
      if (worker.state !== 'busy' || worker.finishing || worker.tasks.length > share / 2 || !isPlain(worker.task))
        continue
      const ahead: Task[] = []
      // What may be stopped in the middle, or overtaken, is given only when it can be begun.
      while (
        worker.tasks.length + ahead.length < share &&
        worker.tasksTaken + ahead.length < this.#maxTasksPerChild &&
        isPlain(this.#waiting.first)
      ) {
        ahead.push(this.#waiting.shift() as Task)
      }
      worker.give(ahead)
    }
  }

  /** A worker has nothing to do: others give back what they have not begun. */
  #spread(): void {
    if (![...this.#workers].some(({ state }) => state === 'idle')) return
    for (const worker of this.#workers) worker.askBack()
  }

  #began(task: Task, worker: PoolWorker): void {
    if (!this.#run.observed) return
    this.#run.emit({ type: 'task.started', atUs: this.#run.nowUs(), task: task.id, process: worker.path })
  }

  /** Tasks that were given ahead and not begun come first again, in their order. */
  #takeBack(tasks: readonly Task[]): void {
    this.#waiting.addFirst(tasks)
    this.#assign()
  }

  /** @returns whether a worker is on its way */
  #startWorker(): boolean {
    try {
      const worker: PoolWorker = new PoolWorker(this.#run, this.#id, this.#initializer, {
        ready: () => {
          this.#startFailures = 0
          this.#assign()
        },
        began: (task) => this.#began(task, worker),
        givenBack: (tasks) => this.#takeBack(tasks),
        done: (task, results, index) => this.#finish(task, results, index),
        failed: (task, error) => {
          const origin = { process: worker.name, pid: worker.pid, task: task.name }
          if (!this.#tryAgain(task, error)) {
            this.#reportFailure(task, error, worker)
            this.#fail(task, new RemoteError(error, origin), error)
          }
        },
        progressed: (meanMs) => {
          this.#taskLength.note(meanMs)
          this.#assign()
          this.#tellIdle()
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

  #finish(task: Task, results: Batch, index: number): void {
    let value: unknown
    try {
      value = results.valueAt(index, this.#revive)
      if (task.call.calls !== 'one') value = listOf(value)
    } catch (error) {
      this.#reportFailure(task, errorInfo(error), null)
      this.#fail(task, error as Error, errorInfo(error))
      return
    }
    this.#unfinished--
    task.stopWaiting?.()
    if (this.#run.observed) this.#run.emit({ type: 'task.finished', atUs: this.#run.nowUs(), task: task.id })
    task.result.settle({ ok: true, value })
    const { callback } = task.call
    if (callback) this.#call(() => callback(value as never))
  }

  /** @returns whether a failed task has tries left, and so was submitted once more, for the same result */
  #tryAgain(task: Task, info: ErrorInfo): boolean {
    if (task.call.retries === 0 || (this.#state !== 'open' && this.#state !== 'closed')) return false
    this.#unfinished--
    task.stopWaiting?.()
    task.error = info
    const atUs = this.#run.nowUs()
    this.#run.emit({ type: 'task.failed', atUs, task: task.id, error: info })
    this.#run.emit({ type: 'task.observed', atUs, task: task.id })
    const again = { ...task.call, retries: task.call.retries - 1 }
    this.#submit(again, task.payload, task.name, task.id, task.result)
    return true
  }

  #fail(task: Task, error: Error, info: ErrorInfo): void {
    this.#unfinished--
    task.stopWaiting?.()
    task.error = info
    this.#run.emit({ type: 'task.failed', atUs: this.#run.nowUs(), task: task.id, error: info })
    if (task.call.errorCallback || task.result.observed) {
      this.#run.emit({ type: 'task.observed', atUs: this.#run.nowUs(), task: task.id })
    }
    this.#keepForRetry(task)
    task.result.settle({ ok: false, error })
    this.#call(() => task.call.errorCallback?.(error))
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
      // The user asks, not the program: it is not run again by itself, and no signal of the program's takes it back.
      const again = { ...task.call, signal: undefined, retries: 0, reader: undefined }
      return this.#submit(again, task.payload, task.name, task.id).id
    })
    this.#retriesKept.push(task.id)
    if (this.#retriesKept.length > MAX_RETRIES_KEPT) this.#run.retries.delete(this.#retriesKept.shift() as string)
  }

  #reportFailure(task: Task, error: ErrorInfo, worker: PoolWorker | null): void {
    const where = worker ? { process: worker.path, pid: worker.pid } : {}
    const left = this.#unfinished - 1
    this.#tellOf(task, {
      kind: 'task-failed',
      message: `${task.name} failed: ${describeError(error)}`,
      consequence: left > 0 ? `The other ${count(left, 'task')} ${left === 1 ? 'goes' : 'go'} on.` : 'No task is left.',
      task: task.id,
      pool: this.#id,
      error,
      ...where,
    })
  }

  /** Tells what became of a task, or of none. */
  #tellOf(task: Task | null, problem: Parameters<Run['problem']>[1]): void {
    const reader = task?.call.reader
    const observed = task !== null && (task.call.errorCallback !== undefined || task.result.observed)
    if (!task || observed || !reader?.reads) this.#run.problem(observed, problem)
    // Where somebody watches, everything is shown when it happens.
    else if (this.#run.observed) this.#run.problem(true, problem)
    else reader.hold(task.result, () => this.#run.problem(false, problem))
  }

  #workerEnded(worker: PoolWorker, end: ChildEnd): void {
    this.#workers.delete(worker)
    const [task = null, ...ahead] = worker.tasks
    if (this.#state === 'terminated') {
      this.#tellIdle()
      return
    }
    // It had not begun these: nothing has happened to them.
    this.#waiting.addFirst(ahead)
    // Once is enough: a pool that gave up has itself ended those that were still starting.
    const open = this.#state !== 'broken'
    if (open && !worker.wasReady && !worker.finishing) this.#startFailures++
    const breaks = open && this.#startFailures >= MAX_START_FAILURES
    if (open && this.#startFailures > 0 && !breaks) this.#waitToStartAgain()
    if (!breaks) this.#assign()
    if (task && worker.stopReason) {
      this.#taskStopped(task, worker, worker.stopReason)
      this.#tellIdle()
      return
    }
    if (!worker.finishing || task) this.#reportDeath(worker, end, task, breaks)
    if (task && !this.#tryAgain(task, end.error ?? errorInfo(new Error(describeEnd(end))))) {
      const reason = end.error ? ` after ${describeError(end.error)}` : ''
      const died = new WorkerDiedError(
        `${task.name} failed because ${worker.name} (pid ${worker.pid}) ${describeEnd(end)}${reason}.`,
        { pid: worker.pid, exitCode: end.exitCode, signal: end.signal },
      )
      if (end.error) died.cause = new RemoteError(end.error, { process: worker.name, pid: worker.pid, task: task.name })
      this.#fail(task, died, errorInfo(died))
    }
    if (breaks) {
      this.#break(end.error ?? errorInfo(new Error(`the last worker ${describeEnd(end)} before it could take a task`)))
    }
    this.#tellIdle()
  }

  /** A pool whose workers die at once must not keep the machine busy with starting them. */
  #waitToStartAgain(): void {
    this.#startAgain ??= setTimeout(
      () => {
        this.#startAgain = undefined
        this.#assign()
      },
      START_AGAIN_MS * 2 ** (this.#startFailures - 1),
    )
  }

  #taskStopped(task: Task, worker: PoolWorker, reason: Error): void {
    const info = errorInfo(reason)
    if (reason instanceof TimeoutError) {
      if (this.#tryAgain(task, info)) return
      this.#reportFailure(task, info, worker)
    }
    this.#fail(task, reason, info)
  }

  #reportDeath(worker: PoolWorker, end: ChildEnd, task: Task | null, breaks: boolean): void {
    const successor = [...this.#workers].at(-1)
    const replaced = successor?.state === 'starting' ? `${successor.name} took its place; ` : ''
    const left = this.#unfinished - (task ? 1 : 0)
    const rest = left > 0 ? `the other ${count(left, 'task')} ${left === 1 ? 'goes' : 'go'} on.` : 'no task is left.'
    const lost = task ? `${task.name} failed with it. ` : 'It had no task. '
    const next = breaks ? '' : capitalize(`${replaced}${rest}`)
    const how = end.signal ? `was killed (${end.signal})` : describeEnd(end)
    this.#tellOf(task, {
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
    clearTimeout(this.#startAgain)
    const text = `The pool ${this.name} gave up, because its workers cannot start: ${describeError(reason)}`
    this.#brokenBy = text
    this.#run.problem(false, { kind: 'pool-broken', message: text, pool: this.#id, error: reason })
    for (const worker of this.#workers) if (worker.state !== 'busy') worker.terminate()
    this.#failWaiting()
  }

  /** Of a pool that gave up: nobody will run these. */
  #failWaiting(): void {
    for (const task of this.#waiting.clear()) {
      const error = new PoolBrokenError(`${this.#brokenBy}. ${task.name} was not run.`)
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

/** All lists in one: five times as fast as `flat`. */
function joined<R>(lists: readonly R[][]): R[] {
  let length = 0
  for (const list of lists) length += list.length
  const all = new Array<R>(length)
  let at = 0
  for (const list of lists) for (let i = 0; i < list.length; i++) all[at++] = list[i] as R
  return all
}

function callOf<R>(target: TargetLocation, options: ApplyOptions<R>, calls: Calls = 'one', reader?: Reader): Call {
  const { callback, errorCallback, timeoutMs, signal, retries = 0, priority = 0 } = options
  return {
    target,
    calls,
    callback: callback as Call['callback'],
    errorCallback,
    timeoutMs,
    signal,
    retries,
    priority,
    reader,
  }
}

/** Whether nothing can stop or overtake a task, so that it may be given to a worker ahead of its time. */
function isPlain(task: Task | null): boolean {
  return (
    task !== null && task.call.timeoutMs === undefined && task.call.signal === undefined && task.call.priority === 0
  )
}

function asError(reason: unknown): Error {
  return isError(reason) ? reason : new Error(`The task was aborted: ${textOf(reason)}.`)
}

function count(number: number, what: string): string {
  return number === 1 ? what : `${number} ${what}s`
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
