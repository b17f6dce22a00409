/** Ends that nobody wanted, as sentences. */
import type { ErrorInfo } from '../../shared/telemetry.ts'
import type { Run } from '../run/run.ts'
import type { ChildEnd } from './child.ts'

/** @returns how it ended, to be read after its name: `ended by SIGKILL`, `exited with 3` */
export function describeEnd(end: { exitCode: number | null; signal: string | null }): string {
  return end.signal ? `was ended by ${end.signal}` : `exited with ${end.exitCode}`
}

/** @returns the error's name and message on one line, shortened */
export function describeError(error: ErrorInfo): string {
  const line = error.message.split('\n', 1)[0] ?? ''
  const text = line ? `${error.name}: ${line}` : error.name
  return text.length > 300 ? `${text.slice(0, 299)}…` : text
}

/** Tells that a Process ended by an error or a signal; a good or a wanted end is no problem. */
export function reportProcessEnd(run: Run, child: { path: string; name: string; pid: number }, end: ChildEnd): void {
  if (end.asked || (end.exitCode === 0 && !end.error)) return
  const error = end.error
  run.problem(false, {
    kind: error ? 'process-failed' : 'process-died',
    message: error ? `${child.name} failed: ${describeError(error)}` : `${child.name} ${describeEnd(end)}`,
    process: child.path,
    pid: child.pid,
    ...(error ? { error } : {}),
  })
}
