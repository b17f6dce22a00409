/** Which task of a pool goes to which worker, and how many workers there are. It says what becomes of tasks, and no more. */
import type { ErrorInfo } from '../../shared/telemetry.ts'
import { errorInfo } from '../errors.ts'
import { type ChildEnd, describeEnd } from '../process/problems.ts'
import type { Run } from '../run/run.ts'
import { TaskLength } from './ahead.ts'
import type { Task } from './task.ts'
import { TaskList } from './task-list.ts'
import { type Initializer, PoolWorker, type TaskListener, type WorkerListener } from './worker.ts'

/** After this many workers in a row that died before they could take a task, the pool gives up. */
const MAX_START_FAILURES = 3
/** Before the next worker after one that died before its first task; it doubles each time. */
const START_AGAIN_MS = 100

/** What becomes of tasks and workers. */
export interface SchedulerListener extends TaskListener {
  /** Its worker was ended because of it. */
  stopped(task: Task, reason: Error, worker: PoolWorker): void
  /** The worker ended by itself, at its task or without one. @param isLast whether no other is started */
  workerDied(worker: PoolWorker, end: ChildEnd, task: Task | null, isLast: boolean): void
  /** No worker can be started, and nobody will do these. @param reason the first time: why */
  gaveUp(tasks: readonly Task[], reason: ErrorInfo | null): void
  /** There are fewer tasks or workers than before. */
  progressed(): void
}

export interface SchedulerOptions {
  size: number
  pool: string
  initializer: Initializer | null
  /** A worker ends after so many tasks. */
  maxTasksPerChild: number
}

export class Scheduler implements WorkerListener {
  readonly #run: Run
  readonly #options: SchedulerOptions
  readonly #listener: SchedulerListener
  readonly #workers = new Set<PoolWorker>()
  readonly #waiting = new TaskList()
  readonly #taskLength = new TaskLength()
  /** Once `closed`, workers end when nothing is left for them. */
  #state: 'open' | 'closed' | 'broken' | 'terminated' = 'open'
  #startFailures = 0
  #startAgain: NodeJS.Timeout | undefined

  constructor(run: Run, options: SchedulerOptions, listener: SchedulerListener) {
    this.#run = run
    this.#options = options
    this.#listener = listener
  }

  /** How many tasks a worker is given, as long as they are. */
  get depth(): number {
    return this.#taskLength.depth
  }

  get hasWorkers(): boolean {
    return this.#workers.size > 0
  }

