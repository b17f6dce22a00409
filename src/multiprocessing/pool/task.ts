/** One call that was submitted to a pool. */
import type { ErrorInfo } from '../../shared/telemetry.ts'
import { Queue } from '../queue/queue.ts'
import type { TargetLocation } from '../targets.ts'
import type { AsyncResult } from './async-result.ts'

export interface Task {
  readonly id: string
  /** The call in words. */
  readonly name: string
  readonly target: TargetLocation
  /** The encoded arguments. */
  readonly payload: Uint8Array
  readonly result: AsyncResult<unknown>
  readonly callback: ((value: never) => void) | undefined
  readonly errorCallback: ((error: Error) => void) | undefined
  error: ErrorInfo | null
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

/** @returns the call as it would be written, arguments shortened: `spider(pages, 3)` */
export function describeCall(name: string, args: readonly unknown[]): string {
  const shown = args.slice(0, 4).map(describeArgument)
  return `${name}(${shown.join(', ')}${args.length > 4 ? ', …' : ''})`
}
