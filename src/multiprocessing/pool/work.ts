/** All that a pool has to do: its tasks, from their submission to their end, and in which state that leaves it. */
import type { ErrorInfo } from '../../shared/telemetry.ts'
import { errorInfo, PoolBrokenError, StateError, UnsendableError } from '../errors.ts'
import { describeError } from '../process/problems.ts'
import type { Ending, Run } from '../run/run.ts'
import type { Waiting } from '../run/waiting.ts'
import type { Batch } from '../wire/batch/batch.ts'
import { listOf, type Part } from '../wire/batch/part.ts'
import { revive } from '../wire/revive.ts'
import type { Revive } from '../wire/values.ts'
import type { AsyncResult, ResultOwner } from './async-result.ts'
import { callSafely } from './call-safely.ts'
import { Failures } from './failures.ts'
import type { Readable } from './reader.ts'
import { Scheduler, type SchedulerOptions } from './scheduler.ts'
import { Stopping } from './stopping.ts'
import { type Call, Task, type TaskHost } from './task.ts'
import { describeTask } from './task-name.ts'
import type { Initializer, PoolWorker } from './worker.ts'

type PoolState = 'open' | 'closed' | 'terminated' | 'broken' | 'ended'

export interface WorkOptions {
  id: string
  name: string
  size: number
  initializer: Initializer | null
  /** A worker ends after so many tasks. */
  maxTasksPerChild: number
}

/** An iterator that tasks come from, as long as it is not ended. */
interface Incoming {
  readonly ended: boolean
  /** Called once, when nothing more comes. */
  onEnd: (() => void) | null
  /** Somebody waits for the end of all, read or not. */
  drain(): void
  stop(reason: Error): void
}

export class Work {
  readonly id: string
  readonly #name: string
  readonly #run: Run
  /** The pool, as the run knows it. */
  readonly #ending: Ending
  readonly #scheduler: Scheduler
  readonly #failures: Failures
  readonly #stopping: Stopping
  readonly #taskHost: TaskHost
  /** Iterators that more tasks come from. */
  readonly #feeds = new Set<Incoming>()
  readonly #listeners = new Set<() => void>()
  #state: PoolState = 'open'
  #unfinished = 0
  /** Why it gave up, as a sentence. */
  #brokenBy = ''

  constructor(run: Run, { id, name, size, initializer, maxTasksPerChild }: WorkOptions, ending: Ending) {
    this.id = id
    this.#name = name
    this.#run = run
    this.#ending = ending
    this.#taskHost = this.#hostOfTasks()
    this.#failures = this.#failuresOf()
    this.#stopping = new Stopping(run, (tasks, reason) => this.#stop(tasks, reason))
    this.#scheduler = this.#schedulerOf({ size, pool: id, initializer, maxTasksPerChild })
    run.pools.add(ending)
    run.emit({ type: 'pool.created', atUs: run.nowUs(), pool: id, name, size, process: run.path })
  }

  get state(): PoolState {
    return this.#state
  }

