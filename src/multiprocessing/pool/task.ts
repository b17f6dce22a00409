/** One call that was submitted to a pool. */
import type { ErrorInfo } from '../../shared/telemetry.ts'
import { listOf, OwnBatch, type Part } from '../queue/batch.ts'
import { Queue } from '../queue/queue.ts'
import type { TargetLocation } from '../targets.ts'
import type { Revive } from '../wire/values.ts'
import { AsyncResult, type ResultOwner } from './async-result.ts'
import type { Reader } from './reader.ts'

export type Calls = 'one' | 'items' | 'lists'

/** How something is to be done: the same for all tasks that differ in nothing but their arguments. */
export interface Call {
  readonly target: TargetLocation
  /** What a task's payload holds: one call's arguments, or for several calls the item or the list of arguments of each. */
  readonly calls: Calls
  readonly callback: ((value: never) => void) | undefined
  readonly errorCallback: ((error: Error) => void) | undefined
  /** Lower comes first. */
  readonly priority: number
  /** Program time that it may run, from its start in a worker; undefined without end. */
  readonly timeoutMs: number | undefined
  readonly signal: AbortSignal | undefined
  /** How often it is run again after a failure. */
  readonly retries: number
  /** Who reads the results one by one; undefined where each is asked for by itself. */
  readonly reader: Reader | undefined
}

/** What a task has of its pool. */
export interface TaskHost {
  /** What the ids of tasks begin with. */
  readonly idPrefix: string
  readonly watched: boolean
  observed(task: Task): void
  waits(task: Task): (() => void) | undefined
  realMs(programMs: number): number
  revive: Revive
}

/** Kept small: a program may have hundreds of thousands of them waiting. */
export class Task implements ResultOwner {
  readonly call: Call
  /** The encoded arguments, as `listPart` makes them. */
  readonly payload: Part | number
  readonly result: AsyncResult<unknown>
  /** Stops what waits on its behalf: its clock and its listener on the signal. */
  stopWaiting: (() => void) | null = null
  error: ErrorInfo | null = null
  /** Its number among all that its worker was given, once it has one. */
  given = -1
  readonly #host: TaskHost
  readonly #number: number
  #name: string | undefined

  /**
   * @param name the call in words; undefined as long as nobody wants to know
   * @param result whose it is, if the task is another try; else it gets one of its own
   */
  constructor(
    host: TaskHost,
    number: number,
    call: Call,
    payload: Part | number,
    name: string | undefined,
    result?: AsyncResult<unknown>,
  ) {
    this.#host = host
    this.#number = number
    this.call = call
    this.payload = payload
    this.#name = name
    this.result = result ?? new AsyncResult(this)
  }

  get id(): string {
    return `${this.#host.idPrefix}${this.#number}`
  }

  /** The call in words. */
  get name(): string {
    this.#name ??= inWords(this.call, this.payload, this.#host.revive)
    return this.#name
  }

  get watched(): boolean {
    return this.#host.watched
  }

  observed(): void {
    this.#host.observed(this)
  }

  waits(): (() => void) | undefined {
    return this.#host.waits(this)
  }

  realMs(programMs: number): number {
    return this.#host.realMs(programMs)
  }
}

/** From what was sent, for the arguments themselves may have changed since. */
function inWords({ target, calls }: Call, payload: Part | number, reviver: Revive): string {
  const batch = new OwnBatch()
  batch.addItem(payload)
  const args = listOf(batch.valueAt(0, reviver))
  return calls === 'one' ? describeCall(target.name, args) : describeChunk(target.name, calls, args)
}

const MAX_ARGUMENT_CHARACTERS = 24

/** Even what can be sent may not want to be looked at: that must not refuse it. */
function describeArgument(value: unknown): string {
  try {
    return shortly(value)
  } catch {
    return '{…}'
  }
}

function shortly(value: unknown): string {
  if (value instanceof Queue) return value.name
  if (Array.isArray(value)) return value.length === 0 ? '[]' : '[…]'
  if (typeof value === 'string') {
    const text = JSON.stringify(value)
    return text.length > MAX_ARGUMENT_CHARACTERS ? `${text.slice(0, MAX_ARGUMENT_CHARACTERS - 2)}…"` : text
  }
  if (typeof value === 'object' && value !== null) {
    const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name
    return !name || name === 'Object' ? '{…}' : name
  }
  return typeof value === 'bigint' ? `${value}n` : String(value)
}

/** @returns a chunk of calls in words: `square × 8` */
export function describeChunk(name: string, calls: 'items' | 'lists', chunk: readonly unknown[]): string {
  if (chunk.length !== 1) return `${name} × ${chunk.length}`
  return describeCall(name, calls === 'items' ? chunk : (chunk[0] as unknown[]))
}

/** @returns the call as it would be written, arguments shortened: `spider(pages, 3)` */
export function describeCall(name: string, args: readonly unknown[]): string {
  const shown = args.slice(0, 4).map(describeArgument)
  return `${name}(${shown.join(', ')}${args.length > 4 ? ', …' : ''})`
}
