/** What the state of a session says is wrong for good: a sentence, with what it rests on. */
import type { ProcessRow, SessionState } from '../../shared/session-state.ts'
import type { ProblemRaised, ProcessId, Wait } from '../../shared/telemetry.ts'

/** All fields but `id` are those of the problem that is raised for it; `id` is the same for as long as the same is wrong. */
export type Verdict = Pick<ProblemRaised, 'kind' | 'message' | 'consequence' | 'process' | 'pid' | 'task' | 'pool'> & {
  id: string
  /** It stays true, whatever comes: what is lost is lost. */
  isFinal?: boolean
}

export type Evidence = Pick<SessionState, 'processes' | 'queues' | 'objects' | 'pools' | 'tasks'>

/** What has lasted less long may be over before it could be told: it is no evidence. */
export const SETTLED_US = 400_000

/**
 * Whether a process does one thing at a time, so that it does nothing else while it waits. In Python each thread does; in
 * JavaScript one may wait for several things at once, and for some that nobody tells of.
 */
export function isSequential({ processes }: Evidence, row: ProcessRow): boolean {
  const runtime = row.runtime ?? (row.kind === 'thread' && processes.rows.get(row.parent ?? '')?.runtime)
  return typeof runtime === 'string' && runtime.startsWith('Python')
}

/** @returns the one thing that a process waits for, without end, and has long enough; undefined if it may go on by itself */
export function onlyWait(evidence: Evidence, process: ProcessId, nowUs: number): Wait | undefined {
  const row = evidence.processes.rows.get(process)
  const [wait, ...others] = row?.waits ?? []
  if (!row || !wait || others.length + row.moreWaits > 0 || wait.timeoutMs !== undefined) return undefined
  return nowUs - wait.sinceUs >= SETTLED_US && isSequential(evidence, row) ? wait : undefined
}

export function nameIn({ processes }: Evidence, process: ProcessId): string {
  return processes.rows.get(process)?.name ?? 'a process'
}

/** @returns the names as one reads them: `Ann, Bob and Cyd` */
export function list(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** @returns how a process ended, to be read after its name */
export function ending({ signal, exitCode, endReason }: ProcessRow): string {
  const how =
    signal !== null ? `was ended by ${signal}` : exitCode !== null ? `ended with exit code ${exitCode}` : 'ended'
  return endReason === null ? how : `${how} (${endReason})`
}
