/** A process that is joined before what it put to a queue was got: it cannot end, and who joins it gets nothing. */
import type { ProcessRow, QueueRow } from '../../shared/session-state.ts'
import { type Evidence, list, onlyWait, SETTLED_US, type Verdict } from './verdict.ts'

export function findThoseThatCannotEnd(evidence: Evidence, nowUs: number): Verdict[] {
  const verdicts: Verdict[] = []
  for (const row of evidence.processes.rows.values()) {
    const wait = onlyWait(evidence, row.id, nowUs)
    if (wait?.on.kind !== 'queue' || wait.on.end !== 'flush') continue
    const queue = evidence.queues.rows.get(wait.on.id)
    const joining = [...evidence.processes.rows.values()].filter((other) => isJoining(evidence, other, row, nowUs))
    if (!queue || joining.length === 0 || isBeingRead(evidence, queue, nowUs)) continue
    verdicts.push(verdictOn(row, queue, joining))
  }
  return verdicts
}

function isJoining(evidence: Evidence, { id }: ProcessRow, process: ProcessRow, nowUs: number): boolean {
  const on = onlyWait(evidence, id, nowUs)?.on
  return on?.kind === 'process' && on.id === process.id
}

/** Whether somebody gets from it, or has and is not waiting for something that has no end. */
function isBeingRead(evidence: Evidence, queue: QueueRow, nowUs: number): boolean {
  const { waitingToGet, consumers, ratePoints } = queue
  if (waitingToGet.length > 0) return true
  const isMoving = ratePoints.some(
    ({ atUs, gets }, i) => nowUs - atUs < SETTLED_US && gets !== (ratePoints[i - 1]?.gets ?? gets),
  )
  const isReader = (id: string) => {
    const row = evidence.processes.rows.get(id)
    return row !== undefined && row.state !== 'exited' && onlyWait(evidence, id, nowUs) === undefined
  }
  return isMoving || consumers.some(isReader)
}

function verdictOn(row: ProcessRow, queue: QueueRow, joining: ProcessRow[]): Verdict {
  const names = list(joining.map(({ name }) => name))
  const verb = joining.length > 1 ? 'wait' : 'waits'
  const items = queue.depth > 0 ? `${queue.depth.toLocaleString('en')} items` : 'items'
  return {
    id: `cannot-end/${row.id}`,
    kind: 'cannot-end',
    message: `${row.name} cannot end: ${items} in ${queue.name} are not got, and it ends only when what it put has left it. ${names} ${verb} for it to end, and gets none meanwhile.`,
    consequence: 'Get the items before join().',
    process: row.id,
    pid: row.pid,
  }
}
