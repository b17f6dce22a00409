/** A lock whose holder has ended, and that others wait for. */
import type { ObjectRow, ProcessRow } from '../../shared/session-state.ts'
import type { ProcessId } from '../../shared/telemetry.ts'
import { type Evidence, ending, list, nameIn, onlyWait, SETTLED_US, type Verdict } from './verdict.ts'

/** A semaphore is left out: who takes it need not be who gives it back. */
export function findAbandonedLocks(evidence: Evidence, nowUs: number): Verdict[] {
  const verdicts: Verdict[] = []
  for (const lock of evidence.objects.rows.values()) {
    if (lock.gone || (lock.kind !== 'lock' && lock.kind !== 'rlock') || lock.waiting.length === 0) continue
    const holder = evidence.processes.rows.get(lock.holders[0]?.process ?? '')
    if (!holder || holder.endedAtUs === null || nowUs - holder.endedAtUs < SETTLED_US) continue
    const waiting = lock.waiting.map(({ process }) => process).filter((id) => isStuckOn(evidence, id, lock, nowUs))
    if (waiting.length > 0) verdicts.push(verdictOn(evidence, lock, holder, waiting))
  }
  return verdicts
}

function isStuckOn(evidence: Evidence, process: ProcessId, lock: ObjectRow, nowUs: number): boolean {
  return onlyWait(evidence, process, nowUs)?.on.id === lock.id
}

function verdictOn(evidence: Evidence, lock: ObjectRow, holder: ProcessRow, waiting: ProcessId[]): Verdict {
  const names = list(waiting.map((id) => nameIn(evidence, id)))
  return {
    id: `lock-abandoned/${lock.id}/${holder.id}`,
    kind: 'lock-abandoned',
    message: `${holder.name} ${ending(holder)} while it had ${lock.name}: ${names} ${waiting.length > 1 ? 'wait' : 'waits'} for it for ever.`,
    consequence: 'Nobody else can release it. Use `with`, or release it in a `finally`.',
    process: holder.id,
    pid: holder.pid,
  }
}
