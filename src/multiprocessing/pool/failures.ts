/** Tasks of a pool that did not end well: whether they are run again, who is told, and what is said. */
import type { ErrorInfo } from '../../shared/telemetry.ts'
import { errorInfo, RemoteError, StateError, TimeoutError, WorkerDiedError } from '../errors.ts'
import { type ChildEnd, describeEnd, describeError } from '../process/problems.ts'
import type { Run } from '../run/run.ts'
import type { Readable } from './reader.ts'
import type { Call, Task } from './task.ts'
import type { PoolWorker } from './worker.ts'

/** Failed tasks that can be run again, the newest ones. */
const MAX_RETRIES_KEPT = 200

/** What failures need of their pool. */
export interface FailingPool {
  readonly id: string
  /** Tasks that are not done, the failing one included. */
  readonly unfinished: number
  /** Whether it would run a task again. */
  readonly runs: boolean
  /** Runs a failed task again, for its own result or for the one it had. @returns the new task's id */
  submitAgain(task: Task, call: Call, sameResult: boolean): string
  /** The task is as good as done: it has its error. */
  settled(task: Task, error: Error): void
  /** The last worker that was started, if it is still starting. */
  readonly successor: PoolWorker | undefined
}

export class Failures {
  readonly #run: Run
  readonly #pool: FailingPool
  readonly #retriesKept: string[] = []

  constructor(run: Run, pool: FailingPool) {
    this.#run = run
    this.#pool = pool
  }

