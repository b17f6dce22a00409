/** One call that was submitted to a pool. */
import type { ErrorInfo } from '../../shared/telemetry.ts'
import type { Part } from '../queue/batch.ts'
import { Queue } from '../queue/queue.ts'
import type { TargetLocation } from '../targets.ts'
import type { AsyncResult } from './async-result.ts'

export type Calls = 'one' | 'items' | 'lists'

export interface Task {
  readonly id: string
  /** The call in words. */
  readonly name: string
  readonly target: TargetLocation
  /** The encoded arguments. */
  readonly payload: Part
  readonly result: AsyncResult<unknown>
  /** What the payload holds: one call's arguments, or for several calls the item or the list of arguments of each. */
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
  /** Stops what waits on its behalf: its clock and its listener on the signal. */
  stopWaiting: (() => void) | null
  error: ErrorInfo | null
  /** Its number among all that its worker was given, once it has one. */
  given: number
}

const MAX_ARGUMENT_CHARACTERS = 24

function describeArgument(value: unknown): string {
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
