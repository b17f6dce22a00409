/** The errors of the library. Each says in its message what happened and, where there is something to do, what to do. */
import { isNotDeeper } from '../shared/checks.ts'
import type { ErrorInfo } from '../shared/telemetry.ts'
import { MAX_ERROR_PROPERTIES } from '../shared/telemetry-check.ts'

/** Base of every error that the library itself throws. */
export class MultiprocessingError extends Error {
  override name = 'MultiprocessingError'
}

/** `get` found nothing in the time it was given. Python's `queue.Empty`. */
export class Empty extends MultiprocessingError {
  override name = 'Empty'
}

/** `put` found no room in the time it was given. Python's `queue.Full`. */
export class Full extends MultiprocessingError {
  override name = 'Full'
  /** Of many that were to be put: how many are in the queue. */
  put = 0
}

/** A wait other than `get` and `put` took longer than it was allowed to. Python's `multiprocessing.TimeoutError`. */
export class TimeoutError extends MultiprocessingError {
  override name = 'TimeoutError'
}

/** The queue is closed: nothing can be put, or nothing is left to get. Also when the process that keeps it is gone. */
export class QueueClosedError extends MultiprocessingError {
  override name = 'QueueClosedError'
}

/** A target that a child could not find: a closure, a bound function, a function that its module does not export. */
export class TargetError extends MultiprocessingError {
  override name = 'TargetError'
}

/** A value that cannot travel to another process. */
export class UnsendableError extends MultiprocessingError {
  override name = 'UnsendableError'
}

/** Something was asked of a process or pool that its state does not allow: started twice, submitted to after `close`. */
export class StateError extends MultiprocessingError {
  override name = 'StateError'
}

/** The run was stopped while this was waiting. */
export class StoppedError extends MultiprocessingError {
  override name = 'StoppedError'
  constructor(message = 'The program was stopped.') {
    super(message)
  }
}

/** The worker that ran the task ended before the task did. */
export class WorkerDiedError extends MultiprocessingError {
  override name = 'WorkerDiedError'
  readonly pid: number
  readonly exitCode: number | null
  readonly signal: string | null
  constructor(message: string, end: { pid: number; exitCode: number | null; signal: string | null }) {
    super(message)
    this.pid = end.pid
    this.exitCode = end.exitCode
    this.signal = end.signal
  }
}

/** The task was cancelled before it was done. */
export class CancelledError extends MultiprocessingError {
  override name = 'CancelledError'
}

/** The pool gave up: its workers kept dying before they could take a task. */
export class PoolBrokenError extends MultiprocessingError {
  override name = 'PoolBrokenError'
}

/** The bytes between two processes are not what the protocol allows; the connection they came by is closed. */
export class WireError extends MultiprocessingError {
  override name = 'WireError'
}

/** The barrier was broken: somebody waited too long, died while it waited, or aborted it. Python's `BrokenBarrierError`. */
export class BrokenBarrierError extends MultiprocessingError {
  override name = 'BrokenBarrierError'
}

/** Nothing is left to receive and nobody can send any more. Python's `EOFError`. */
export class EndOfFileError extends MultiprocessingError {
  override name = 'EndOfFileError'
}

const REFUSALS = { Empty, Full, QueueClosedError, StateError, BrokenBarrierError, EndOfFileError } as const

/** @returns the error with which another process refused a request; one of an unknown name is the base of all */
export function refusalFrom(name: string, message: string): MultiprocessingError {
  const Refusal = Object.hasOwn(REFUSALS, name) ? REFUSALS[name as keyof typeof REFUSALS] : MultiprocessingError
  return new Refusal(message)
}

/** Where an error came from, put on errors that crossed a process boundary. */
export interface RemoteOrigin {
  process: string
  pid: number
  task?: string
}

/**
 * An error that was thrown in another process: name, message, stack, cause and `errors` are the original's. So are its other own
 * properties, such as `code`, as far as they are plain data and not too many.
 */
export class RemoteError extends Error {
  readonly origin: RemoteOrigin
  /** Those that an AggregateError is made of. */
  declare readonly errors?: readonly RemoteError[]
  constructor(info: ErrorInfo, origin: RemoteOrigin) {
    super(info.message, info.cause ? { cause: new RemoteError(info.cause, origin) } : undefined)
    this.name = info.name
    this.origin = origin
    if (info.errors) this.errors = info.errors.map((each) => new RemoteError(each, origin))
    const where = origin.task ? `${origin.task} in ${origin.process}` : origin.process
    this.stack = `${info.stack}\n    (thrown by ${where}, pid ${origin.pid})`
    // What every error has is the library's to say.
    for (const [key, value] of Object.entries(info.properties ?? {})) {
      if (!(key in this) && key !== 'cause') Object.assign(this, { [key]: value })
    }
  }
}

