/** Ends that nobody wanted, as sentences. */
import type { ErrorInfo } from '../../shared/telemetry.ts'
import type { Run } from '../run/run.ts'

/** How a child ended. `asked` if this library's user, or a stop, told it to. */
export interface ChildEnd {
  /** Null if a signal ended it, and if it could not be started. */
  exitCode: number | null
  signal: NodeJS.Signals | null
  /** What its target threw, if that is why it ended. */
  error: ErrorInfo | null
  asked: boolean
}

/** @returns how it ended, to be read after its name: `ended by SIGKILL`, `exited with 3` */
export function describeEnd(end: { exitCode: number | null; signal: string | null }): string {
  if (end.exitCode === null && !end.signal) return 'could not be started'
  return end.signal ? `was ended by ${end.signal}` : `exited with ${end.exitCode}`
}

/** @returns the error's name and message on one line, shortened */
export function describeError(error: ErrorInfo): string {
  const line = error.message.split('\n', 1)[0] ?? ''
  const text = line ? `${error.name}: ${line}` : error.name
  return text.length > 300 ? `${text.slice(0, 299)}…` : text
}

/** Tells that a Process ended by an error or a signal; a good or a wanted end is no problem. */
export function reportProcessEnd(
  run: Run,
  child: { path: string; name: string; pid: number | undefined },
  end: ChildEnd,
): void {
  if (end.asked || (end.exitCode === 0 && !end.error)) return
  const error = end.error
  run.problem(false, {
    kind: error ? 'process-failed' : 'process-died',
    message: error ? `${child.name} failed: ${describeError(error)}` : `${child.name} ${describeEnd(end)}`,
    process: child.path,
    ...(child.pid === undefined ? {} : { pid: child.pid }),
    ...(error ? { error } : {}),
  })
}
