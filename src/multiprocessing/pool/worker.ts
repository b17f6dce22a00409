/** One worker of a pool, seen from the pool: a child and the task it has. */
import type { ErrorInfo } from '../../shared/telemetry.ts'
import { LedgerMemory } from '../child/ledger.ts'
import { WireError } from '../errors.ts'
import { Child } from '../process/child.ts'
import type { ChildEnd } from '../process/problems.ts'
import type { Run } from '../run/run.ts'
import type { TargetLocation } from '../targets.ts'
import type { Batch } from '../wire/batch/batch.ts'
import { OwnBatch } from '../wire/batch/own-batch.ts'
import { ReceivedBatch } from '../wire/batch/received-batch.ts'
import { decodeErrorInfo, type Frame } from '../wire/frames.ts'
import type { HeaderOf } from '../wire/messages.ts'
import type { Task } from './task.ts'

/** What every worker calls before its first task. */
export interface Initializer {
  target: TargetLocation
  payload: Uint8Array
  /** What is in it, which must last until the last worker has begun. */
  keeps: unknown
}

/** What becomes of tasks. */
export interface TaskListener {
  began(task: Task, worker: PoolWorker): void
  /** The result is the item at `index` of what was received. */
  done(task: Task, results: Batch, index: number): void
  failed(task: Task, error: ErrorInfo, worker: PoolWorker): void
}

/** What becomes of a worker. */
export interface WorkerListener {
  ready(): void
  /** Tasks that it was given ahead and has not begun. */
  givenBack(tasks: readonly Task[]): void
  /** Some tasks are done or failed. @param meanMs how long each of them took, about */
  progressed(meanMs: number): void
  /** @param left what it had when it ended: the first one was begun */
  ended(worker: PoolWorker, end: ChildEnd, left: readonly Task[]): void
}

/** From SIGTERM to SIGKILL, for a worker that is told to end. */
const PATIENCE_MS = 500

/** After so many tasks, of so many ms at most, a worker is worth memory of its own. */
const WORTH_MEMORY = 2_000
const SHORT_MS = 0.05

export class PoolWorker {
  state: 'starting' | 'idle' | 'busy' | 'ended' = 'starting'
  /** How many tasks it was given and has not given back. */
  tasksTaken = 0
  /** The number of the next task, among all that it was ever given. */
  #nextGiven = 0
  /** Why it is ended in the middle of its task, if the pool itself does so: the task's time is up, or it was aborted. */
  stopReason: Error | null = null
  /** Whether it was ever able to take a task. */
  wasReady = false
  /** Whether it was told to end, so that its end is no surprise. */
  finishing = false
  /** What it was given, in this order: it has begun the first and nothing else. */
  #tasks: Task[] = []
  #asked = false
  /** How many tasks it has done, as long as that matters. */
  #done = 0
  /** Where it notes what it has done, apart from its file: null before that is worth it, undefined if it cannot be had. */
  #memory: LedgerMemory | undefined | null = null
  readonly #child: Child
  readonly #listener: WorkerListener
  readonly #outcomes: TaskListener