  /** The task threw, in its worker. */
  threw(task: Task, error: ErrorInfo, worker: PoolWorker): void {
    if (this.#tryAgain(task, error)) return
    const origin = { process: worker.name, pid: worker.pid, task: task.name }
    this.#report(task, error, worker)
    this.fail(task, new RemoteError(error, origin), error)
  }

  /** What should be called cannot be: there is no task, but an error where its result would be read. */
  refused(call: Call, result: Readable, error: Error): void {
    // A moment later, for nobody can read yet what is refused at the call.
    queueMicrotask(() => {
      if (result.observed) return
      const info = errorInfo(error)
      const message = `${call.target.name} was not called as often as it should be: ${describeError(info)}`
      this.#tellOf({ call, result }, { kind: 'task-failed', message, pool: this.#pool.id, error: info })
    })
  }

  /** What the task gave back cannot be read here. */
  cannotBeRead(task: Task, error: Error): void {
    const info = errorInfo(error)
    this.#report(task, info, null)
    this.fail(task, error, info)
  }

  /** The task's worker was ended because of it. */
  stopped(task: Task, reason: Error, worker: PoolWorker): void {
    const info = errorInfo(reason)
    if (reason instanceof TimeoutError) {
      if (this.#tryAgain(task, info)) return
      this.#report(task, info, worker)
    }
    this.fail(task, reason, info, !(reason instanceof TimeoutError))
  }

  /** The worker ended by itself, at its task or without one. @param isLast whether the pool gives up with it */
  workerDied(worker: PoolWorker, end: ChildEnd, task: Task | null, isLast: boolean): void {
    this.#reportDeath(worker, end, task, isLast)
    if (!task || this.#tryAgain(task, end.error ?? errorInfo(new Error(describeEnd(end))))) return
    const reason = end.error ? ` after ${describeError(end.error)}` : ''
    const died = new WorkerDiedError(
      `${task.name} failed because ${worker.name} (pid ${worker.pid}) ${describeEnd(end)}${reason}.`,
      { pid: worker.pid, exitCode: end.exitCode, signal: end.signal },
    )
    if (end.error) died.cause = new RemoteError(end.error, { process: worker.name, pid: worker.pid, task: task.name })
    this.fail(task, died)
  }

  /**
   * Tells nobody but those who wait for the task, and who watches.
   * @param info the error as it is shown, if that is known already: it takes long to make, and may be of many tasks
   * @param stopped whether it was taken back, or ended with its pool
   */
  fail(task: Task, error: Error, info?: ErrorInfo, stopped = false): void {
    task.stopWaiting?.()
    task.hasFailed = true
    if (this.#run.observed) {
      const atUs = this.#run.nowUs()
      this.#run.emit({
        type: 'task.failed',
        atUs,
        task: task.id,
        pool: this.#pool.id,
        error: info ?? errorInfo(error),
        ...(stopped && { stopped }),
      })
      if (isObserved(task)) this.#run.emit({ type: 'task.observed', atUs, task: task.id })
      if (this.#pool.runs) this.#keepForRetry(task)
    }
    this.#pool.settled(task, error)
  }

  /** No task will be run again. */
  forget(): void {
    for (const id of this.#retriesKept.splice(0)) this.#run.retries.delete(id)
  }

  /** @returns whether a failed task has tries left, and so was submitted once more, for the same result */
  #tryAgain(task: Task, info: ErrorInfo): boolean {
    if (task.call.retries === 0 || !this.#pool.runs) return false
    task.stopWaiting?.()
    const atUs = this.#run.nowUs()
    this.#run.emit({ type: 'task.failed', atUs, task: task.id, pool: this.#pool.id, error: info })
    this.#run.emit({ type: 'task.observed', atUs, task: task.id })
    this.#pool.submitAgain(task, { ...task.call, retries: task.call.retries - 1 }, true)
    return true
  }

  #keepForRetry(task: Task): void {
    this.#run.retries.set(task.id, () => {
      if (!this.#pool.runs) {
        throw new StateError('The pool has ended; start the program again to run its tasks again.')
      }
      this.#run.retries.delete(task.id)
      // The user asks, not the program: it is not run again by itself, and no signal of the program's takes it back.
      return this.#pool.submitAgain(task, { ...task.call, signal: undefined, retries: 0, reader: undefined }, false)
    })
    this.#retriesKept.push(task.id)
    if (this.#retriesKept.length > MAX_RETRIES_KEPT) this.#run.retries.delete(this.#retriesKept.shift() as string)
  }

  #report(task: Task, error: ErrorInfo, worker: PoolWorker | null): void {
    const where = worker ? { process: worker.path, pid: worker.pid } : {}
    const left = this.#pool.unfinished - 1
    this.#tellOf(task, {
      kind: 'task-failed',
      message: `${task.name} failed: ${describeError(error)}`,
      consequence: left > 0 ? `The ${others(left)}` : 'No task is left.',
      task: task.id,
      pool: this.#pool.id,
      error,
      ...where,
    })
  }

  #reportDeath(worker: PoolWorker, end: ChildEnd, task: Task | null, isLast: boolean): void {
    const successor = this.#pool.successor
    const replaced = successor ? `${successor.name} took its place; ` : ''
    const left = this.#pool.unfinished - (task ? 1 : 0)
    const rest = left > 0 ? `the ${others(left)}` : 'no task is left.'
    const lost = task ? `${task.name} failed with it. ` : 'It had no task. '
    const next = isLast ? '' : capitalize(`${replaced}${rest}`)
    const how = end.signal ? `was killed (${end.signal})` : describeEnd(end)
    this.#tellOf(task, {
      kind: 'worker-died',
      message: `${worker.name} ${how}${end.error ? `: ${describeError(end.error)}` : ''}`,
      consequence: `${lost}${next}`.trim(),
      process: worker.path,
      pid: worker.pid,
      pool: this.#pool.id,
      ...(task ? { task: task.id } : {}),
      ...(end.error ? { error: end.error } : {}),
    })
  }

  /** Tells what became of a task, or of none. */
  #tellOf(task: { call: Call; result: Readable } | null, problem: Parameters<Run['problem']>[1]): void {
    const reader = task?.call.reader
    const observed = task !== null && isObserved(task)
    if (!task || observed || !reader?.reads) this.#run.problem(observed, problem)
    // Where somebody watches, everything is shown when it happens.
    else if (this.#run.observed) this.#run.problem(true, problem)
    else reader.hold(task.result, () => this.#run.problem(false, problem))
  }
}

function isObserved({ call, result }: { call: Call; result: Readable }): boolean {
  return call.errorCallback !== undefined || result.observed
}

function others(left: number): string {
  return left === 1 ? 'other task goes on.' : `other ${left} tasks go on.`
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
