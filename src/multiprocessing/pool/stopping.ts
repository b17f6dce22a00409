/** Tasks that may be stopped: by the signal of whoever submitted them, or because their time is up. */
import { isError, TimeoutError, textOf } from '../errors.ts'
import type { Run } from '../run/run.ts'
import type { Task } from './task.ts'

/** The tasks that one signal stops. It has one listener, for it goes through all of them to add another. */
interface Watch {
  readonly tasks: Set<Task>
  unlisten(): void
}

export class Stopping {
  readonly #run: Run
  readonly #stop: (tasks: readonly Task[], reason: Error) => void
  readonly #watches = new Map<AbortSignal, Watch>()

  /** @param stop takes back what waits, and ends the workers of what runs */
  constructor(run: Run, stop: (tasks: readonly Task[], reason: Error) => void) {
    this.#run = run
    this.#stop = stop
  }

  /** From its submission on, its signal may stop it. */
  listen(task: Task): void {
    const { signal } = task.call
    if (!signal) return
    if (signal.aborted) {
      // Not now: who submits it does not yet have its result.
      queueMicrotask(() => this.#stop([task], asError(signal.reason)))
      return
    }
    const { tasks } = this.#watches.get(signal) ?? this.#watch(signal)
    tasks.add(task)
    task.stopWaiting = () => {
      tasks.delete(task)
      if (tasks.size === 0) this.#watches.get(signal)?.unlisten()
    }
  }

  #watch(signal: AbortSignal): Watch {
    const abort = () => {
      watch.unlisten()
      this.#stop([...watch.tasks], asError(signal.reason))
    }
    const watch: Watch = {
      tasks: new Set(),
      unlisten: () => {
        signal.removeEventListener('abort', abort)
        if (this.#watches.get(signal) === watch) this.#watches.delete(signal)
      },
    }
    signal.addEventListener('abort', abort, { once: true })
    this.#watches.set(signal, watch)
    return watch
  }

  /** It runs from now on, and no longer than it may. */
  startClock(task: Task, timeoutMs: number): void {
    const late = () => {
      const reason = `${task.name} was stopped, because it ran for more than ${timeoutMs} ms.`
      this.#stop([task], new TimeoutError(reason))
    }
    const stopClock = this.#run.after(timeoutMs, late)
    const before = task.stopWaiting
    task.stopWaiting = () => {
      stopClock()
      before?.()
    }
  }
}

function asError(reason: unknown): Error {
  return isError(reason) ? reason : new Error(`The task was aborted: ${textOf(reason)}.`)
}
