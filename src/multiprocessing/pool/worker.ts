/** One worker of a pool, seen from the pool: a child and the task it has. */
import type { ErrorInfo } from '../../shared/telemetry.ts'
import type { TaskEndHeader, TaskHeader } from '../child/worker-loop.ts'
import { WireError } from '../errors.ts'
import { Child, type ChildEnd } from '../process/child.ts'
import type { Run } from '../run/run.ts'
import type { TargetLocation } from '../targets.ts'
import { decodeErrorInfo, decodeJson, type Frame } from '../wire/frames.ts'
import type { Task } from './task.ts'

/** What every worker calls before its first task. */
export interface Initializer {
  target: TargetLocation
  payload: Uint8Array
}

export interface WorkerListener {
  ready(): void
  /** It has begun a task that it was given ahead. */
  began(task: Task): void
  /** Tasks that it was given ahead and has not begun. */
  givenBack(tasks: Task[]): void
  done(task: Task, payload: Uint8Array): void
  failed(task: Task, error: ErrorInfo): void
  /** `tasks` still says what it had when it ended. */
  ended(end: ChildEnd): void
}

/** From SIGTERM to SIGKILL, for a worker that is told to end. */
const PATIENCE_MS = 500

export class PoolWorker {
  state: 'starting' | 'idle' | 'busy' | 'ended' = 'starting'
  /** What it was given, in this order: it has begun the first and nothing else. */
  readonly tasks: Task[] = []
  /** How many tasks it was given. */
  tasksGiven = 0
  /** Why it is ended in the middle of its task, if the pool itself does so: the task's time is up, or it was aborted. */
  stopReason: Error | null = null
  /** Whether it was ever able to take a task. */
  wasReady = false
  /** Whether it was told to end, so that its end is no surprise. */
  finishing = false
  #asked = false
  readonly #child: Child
  readonly #listener: WorkerListener

  /** Starts the process. @throws MultiprocessingError if the system cannot */
  constructor(run: Run, pool: string, initializer: Initializer | null, listener: WorkerListener) {
    this.#listener = listener
    const name = `worker ${run.count('worker')}`
    const onFrame = (frame: Frame) => this.#receive(frame)
    const start = initializer ? { initializer: initializer.target } : {}
    const payload = initializer ? [initializer.payload] : []
    this.#child = new Child(run, { name, kind: 'worker', daemon: true, pool, onFrame }, start, payload)
    // While it starts, somebody waits for it; see `#setState` for when it holds the event loop.
    this.#child.ref(true)
    this.#child.ended.then((end) => {
      this.state = 'ended'
      if (end.asked) this.finishing = true
      listener.ended(end)
    })
  }

  get path(): string {
    return this.#child.path
  }

  get name(): string {
    return this.#child.name
  }

  get pid(): number {
    return this.#child.pid
  }

  /** The task that it works on. */
  get task(): Task | null {
    return this.tasks[0] ?? null
  }

  /** Gives it a task; while it works on another, to be begun after that. */
  give(task: Task): void {
    this.tasks.push(task)
    this.tasksGiven++
    if (this.state !== 'busy') this.#child.ref(true)
    this.state = 'busy'
    const header: TaskHeader = { type: 'task', task: task.id, target: task.target, calls: task.calls }
    this.#child.send(header, [task.payload])
  }

  /** Asks for what it was given ahead and has not begun; see `WorkerListener.givenBack`. */
  askBack(): void {
    if (this.#asked || this.tasks.length < 2) return
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

  #receive({ header, payload }: Frame): void {
    if (header.type === 'ready' && this.state === 'starting') {
      this.wasReady = true
      this.#becomeIdle()
      this.#listener.ready()
      return
    }
    if (header.type === 'given-back') {
      this.#takeBack(payload)
      return
    }
    const task = this.task
    if (!task || (header as TaskEndHeader).task !== task.id) return
    if (header.type !== 'task-done' && header.type !== 'task-failed') return
    // Before anything is changed: what cannot be read ends the connection, and the task with it.
    const error = header.type === 'task-failed' ? decodeErrorInfo(payload) : null
    this.tasks.shift()
    const next = this.task
    if (!next) this.#becomeIdle()
    if (error) this.#listener.failed(task, error)
    else this.#listener.done(task, payload)
    if (next) this.#listener.began(next)
  }

  #takeBack(payload: Uint8Array): void {
    this.#asked = false
    const ids = decodeJson(payload)
    if (!Array.isArray(ids)) throw new WireError('A worker gave back tasks that are none.')
    const back = new Set(ids)
    // The first one is never given back: it is begun.
    const given = this.tasks.filter((task, index) => index > 0 && back.has(task.id))
    for (const task of given) this.tasks.splice(this.tasks.indexOf(task), 1)
    this.#listener.givenBack(given)
  }

  #becomeIdle(): void {
    if (this.finishing) return
    this.state = 'idle'
    this.#child.ref(false)
  }
}
