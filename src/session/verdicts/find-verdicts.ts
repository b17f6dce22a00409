/** All verdicts on a session: what its state says is wrong for good. A wrong one is worse than none. */
import { findThoseThatCannotEnd } from './cannot-end.ts'
import { findDeadlocks } from './deadlock.ts'
import { findAbandonedLocks } from './lock-abandoned.ts'
import { findLostTasks } from './task-lost.ts'
import type { Evidence, Verdict } from './verdict.ts'
import { findPoolsWhoseWorkersDie } from './workers-die.ts'

/** Pure: from the state and the time alone, so that a recording is judged as what runs. @param nowUs of the session's clock */
export function findVerdicts(evidence: Evidence, nowUs: number): Verdict[] {
  const all = [findDeadlocks, findAbandonedLocks, findLostTasks, findPoolsWhoseWorkersDie, findThoseThatCannotEnd]
  return all.flatMap((find) => find(evidence, nowUs))
}
