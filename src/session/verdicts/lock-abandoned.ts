/** A lock whose holder has ended, and that others wait for. */
import type { ObjectRow, ProcessRow } from '../../shared/session-state.ts'
import type { ProcessId } from '../../shared/telemetry.ts'
import { type Evidence, ending, isSequential, list, nameIn, onlyWait, SETTLED_US, type Verdict } from './verdict.ts'

const BEGINS_US = 5_000_000

/** A semaphore is left out: who takes it need not be who gives it back. */
export function findAbandonedLocks(evidence: Evidence, nowUs: number): Verdict[] {
  const verdicts: Verdict[] = []
  for (const lock of evidence.objects.rows.values()) {
    if (lock.gone || (lock.kind !== 'lock' && lock.kind !== 'rlock') || lock.waiting.length === 0) continue
    const holder = evidence.processes.rows.get(lock.holders[0]?.process ?? '')
    if (!holder || holder.endedAtUs === null || nowUs - holder.endedAtUs < SETTLED_US) continue
    if (holder.signal === null && !holder.exitCode && mayBeGivenBack(evidence, nowUs)) continue
    const waiting = lock.waiting.map(({ process }) => process).filter((id) => isStuckOn(evidence, id, lock, nowUs))
    if (waiting.length > 0) verdicts.push(verdictOn(evidence, lock, holder, waiting))
  }
  return verdicts
}

/** Who ends as it means to, or nobody knows how, may leave a lock for another one to release: any that does not wait for ever itself. */
function mayBeGivenBack(evidence: Evidence, nowUs: number): boolean {
  return [...evidence.processes.rows.values()].some(
    (row) =>
      row.state !== 'exited' &&
      (isSequential(evidence, row) || mayBecomePython(row, nowUs)) &&
      !isHelper(row) &&
      onlyWait(evidence, row.id, nowUs) === undefined,
  )
}

/** One that has just begun is a Python, if it is one, in a moment. */
function mayBecomePython({ runtime, kind, startedAtUs }: ProcessRow, nowUs: number): boolean {
  return runtime === null && kind !== 'thread' && nowUs - startedAtUs < BEGINS_US
}

/** Python's own, which have no locks of the program's. What the fork server has started has its command line, but a name of its own. */
function isHelper({ command, name }: ProcessRow): boolean {
  const [, module] = /\bmultiprocessing\.(resource_tracker|forkserver)\b/.exec(command ?? '') ?? []
  return module !== undefined && name === { resource_tracker: 'resource tracker', forkserver: 'fork server' }[module]
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
