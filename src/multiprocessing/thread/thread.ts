/**
 * A thread that runs one function: Python's `threading.Thread`, on `node:worker_threads`.
 *
 * It is here to be compared with a Process: it lives inside this process, has its pid, starts sooner and costs less, and
 * memory in a SharedArrayBuffer is the same memory on both sides. Queues and pools are for processes and do not reach it.
 */
import type { Worker } from 'node:worker_threads'
import type { ErrorInfo, TelemetryEvent } from '../../shared/telemetry.ts'
import { errorInfo, StateError, UnsendableError } from '../errors.ts'
import { lazy } from '../lazy.ts'
import { ownModule } from '../process/own-module.ts'
import { reportProcessEnd } from '../process/problems.ts'
import type { TargetArgs } from '../process/process.ts'
import { ownEvents } from '../run/events-from-below.ts'
import { followOutput } from '../run/follow-output.ts'
import { currentRun, type Run } from '../run/run.ts'
import { checkTimeout, type WaitOptions } from '../run/wait-options.ts'
import { waitingToJoin } from '../run/waiting.ts'
import { checkArgs, locateTarget, type Target, type TargetLocation } from '../targets.ts'

export interface ThreadOptions {
  /** By default the target's name, numbered if it is taken. */
  name?: string
}

/** What the thread's first module is given. */
export interface ThreadStart {
  target: TargetLocation
  args: unknown[]
  name: string
  path: string
  speed: number
  originNs: bigint
  /** Whether somebody wants to know what it does. */
  observed: boolean
}

export type ThreadMessage =
  | { type: 'events'; events: TelemetryEvent[] }
  | { type: 'failed'; error: ErrorInfo }
  /** Something went wrong in it that nobody was looking out for, and was told there. */
  | { type: 'problem' }

// biome-ignore lint/suspicious/noExplicitAny: a target may take anything
export class Thread<A extends any[] = any[]> {
  readonly name: string
  readonly #run: Run
  readonly #location: TargetLocation
  readonly #args: A | []
  #ended: Promise<void> | null = null
  #path = ''
  #alive = false

  /**
   * @param target an exported function; its module is loaded anew in the thread
   * @throws TargetError if the thread could not find the function
   */
  constructor(target: Target<A>, ...[args, options]: TargetArgs<A>) {
    this.#location = locateTarget(target)
    checkArgs(args ?? [])
    this.#args = args ?? []
    this.#run = currentRun()
    this.name = options?.name ?? this.#run.uniqueName(target.name || 'thread')
  }

  /** Starts the thread. @throws StateError if it was started before; UnsendableError if an argument cannot travel */
  start(): void {
    if (this.#ended)
      throw new StateError(`The thread ${this.name} was started before; make a new Thread to run it again.`)
    const run = this.#run
    if (run.stopped) throw run.stopped
    const path = `${run.path}.${run.count('process')}`
    const entry = ownModule('thread/thread-entry')
    const workerData: ThreadStart = {
      target: this.#location,
      args: this.#args,
      name: this.name,
      path,
      speed: run.speed,
      originNs: run.originNs,
      observed: run.observed,
    }
    let worker: Worker
    try {
      worker = new lazy.workerThreads.Worker(entry, { workerData, stdout: run.observed, stderr: run.observed })
    } catch (error) {
      throw new UnsendableError(
        `The arguments of ${this.name} cannot be sent to a thread: ${(error as Error).message}`,
        {
          cause: error,
        },
      )
    }
    this.#alive = true
    this.#path = path
    this.#ended = this.#live(worker, path)
  }

  /** Waits until the thread has ended. @returns whether it has: false only if `timeoutMs` ran out first */
  async join(options: WaitOptions = {}): Promise<boolean> {
    const timeoutMs = checkTimeout(options.timeoutMs)
    const ended = this.#ended
    if (!ended) throw new StateError(`The thread ${this.name} was not started, so it cannot be joined.`)
    const run = this.#run
    return run.wait<boolean>(
      (resolve) => {
        const stopClock = run.after(timeoutMs, () => resolve(false))
        ended.then(() => {
          stopClock()
          resolve(true)
        })
        return stopClock
      },
      waitingToJoin(this.#path, this.name),
      run.realMs(timeoutMs),
    )
  }

  isAlive(): boolean {
    return this.#alive
  }

  async #live(worker: Worker, path: string): Promise<void> {
    const run = this.#run
    run.emit({
      type: 'process.started',
      atUs: run.nowUs(),
      process: path,
      name: this.name,
      pid: process.pid,
      parentPid: process.pid,
      parent: run.path,
      kind: 'thread',
    })
    const outputs = run.observed
      ? [followOutput(worker.stdout, run, path, 'stdout'), followOutput(worker.stderr, run, path, 'stderr')]
      : []
    let failure: ErrorInfo | null = null
    worker.on('message', (message: ThreadMessage) => {
      if (message.type === 'failed') failure = message.error
      else if (message.type === 'problem') run.countUnobservedProblem()
      else if (message.type === 'events') {
        try {
          for (const event of ownEvents(message.events, path, run.nowUs())) run.emit(event)
        } catch (error) {
          failure ??= errorInfo(error)
          void worker.terminate()
        }
      }
    })
    let asked = false
    const end = {
      waiting: waitingToJoin(path, this.name),
      end: () => {
        asked = true
        void worker.terminate()
      },
      idle: () => ended,
    }
    const exited = new Promise<number>((resolve) => {
      worker.on('error', (error) => {
        failure ??= { name: error.name, message: error.message, stack: error.stack ?? error.message }
      })
      worker.once('exit', resolve)
    })
    const ended = exited.then(async (exitCode) => {
      await Promise.all(outputs)
      this.#alive = false
      run.pools.delete(end)
      const code = failure ? 1 : exitCode
      if (!asked) {
        reportProcessEnd(
          run,
          { path, name: this.name, pid: process.pid },
          { exitCode: code, signal: null, error: failure, asked: run.stopped !== null },
        )
      }
      run.emit({ type: 'process.exited', atUs: run.nowUs(), process: path, exitCode: code, signal: null })
    })
    // It keeps the run going and ends with it, like a pool.
    run.pools.add(end)
    await ended
  }
}