  /** Starts the process. @throws MultiprocessingError if the system cannot */
  constructor(
    run: Run,
    pool: string,
    initializer: Initializer | null,
    listener: WorkerListener,
    outcomes: TaskListener,
  ) {
    this.#listener = listener
    this.#outcomes = outcomes
    const name = `worker ${run.count('worker')}`
    const onFrame = (frame: Frame) => this.#receive(frame)
    const start = initializer ? { initializer: initializer.target } : {}
    const payload = initializer ? [initializer.payload] : []
    const options = { name, kind: 'worker' as const, daemon: true, pool, onFrame }
    this.#child = new Child(run, options, start, payload)
    // While it starts, somebody waits for it; see `#setState` for when it holds the event loop.
    this.#child.ref(true)
    this.#child.ended.then((end) => {
      this.state = 'ended'
      if (end.asked) this.finishing = true
      // What it had done and not told is done all the same.
      for (const result of this.#notes()) {
        const task = this.#tasks.shift()
        if (task) outcomes.done(task, result, 0)
        if (this.task) outcomes.began(this.task, this)
      }
      listener.ended(this, end, this.takeAll())
    })
  }

  get path(): string {
    return this.#child.path
  }

  get name(): string {
    return this.#child.name
  }

  /** 0 until it has one: where many processes are started, it may come a little later. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Whether it can take a task now. */
  get free(): boolean {
    return this.state === 'idle' && !this.finishing && this.#child.connected
  }

  /** The task that it works on. */
  get task(): Task | null {
    return this.#tasks[0] ?? null
  }

  get taskCount(): number {
    return this.#tasks.length
  }

  /** Takes from it what it has, whatever it still does with it: for who ends it. */
  takeAll(): Task[] {
    return this.#tasks.splice(0)
  }

  /** Gives it tasks, to be begun in this order; while it works on another, after that. */
  give(tasks: readonly Task[]): void {
    if (this.state !== 'busy') this.#child.ref(true)
    this.state = 'busy'
    let batch = new OwnBatch()
    let first: Task | undefined
    const send = () => {
      if (!first) return
      const header: HeaderOf<'tasks'> = {
        type: 'tasks',
        target: first.call.target,
        calls: first.call.calls,
        first: first.given,
      }
      this.#child.send(header, batch.encode(0, batch.count))
    }
    for (const task of tasks) {
      task.given = this.#nextGiven++
      this.tasksTaken++
      this.#tasks.push(task)
      const same = first && isSameFunction(first, task)
      if (same && batch.addItem(task.payload)) continue
      send()
      first = task
      batch = new OwnBatch()
      batch.addItem(task.payload)
    }
    send()
  }

  /** Asks for what it was given ahead and has not begun; see `WorkerListener.givenBack`. */
  askBack(): void {
    if (this.#asked || this.#tasks.length < 2) return
    this.#asked = true
    this.#child.send({ type: 'give-back' })
  }

  /** Lets it end in good order: it has no task and gets no more. */
  finish(): void {
    if (this.finishing) return
    this.finishing = true
    this.#child.ref(true)
    this.#child.send({ type: 'finish' })
  }

  /** Ends it because of its task, which fails with `reason`. */
  stopTask(reason: Error): void {
    this.stopReason = reason
    this.terminate()
  }

  terminate(): void {
    this.finishing = true
    this.#child.signal('SIGTERM', true)
    const timer = setTimeout(() => this.#child.signal('SIGKILL', true), PATIENCE_MS)
    this.#child.ended.then(() => clearTimeout(timer))
  }

  /** @returns the results that it has noted and not told */
  #notes(): Batch[] {
    const [first, most] = [this.task?.given ?? 0, this.#tasks.length]
    return this.#memory?.end(first, most) ?? []
  }

  /** Memory to note in costs some milliseconds, which many short tasks are worth. */
  #considerMemory(done: number, meanMs: number): void {
    if (this.#memory !== null || (this.#done += done) < WORTH_MEMORY || meanMs > SHORT_MS) return
    this.#memory = LedgerMemory.create()
    if (this.#memory) this.#child.send({ type: 'note-in-memory', ...this.#memory.place })
  }

  #receive({ header, payload }: Frame): void {
    if (header.type === 'ready' && this.state === 'starting') {
      this.wasReady = true
      this.#becomeIdle()
      this.#listener.ready()
      return
    }
    switch (header.type) {
      case 'given-back':
        this.#takeBack(header as HeaderOf<'given-back'>)
        break
      case 'task-done':
        this.#takeResults(new ReceivedBatch(payload), (header as HeaderOf<'task-done'>).meanMs)
        break
      case 'task-failed':
        // Before anything is changed: what cannot be read ends the connection, and the task with it.
        this.#failed(decodeErrorInfo(payload), (header as HeaderOf<'task-failed'>).meanMs)
    }
  }

  #takeResults(results: ReceivedBatch, meanMs: number): void {
    if (results.count > this.#tasks.length) throw new WireError('A worker sent more results than it was given tasks.')
    const done = this.#tasks.splice(0, results.count)
    if (this.#tasks.length === 0) this.#becomeIdle()
    for (let index = 0; index < done.length; index++) {
      const task = done[index] as Task
      // It began this one when the one before had ended.
      if (index > 0) this.#outcomes.began(task, this)
      this.#outcomes.done(task, results, index)
    }
    this.#considerMemory(done.length, meanMs)
    this.#goOn(meanMs)
  }

  #failed(error: ErrorInfo, meanMs: number): void {
    const task = this.#tasks.shift()
    if (!task) throw new WireError('A worker sent the end of a task that it was not given.')
    if (this.#tasks.length === 0) this.#becomeIdle()
    this.#outcomes.failed(task, error, this)
    this.#goOn(meanMs)
  }

  #goOn(meanMs: number): void {
    if (this.task) this.#outcomes.began(this.task, this)
    this.#listener.progressed(meanMs)
  }

  #takeBack({ from, to }: HeaderOf<'given-back'>): void {
    if (!this.#asked) throw new WireError('A worker gave tasks back that it was not asked for.')
    this.#asked = false
    // The first one is never given back: it is begun.
    const isBack = ({ given }: Task, index: number) => index > 0 && given >= from && given < to
    const back = this.#tasks.filter(isBack)
    this.tasksTaken -= back.length
    if (back.length > 0) this.#tasks = this.#tasks.filter((task, index) => !isBack(task, index))
    this.#listener.givenBack(back)
  }

  #becomeIdle(): void {
    if (this.finishing) return
    this.state = 'idle'
    this.#child.ref(false)
  }
}

function isSameFunction({ call: a }: Task, { call: b }: Task): boolean {
  return a.calls === b.calls && a.target.module === b.target.module && a.target.name === b.target.name
}
