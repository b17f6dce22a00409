/** The errors of the library. Each says in its message what happened and, where there is something to do, what to do. */
import type { ErrorInfo } from '../shared/telemetry.ts'

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

/** An error that was thrown in another process: name, message, stack and cause are the original's. */
export class RemoteError extends Error {
  readonly origin: RemoteOrigin
  constructor(info: ErrorInfo, origin: RemoteOrigin) {
    super(info.message, info.cause ? { cause: new RemoteError(info.cause, origin) } : undefined)
    this.name = info.name
    this.origin = origin
    const where = origin.task ? `${origin.task} in ${origin.process}` : origin.process
    this.stack = `${info.stack}\n    (thrown by ${where}, pid ${origin.pid})`
  }
}

const MAX_CAUSES = 5
const MAX_TEXT = 64 * 1024

/** Any text as a string that can be shown and sent: never throws, never endless. */
function textOf(value: unknown): string {
  try {
    const text = String(value)
    return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
  } catch {
    return 'a value that cannot be written as text'
  }
}

/** @returns anything that was thrown, as plain data; works for whatever was thrown, Error or not */
export function errorInfo(thrown: unknown, depth = 0): ErrorInfo {
  if (!(thrown instanceof Error)) {
    const message = typeof thrown === 'string' ? thrown : `thrown: ${textOf(thrown)}`
    return { name: 'Error', message, stack: `Error: ${message}` }
  }
  let name = 'Error'
  let message = ''
  let stack = ''
  let cause: unknown
  try {
    name = textOf(thrown.name) || 'Error'
    message = textOf(thrown.message)
    stack = textOf(thrown.stack ?? '')
    cause = thrown.cause
  } catch {
    message ||= 'an error whose own message cannot be read'
  }
  const info: ErrorInfo = { name, message, stack: stack || `${name}: ${message}` }
  if (cause !== undefined && depth < MAX_CAUSES) info.cause = errorInfo(cause, depth + 1)
  return info
}