  /** The last worker that was started, if it is still starting. */
  get successor(): PoolWorker | undefined {
    const last = [...this.#workers].at(-1)
    return last?.state === 'starting' ? last : undefined
  }

  add(task: Task): void {
    this.#waiting.add(task)
    this.#assign()
    // More urgent than what workers were given ahead: that comes back, and then this comes first.
    if (task.call.priority < 0 && this.#waiting.length > 0) for (const worker of this.#workers) worker.askBack()
  }

  isRunning(task: Task): boolean {
    for (const worker of this.#workers) if (worker.task === task) return true
    return false
  }

  /** Takes back a task that no worker has. @returns whether it was one */
  remove(task: Task): boolean {
    return this.#waiting.remove(task)
  }

  /** Takes back all tasks that no worker has. */
  removeAll(): Task[] {
    return this.#waiting.clear()
  }

  /** Ends the worker that is at a task. */
  stop(task: Task, reason: Error): void {
    for (const worker of this.#workers) if (worker.task === task) worker.stopTask(reason)
  }

  /** No more tasks come, but for those that are tried again. */
  close(): void {
    this.#state = 'closed'
    this.#assign()
  }

  /** Ends all workers. @returns the tasks that were not done */
  terminate(): Task[] {
    this.#state = 'terminated'
    clearTimeout(this.#startAgain)
    const left = this.#waiting.clear()
    for (const worker of this.#workers) {
      worker.terminate()
      left.push(...worker.takeAll())
    }
    return left
  }

  ready(): void {
    this.#startFailures = 0
    this.#assign()
  }

  /** Tasks that were given ahead and not begun come first again, in their order. */
  givenBack(tasks: readonly Task[]): void {
    this.#waiting.addFirst(tasks)
    this.#assign()
  }

  progressed(meanMs: number): void {
    this.#taskLength.note(meanMs)
    this.#assign()
    this.#listener.progressed()
  }

  ended(worker: PoolWorker, end: ChildEnd, left: readonly Task[]): void {
    this.#workers.delete(worker)
    if (this.#state !== 'terminated') {
      // It had not begun these: nothing has happened to them.
      this.#waiting.addFirst(left.slice(1))
      this.#endedAt(left[0] ?? null, worker, end)
    }
    this.#listener.progressed()
  }

  #endedAt(task: Task | null, worker: PoolWorker, end: ChildEnd): void {
    // Once is enough: a pool that gave up has itself ended those that were still starting.
    const open = this.#state !== 'broken'
    if (open && !worker.wasReady && !worker.finishing) this.#startFailures++
    const breaks = open && this.#startFailures >= MAX_START_FAILURES
    if (open && this.#startFailures > 0 && !breaks) this.#waitToStartAgain()
    if (!breaks) this.#assign()
    if (task && worker.stopReason) this.#listener.stopped(task, worker.stopReason, worker)
    else if (!worker.finishing || task) this.#listener.workerDied(worker, end, task, breaks)
    if (breaks) {
      this.#break(end.error ?? errorInfo(new Error(`the last worker ${describeEnd(end)} before it could take a task`)))
    }
  }

  /** Gives waiting tasks to idle workers, and starts workers for what is left, up to the size. */
  #assign(): void {
    if (this.#state === 'broken') {
      this.#listener.gaveUp(this.#waiting.clear(), null)
      // Workers that were busy when the pool gave up are let go once they have nothing left, or `join` would wait for them.
      for (const worker of this.#workers) if (worker.state === 'idle') worker.finish()
    }
    if (this.#state === 'terminated' || this.#state === 'broken') return
    let starting = 0
    for (const worker of this.#workers) {
      if (worker.state === 'starting') starting++
      if (!worker.free) continue
      if (worker.tasksTaken >= this.#options.maxTasksPerChild) {
        worker.finish()
        continue
      }
      const task = this.#waiting.shift()
      if (task) {
        worker.give([task])
        this.#listener.began(task, worker)
      } else if (this.#state === 'closed') worker.finish()
    }
    const { size } = this.#options
    while (this.#waiting.length > starting && this.#workers.size < size && this.#startAgain === undefined) {
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
    for (const worker of this.#workers) held += worker.taskCount
    const share = Math.min(depth, Math.ceil(held / this.#workers.size))
    for (const worker of this.#workers) {
      // Refilled by half, so that many travel in one write.
      if (worker.state !== 'busy' || worker.finishing || worker.taskCount > share / 2 || !isPlain(worker.task)) continue
      const room = Math.min(share - worker.taskCount, this.#options.maxTasksPerChild - worker.tasksTaken)
      const ahead: Task[] = []
      // What may be stopped in the middle, or overtaken, is given only when it can be begun.
      while (ahead.length < room && isPlain(this.#waiting.first)) ahead.push(this.#waiting.shift() as Task)
      worker.give(ahead)
    }
  }

  /** A worker has nothing to do: others give back what they have not begun. */
  #spread(): void {
    if (![...this.#workers].some(({ state }) => state === 'idle')) return
    for (const worker of this.#workers) worker.askBack()
  }

  /** @returns whether a worker is on its way */
  #startWorker(): boolean {
    try {
      const { pool, initializer } = this.#options
      this.#workers.add(new PoolWorker(this.#run, pool, initializer, this, this.#listener))
      return true
    } catch (error) {
      // The system cannot start processes. Workers that run may still do the tasks; without any, nobody will.
      if (this.#workers.size === 0) this.#break(errorInfo(error))
      return false
    }
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

  #break(reason: ErrorInfo): void {
    this.#state = 'broken'
    clearTimeout(this.#startAgain)
    for (const worker of this.#workers) if (worker.state !== 'busy') worker.terminate()
    this.#listener.gaveUp(this.#waiting.clear(), reason)
  }
}

/** Whether nothing can stop or overtake a task, so that it may be given to a worker ahead of its time. */
function isPlain(task: Task | null): boolean {
  return (
    task !== null && task.call.timeoutMs === undefined && task.call.signal === undefined && task.call.priority === 0
  )
}
