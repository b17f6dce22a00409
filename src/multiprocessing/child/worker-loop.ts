/** A pool worker: takes one task after the other from its parent until it is told that there are no more. */
import { setImmediate } from 'node:timers'
import { errorInfo, UnsendableError } from '../errors.ts'
import { clockMs } from '../run/clock.ts'
import type { Run } from '../run/run.ts'
import type { Waiting } from '../run/waiting.ts'
import type { Target } from '../targets.ts'
import { OwnBatch } from '../wire/batch/own-batch.ts'
import { itemPart, listOf, listPart, type Part } from '../wire/batch/part.ts'
import { ReceivedBatch } from '../wire/batch/received-batch.ts'
import type { Channel } from '../wire/channel.ts'
import { encodeJson, type Frame } from '../wire/frames.ts'
import type { HeaderOf } from '../wire/messages.ts'
import { revive } from '../wire/revive.ts'
import { decodeValue, type Revive } from '../wire/values.ts'
import { importTarget } from './import-target.ts'
import type { Ledger } from './ledger.ts'
import { OutputMarks } from './mark-output.ts'

/** Results of short tasks are held back for so long, to leave together. */
const HOLD_MS = 0.3
/** After so much work without a pause, the event loop gets its turn. */
const BREATHE_MS = 2

/** One call after the other; the first that throws ends the chunk. Only what is a promise is awaited: that is most of the time. */
function callEach(fn: Target, calls: 'items' | 'lists', chunk: readonly unknown[]): unknown[] | Promise<unknown[]> {
  const results: unknown[] = []
  for (const args of chunk) {
    const result = calls === 'items' ? fn(args) : fn(...(args as unknown[]))
    if (isThenable(result)) return goOnWith(result, fn, calls, chunk, results)
    results.push(result)
  }
  return results
}

async function goOnWith(
  first: PromiseLike<unknown>,
  fn: Target,
  calls: 'items' | 'lists',
  chunk: readonly unknown[],
  results: unknown[],
): Promise<unknown[]> {
  results.push(await first)
  for (const args of chunk.slice(results.length)) {
    const result = calls === 'items' ? fn(args) : fn(...(args as unknown[]))
    results.push(isThenable(result) ? await result : result)
  }
  return results
}

interface Group {
  header: HeaderOf<'tasks'>
  batch: ReceivedBatch
  /** How many of them have begun, and at how many it ends: the rest was given back. */
  begun: number
  end: number
}

export class WorkerLoop {
  readonly #run: Run
  readonly #channel: Channel
  readonly #leave: () => void
  readonly #ledger: Ledger
  readonly #marks: OutputMarks | undefined
  readonly #targets = new Map<string, Target>()
  /** What was given and is not done. */
  readonly #groups: Group[] = []
  /** Results that have not left yet. */
  #held: OwnBatch | null = null
  #heldSinceMs = 0
  #mustTell = false
  #breathedMs = 0
  #working = false
  #inTask = false
  #halted = false
  #stopWaiting: (() => void) | undefined
  readonly #nextTask: Waiting

  /**
   * @param pool whose worker it is
   * @param ledger where results are noted that are held back
   */
  constructor(run: Run, pool: string, channel: Channel, ledger: Ledger, leave: () => void) {
    this.#run = run
    this.#nextTask = { on: { kind: 'pool', id: pool, end: 'task' }, what: 'task', label: 'next task' }
    this.#channel = channel
    this.#ledger = ledger
    this.#leave = leave
    this.#marks = run.observed ? new OutputMarks() : undefined
  }

