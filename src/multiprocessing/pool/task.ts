/** One call that was submitted to a pool. */

import type { TargetLocation } from '../targets.ts'
import type { Part } from '../wire/batch/part.ts'
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

/** The tasks of one priority that wait for a worker. */
export interface Row {
  readonly priority: number
  head: Task | null
  tail: Task | null
}

/** What a task has of its pool. */
export interface TaskHost {
  /** What the ids of tasks begin with. */
  readonly idPrefix: string
  readonly watched: boolean
  observed(task: Task): void
  waits(task: Task, timeoutMs?: number): (() => void) | undefined
  realMs(programMs: number): number
}

/** Kept small: a program may have hundreds of thousands of them waiting. */
export class Task implements ResultOwner {
  readonly call: Call
  /** The call in words. */
  readonly name: string
  /** The encoded arguments, as `listPart` makes them. */
  readonly payload: Part | number
  readonly result: AsyncResult<unknown>
  /** Stops what waits on its behalf: its clock and its listener on the signal. */
  stopWaiting: (() => void) | null = null
  hasFailed = false
  /** Its number among all that its worker was given, once it has one. */
  given = -1
  /** Where it is in the list of those that wait; null once it is not. */
  row: Row | null = null
  before: Task | null = null
  after: Task | null = null
  readonly #host: TaskHost
  readonly #number: number

  /**
   * @param name the call in words
   * @param result whose it is, if the task is another try; else it gets one of its own
   */
  constructor(
    host: TaskHost,
    number: number,
    call: Call,
    payload: Part | number,
    name: string,
    result?: AsyncResult<unknown>,
  ) {
    this.#host = host
    this.#number = number
    this.call = call
    this.payload = payload
    this.name = name
    this.result = result ?? new AsyncResult(this)
    this.result.owner = this
  }

  get id(): string {
    return `${this.#host.idPrefix}${this.#number}`
  }

  get watched(): boolean {
    return this.#host.watched
  }

  observed(): void {
    this.#host.observed(this)
  }

  waits(timeoutMs?: number): (() => void) | undefined {
    return this.#host.waits(this, timeoutMs)
  }

  realMs(programMs: number): number {
    return this.#host.realMs(programMs)
  }
}
