/** A pool worker: takes one task after the other from its parent until it is told that there are no more. */
import { errorInfo } from '../errors.ts'
import type { Calls } from '../pool/task.ts'
import type { Run } from '../run/run.ts'
import type { Target, TargetLocation } from '../targets.ts'
import type { Channel } from '../wire/channel.ts'
import { encodeJson, type Frame, type Header } from '../wire/frames.ts'
import { revive } from '../wire/revive.ts'
import { decodeValue, encodeValue } from '../wire/values.ts'
import { importTarget } from './import-target.ts'

/** A task on its way to a worker; the payload is its arguments, or those of several calls. */
export interface TaskHeader extends Header {
  type: 'task'
  task: string
  target: TargetLocation
  calls: Calls
}

/** A task's end on its way back; the payload is the result, or the error as JSON. */
export interface TaskEndHeader extends Header {
  type: 'task-done' | 'task-failed'
  task: string
}

/** One call after the other; the first that throws ends the chunk. Only what is a promise is awaited: that is most of the time. */
async function callEach(fn: Target, calls: 'items' | 'lists', chunk: readonly unknown[]): Promise<unknown[]> {
  const results: unknown[] = []
  for (const args of chunk) {
    const result = calls === 'items' ? fn(args) : fn(...(args as unknown[]))
    results.push(typeof (result as { then?: unknown } | null)?.then === 'function' ? await result : result)
  }
  return results
}

export class WorkerLoop {
  readonly #run: Run
  readonly #channel: Channel
  readonly #leave: () => void
  /** Tasks that were sent ahead, while this one worked. */
  readonly #ahead: Frame[] = []
  #working = false
  #stopWaiting: (() => void) | undefined

  constructor(run: Run, channel: Channel, leave: () => void) {
    this.#run = run
    this.#channel = channel
    this.#leave = leave
  }

  /** @param initializer is called first, with the arguments in the payload; what it throws ends the worker */
  async begin(initializer: TargetLocation | undefined, payload: Uint8Array): Promise<void> {
    this.#run.blocking?.running()
    if (initializer) {
      const fn = await importTarget(initializer)
      await fn(...(decodeValue(payload, (handle) => revive(handle, this.#run)) as unknown[]))
    }
    this.#channel.send({ type: 'ready' })
    this.#wait()
  }

  onFrame(frame: Frame): void {
    switch (frame.header.type) {
      case 'task':
        this.#ahead.push(frame)
        if (!this.#working) void this.#workOn()
        break
      case 'give-back':
        this.#giveBack()
        break
      case 'finish':
        this.#leave()
    }
  }

  #wait(): void {
    this.#stopWaiting = this.#run.blocking?.enter('waiting', { what: 'task', label: 'next task' })
  }

  /** One task after the other, as long as there are any. */
  async #workOn(): Promise<void> {
    this.#working = true
    this.#stopWaiting?.()
    let next = this.#ahead.shift()
    while (next) {
      await this.#work(next.header as TaskHeader, next.payload)
      // Before the flush: the parent takes it for begun once it has read that the one before ended, so from here on it must
      // not be given back.
      next = this.#ahead.shift()
      // The parent must know what is done before the next begins, or a task that ends this process would be taken for another.
      if (next) await this.#channel.flush()
    }
    this.#working = false
    this.#wait()
  }

  /** Tasks that were sent ahead and not begun go back, for a worker that has nothing to do. */
  #giveBack(): void {
    const tasks = this.#ahead.splice(0).map(({ header }) => (header as TaskHeader).task)
    this.#channel.send({ type: 'given-back' }, [encodeJson(tasks)])
  }

  async #work({ task, target, calls }: TaskHeader, payload: Uint8Array): Promise<void> {
    let end: TaskEndHeader
    let bytes: Uint8Array
    try {
      const fn = await importTarget(target)
      const args = decodeValue(payload, (handle) => revive(handle, this.#run)) as unknown[]
      bytes = encodeValue(calls === 'one' ? await fn(...args) : await callEach(fn, calls, args), 'result')
      end = { type: 'task-done', task }
    } catch (error) {
      bytes = encodeJson(errorInfo(error))
      end = { type: 'task-failed', task }
    }
    this.#channel.send(end, [bytes])
  }
}