  /** @param initializer is called first, with the arguments in the payload; what it throws ends the worker */
  async begin(initializer: Promise<Target> | undefined, payload: Uint8Array): Promise<void> {
    this.#run.blocking?.running()
    if (initializer) {
      const fn = await initializer
      await fn(...(decodeValue(payload, this.#revive) as unknown[]))
    }
    this.#channel.send({ type: 'ready' })
    this.#wait()
  }

  onFrame({ header, payload }: Frame): void {
    switch (header.type) {
      case 'tasks':
        this.#take(header as HeaderOf<'tasks'>, new ReceivedBatch(payload))
        break
      case 'give-back':
        this.#giveBack()
        break
      case 'note-in-memory':
        this.#ledger.useMemory(header as HeaderOf<'note-in-memory'>)
        break
      case 'finish':
        this.#leave()
    }
  }

  #take(header: HeaderOf<'tasks'>, batch: ReceivedBatch): void {
    this.#groups.push({ header, batch, begun: 0, end: batch.count })
    if (!this.#working) void this.#workOn()
  }

  readonly #revive: Revive = (handle) => revive(handle, this.#run)

  #wait(): void {
    this.#stopWaiting = this.#run.blocking?.enter(this.#nextTask)
  }

  /** One task after the other, as long as there are any. */
  async #workOn(): Promise<void> {
    this.#working = true
    this.#stopWaiting?.()
    this.#breathedMs = clockMs()
    for (let group = this.#groups[0]; group; group = this.#groups[0]) {
      if (group.begun === group.end) {
        this.#groups.shift()
        continue
      }
      await this.#workOnGroup(group)
    }
    this.flush()
    this.#working = false
    this.#wait()
  }

  /** Begins no more tasks: the process is about to end. */
  halt(): void {
    this.#halted = true
  }

  async #workOnGroup(group: Group): Promise<void> {
    const { target, calls, first } = group.header
    const key = `${target.module} ${target.name}`
    // Nobody knows how long a function takes that was never called here: what is done is told first.
    let fn = this.#targets.get(key)
    if (!fn) await this.#tellAll()
    let startMs = clockMs()
    while (group.begun < group.end) {
      if (this.#halted) await new Promise<never>(() => {})
      const index = group.begun++
      this.#inTask = true
      this.#marks?.begin()
      try {
        if (!fn) this.#targets.set(key, (fn = await importTarget(target)))
        const args = this.#argsOf(group.batch, index)
        // Several calls may take long together, whatever one of them takes.
        if (calls !== 'one' && args.length > 1) this.flush()
        let result: unknown = calls === 'one' ? fn(...args) : callEach(fn, calls, args)
        if (isThenable(result)) {
          this.flush()
          result = await result
        }
        this.#hold(
          first + index,
          calls === 'one' ? itemPart(result, 'result') : listPart(result as unknown[], 'result'),
          startMs,
        )
      } catch (error) {
        this.flush()
        const header: HeaderOf<'task-failed'> = { type: 'task-failed', meanMs: clockMs() - startMs }
        this.#channel.send(header, [encodeJson(errorInfo(error))])
        await this.#channel.flush()
      }
      this.#inTask = false
      this.#marks?.end()
      const nowMs = clockMs()
      const mustTell = this.#mustTell || nowMs - this.#heldSinceMs > HOLD_MS
      const mustBreathe = nowMs - this.#breathedMs >= BREATHE_MS
      if (mustTell) await this.#tellAll()
      if (mustBreathe) {
        await new Promise((resolve) => setImmediate(resolve))
        this.#breathedMs = clockMs()
      }
      startMs = mustTell || mustBreathe ? clockMs() : nowMs
    }
  }

  #argsOf(batch: ReceivedBatch, index: number): unknown[] {
    try {
      return listOf(batch.valueAt(index, this.#revive))
    } catch (error) {
      throw new UnsendableError(`The arguments cannot be read: ${errorInfo(error).message}`, { cause: error })
    }
  }

  #hold(task: number, part: Part | number, startMs: number): void {
    if (!this.#ledger.takes(part)) this.flush()
    if (!this.#held?.addItem(part)) {
      this.flush()
      this.#held = new OwnBatch()
      this.#held.addItem(part)
      this.#heldSinceMs = startMs
      // It leaves before anything else that this process sends, and at the end of the turn.
      this.#run.hub.flushLater(this)
    }
    // What cannot be noted, or is too large for it, leaves before the next task begins.
    if (this.#ledger.takes(part)) this.#ledger.note(task, part)
    else this.#mustTell = true
  }

  /** Sends the results that were held back. */
  flush(): void {
    const held = this.#held
    if (!held) return
    this.#held = null
    this.#mustTell = false
    const meanMs = (clockMs() - this.#heldSinceMs) / held.count
    const header: HeaderOf<'task-done'> = { type: 'task-done', meanMs }
    this.#channel.send(header, held.encode(0, held.count))
    // Notes are of use until the kernel has what they say: what is still in this process would be lost with it.
    this.#channel.writeNow()
    if (this.#channel.backlogBytes === 0) this.#ledger.begin()
  }

  /** Before the next task begins, the parent must know what is done: a task that ends this process would be taken for another. */
  async #tellAll(): Promise<void> {
    this.flush()
    const taken = this.#channel.flush()
    if (!taken) return
    await taken
    this.#ledger.begin()
  }

  /** Tasks that were sent ahead and not begun go back, for a worker that has nothing to do. */
  #giveBack(): void {
    // Once the parent has read that one ended, it takes the next for begun: that one must stay.
    let mayGo = this.#inTask
    let from = 0
    let to = 0
    for (const group of this.#groups) {
      const kept = mayGo || group.begun === group.end ? group.begun : group.begun + 1
      if (group.begun < group.end) mayGo = true
      if (kept === group.end) continue
      if (to === 0) from = group.header.first + kept
      to = group.header.first + group.end
      group.end = kept
    }
    const header: HeaderOf<'given-back'> = { type: 'given-back', from, to }
    this.#channel.send(header)
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