  /** @throws StateError for a pool that takes no more tasks; what stopped the run, if it was stopped */
  refuseUnlessOpen(): void {
    if (this.#run.stopped) throw this.#run.stopped
    if (this.#state === 'open') return
    const why = { closed: 'closed', terminated: 'terminated', broken: 'broken', ended: 'closed' }[this.#state]
    throw new StateError(`The pool is ${why} and takes no more tasks.`)
  }

  /** @param list the program's arguments or items, for the name: they may change later */
  submit(call: Call, payload: Part | number, list: readonly unknown[]): AsyncResult<unknown> {
    const name = describeTask(call.target.name, call.calls, list)
    return this.#submit(new Task(this.#taskHost, this.#run.count('task'), call, payload, name)).result
  }

  /** Whose a result of several tasks is. */
  ownerOf(name: string): Omit<ResultOwner, 'observed'> {
    const { watched, realMs } = this.#taskHost
    return { watched, realMs, waits: (timeoutMs) => this.#enter(name, { kind: 'pool', id: this.id }, timeoutMs) }
  }

  /** How many tasks a worker is given, as long as they are. */
  depth(): number {
    return this.#scheduler.depth
  }

  /** More tasks will come from there, even once no others are taken. */
  addFeed(feed: Incoming): void {
    if (feed.ended) return
    this.#feeds.add(feed)
    feed.onEnd = () => {
      this.#feeds.delete(feed)
      this.#letWorkersGo()
      this.#tell()
    }
  }

  /** Of what a feed gives there is an error, and no task. */
  refused(call: Call, result: Readable, error: Error): void {
    this.#failures.refused(call, result, error)
  }

  /** Takes no more tasks. */
  close(): void {
    if (this.#state !== 'open') return
    this.#setState('closed')
    this.#letWorkersGo()
  }

  /** Ends all workers; tasks that are not done fail with `reason`, which is no problem to be told. */
  end(reason: Error): void {
    if (this.#state === 'ended' || this.#state === 'terminated') return
    this.#setState('terminated')
    this.#stopFeeds(reason)
    this.#failAll(this.#scheduler.terminate(), reason)
    this.#tell()
  }

  /** Calls back once no task is left. */
  whenIdle(then: () => void): void {
    this.#when(() => this.#unfinished === 0, then)
  }

  /** Calls back once no task and no worker is left. @returns what to call to be called back no more */
  whenEnded(then: () => void): () => void {
    for (const feed of this.#feeds) feed.drain()
    return this.#when(
      () => this.#unfinished === 0 && this.#feeds.size === 0 && !this.#scheduler.hasWorkers,
      () => {
        if (this.#state === 'closed') this.#setState('ended')
        then()
      },
    )
  }

  /** Whether the task of a result has begun and not ended. */
  isRunning({ owner }: { owner: ResultOwner }): boolean {
    return owner instanceof Task && this.#scheduler.isRunning(owner)
  }

  /** Takes back the task of a result, if it was not begun; else does nothing. */
  takeBack({ owner }: { owner: ResultOwner }, reason: Error): void {
    if (owner instanceof Task && this.#scheduler.remove(owner)) this.#failAll([owner], reason)
  }

  /** Takes back every task that was not begun. */
  takeBackAll(reason: Error): void {
    this.#stopFeeds(reason)
    this.#failAll(this.#scheduler.removeAll(), reason)
  }

  #stopFeeds(reason: Error): void {
    for (const feed of [...this.#feeds]) feed.stop(reason)
  }

  /** Once nothing more can come. */
  #letWorkersGo(): void {
    if (this.#state === 'closed' && this.#feeds.size === 0) this.#scheduler.close()
  }

  #when(isSo: () => boolean, then: () => void): () => void {
    const check = () => {
      if (!isSo()) return
      this.#listeners.delete(check)
      then()
    }
    this.#listeners.add(check)
    check()
    return () => this.#listeners.delete(check)
  }

  #submit(task: Task, retryOf?: string): Task {
    this.#unfinished++
    this.#stopping.listen(task)
    if (this.#run.observed) {
      const atUs = this.#run.nowUs()
      const submitted = { type: 'task.submitted' as const, atUs, task: task.id, pool: this.id, name: task.name }
      this.#run.emit(retryOf === undefined ? submitted : { ...submitted, retryOf })
    }
    this.#scheduler.add(task)
    return task
  }

  /** Takes waiting tasks back, and ends the workers of those that run. */
  #stop(tasks: readonly Task[], reason: Error): void {
    const taken = tasks.filter((task) => this.#scheduler.remove(task))
    this.#failAll(taken, reason)
    for (const task of tasks) if (!task.result.ready()) this.#scheduler.stop(task, reason)
  }

  #failAll(tasks: readonly Task[], reason: Error): void {
    const info = this.#run.observed ? errorInfo(reason) : undefined
    const stopped = !(reason instanceof PoolBrokenError)
    for (const task of tasks) this.#failures.fail(task, reason, info, stopped)
  }

  readonly #revive: Revive = (handle) => revive(handle, this.#run)

  #hostOfTasks(): TaskHost {
    return {
      idPrefix: `${this.#run.path}/task`,
      watched: this.#run.blocking !== null,
      observed: (task) => {
        if (task.hasFailed) this.#run.emit({ type: 'task.observed', atUs: this.#run.nowUs(), task: task.id })
      },
      waits: (task, timeoutMs) =>
        this.#run.blocking ? this.#enter(task.name, { kind: 'task', id: task.id }, timeoutMs) : undefined,
      realMs: (programMs) => this.#run.realMs(programMs),
    }
  }

  #failuresOf(): Failures {
    const work = this
    return new Failures(this.#run, {
      id: this.id,
      get unfinished() {
        return work.#unfinished
      },
      get runs() {
        return work.#state === 'open' || work.#state === 'closed'
      },
      get successor() {
        return work.#scheduler.successor
      },
      submitAgain: (task, call, sameResult) => {
        if (sameResult) this.#unfinished--
        const result = sameResult ? task.result : undefined
        const again = new Task(this.#taskHost, this.#run.count('task'), call, task.payload, task.name, result)
        return this.#submit(again, task.id).id
      },
      settled: (task, error) => {
        this.#unfinished--
        task.result.settle({ ok: false, error })
        callSafely(() => task.call.errorCallback?.(error))
        this.#tell()
      },
    })
  }

  #schedulerOf(options: SchedulerOptions): Scheduler {
    return new Scheduler(this.#run, options, {
      began: (task, worker) => this.#began(task, worker),
      done: (task, results, index) => this.#done(task, results, index),
      failed: (task, error, worker) => this.#failures.threw(task, error, worker),
      stopped: (task, reason, worker) => this.#failures.stopped(task, reason, worker),
      workerDied: (worker, end, task, isLast) => this.#failures.workerDied(worker, end, task, isLast),
      gaveUp: (tasks, reason) => this.#gaveUp(tasks, reason),
      progressed: () => this.#tell(),
    })
  }

  #began(task: Task, worker: PoolWorker): void {
    if (task.call.timeoutMs !== undefined) this.#stopping.startClock(task, task.call.timeoutMs)
    if (!this.#run.observed) return
    const [atUs, process] = [this.#run.nowUs(), worker.path]
    this.#run.emit({ type: 'task.started', atUs, task: task.id, process, pool: this.id, name: task.name })
  }

  #done(task: Task, results: Batch, index: number): void {
    let value: unknown
    try {
      value = results.valueAt(index, this.#revive)
      if (task.call.calls !== 'one') value = listOf(value)
    } catch (error) {
      const reason = `The result of ${task.name} cannot be read: ${errorInfo(error).message}`
      this.#failures.cannotBeRead(task, new UnsendableError(reason, { cause: error }))
      return
    }
    this.#unfinished--
    task.stopWaiting?.()
    if (this.#run.observed)
      this.#run.emit({ type: 'task.finished', atUs: this.#run.nowUs(), task: task.id, pool: this.id })
    task.result.settle({ ok: true, value })
    const { callback } = task.call
    if (callback) callSafely(() => callback(value as never))
  }

  /** Nobody will do what is left, now or later: all of it fails. */
  #gaveUp(tasks: readonly Task[], reason: ErrorInfo | null): void {
    if (reason) {
      this.#setState('broken')
      this.#brokenBy = `The pool ${this.#name} gave up, because its workers cannot start: ${describeError(reason)}`
      this.#run.problem(false, { kind: 'pool-broken', message: this.#brokenBy, pool: this.id, error: reason })
    }
    this.#stopFeeds(new PoolBrokenError(`${this.#brokenBy}.`))
    const [first] = tasks
    if (!first) return
    const which = tasks.length === 1 ? `${first.name} was` : `${tasks.length} tasks were`
    // One for all, of which there may be many.
    this.#failAll(tasks, new PoolBrokenError(`${this.#brokenBy}. ${which} not run.`))
  }

  #enter(name: string, on: Waiting['on'], timeoutMs: number | undefined): (() => void) | undefined {
    return this.#run.blocking?.enter({ on, what: 'result', label: `result of ${name}` }, timeoutMs)
  }

  #setState(state: PoolState): void {
    this.#state = state
    if (state !== 'closed') this.#failures.forget()
    if (state !== 'open' && state !== 'closed') this.#run.pools.delete(this.#ending)
    this.#run.emit({ type: 'pool.changed', atUs: this.#run.nowUs(), pool: this.id, state })
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