const MAX_CAUSES = 5
/** An error brings no more others with it, causes and those that it is made of together. */
const MAX_OTHERS = 32
const MAX_TEXT = 64 * 1024
/** Of all properties together, as JSON. */
const MAX_PROPERTY_BYTES = 4 * 1024
const MOST_PROPERTY_LEVELS = 16

/** Any text as a string that can be shown and sent: never throws, never endless. */
export function textOf(value: unknown): string {
  try {
    const text = String(value)
    return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
  } catch {
    return 'a value that cannot be written as text'
  }
}

/** Whether JSON says the same, and not much of it. @param size how many parts it may have, counted down */
function isPlainData(value: unknown, size: { left: number }): boolean {
  if (size.left-- <= 0) return false
  if (typeof value === 'string') return value.length <= MAX_PROPERTY_BYTES
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value === 'boolean' || value === null) return true
  if (typeof value !== 'object') return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (Array.isArray(value) ? prototype !== Array.prototype : prototype !== Object.prototype) return false
  return Object.values(value).every((part) => isPlainData(part, size))
}

/** @returns an error's own properties, as far as they can travel whatever they are; never throws */
function propertiesOf(error: Error): Record<string, unknown> | undefined {
  const found = new Map<string, unknown>()
  let left = MAX_PROPERTY_BYTES
  try {
    for (const key of Object.keys(error)) {
      if (found.size === MAX_ERROR_PROPERTIES) break
      if (key in Error.prototype || OWN_OF_ERRORS.has(key)) continue
      const json = jsonOf(error, key)
      if (json === undefined) continue
      const bytes = Buffer.byteLength(json) + Buffer.byteLength(key)
      if (bytes > left) continue
      left -= bytes
      found.set(key, JSON.parse(json))
    }
  } catch {
    // A proxy that does not say what it has; what it has said is told.
  }
  return found.size > 0 ? Object.fromEntries(found) : undefined
}

/** Told by themselves, or the library's own. */
const OWN_OF_ERRORS: ReadonlySet<string> = new Set(['stack', 'cause', 'origin'])

function jsonOf(error: Error, key: string): string | undefined {
  try {
    // Read once: a getter may say something else each time.
    const value = (error as unknown as Record<string, unknown>)[key]
    if (!isNotDeeper(value, MOST_PROPERTY_LEVELS)) return undefined
    return isPlainData(value, { left: MAX_PROPERTY_BYTES }) ? JSON.stringify(value) : undefined
  } catch {
    return undefined
  }
}

/** Even to ask that may throw: of a proxy. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error
  } catch {
    return false
  }
}

/** @returns anything that was thrown, as plain data; works for whatever was thrown, Error or not */
export function errorInfo(thrown: unknown): ErrorInfo {
  return infoOf(thrown, 0, { left: MAX_OTHERS })
}

function infoOf(thrown: unknown, depth: number, others: { left: number }): ErrorInfo {
  if (!isError(thrown)) {
    const message = typeof thrown === 'string' ? thrown : `thrown: ${textOf(thrown)}`
    return { name: 'Error', message, stack: `Error: ${message}` }
  }
  let name = 'Error'
  let message = ''
  let stack = ''
  let cause: unknown
  let errors: unknown[] = []
  try {
    name = textOf(thrown.name) || 'Error'
    message = textOf(thrown.message)
    stack = textOf(thrown.stack ?? '')
    cause = thrown.cause
    const parts: unknown = (thrown as AggregateError).errors
    if (Array.isArray(parts) && parts.some(isError)) errors = parts.slice(0, MAX_OTHERS)
  } catch {
    message ||= 'an error whose own message cannot be read'
  }
  const info: ErrorInfo = { name, message, stack: stack || `${name}: ${message}` }
  if (depth < MAX_CAUSES) {
    if (cause !== undefined && others.left-- > 0) info.cause = infoOf(cause, depth + 1, others)
    const told = errors.filter(() => others.left-- > 0)
    if (told.length > 0) info.errors = told.map((each) => infoOf(each, depth + 1, others))
  }
  const properties = propertiesOf(thrown)
  if (properties) info.properties = properties
  return info
}
