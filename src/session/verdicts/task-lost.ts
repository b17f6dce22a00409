/** Tasks that a worker had when it died, in a pool that does not notice. */
import type { ProcessRow, TaskRow } from '../../shared/session-state.ts'
import type { Wait } from '../../shared/telemetry.ts'
import { type Evidence, ending, list, SETTLED_US, type Verdict } from './verdict.ts'

export function findLostTasks(evidence: Evidence, nowUs: number): Verdict[] {
  const { pools, tasks, processes } = evidence
  const careless = new Set(
    [...pools.rows.values()]
      .filter(({ noticesDeaths, state }) => !noticesDeaths && (state === 'open' || state === 'closed'))
      .map(({ id }) => id),
  )
  if (careless.size === 0) return []
  const verdicts: Verdict[] = []
  for (const task of tasks.rows.values()) {
    if (task.state !== 'running' || !careless.has(task.pool)) continue
    const worker = processes.rows.get(task.process ?? '')
    if (!worker || worker.endedAtUs === null || nowUs - worker.endedAtUs < SETTLED_US) continue
    verdicts.push(verdictOn(evidence, task, worker))
  }
  return verdicts
}

function isForEver({ on, timeoutMs }: Wait, task: TaskRow): boolean {
  const isFor = on.id === task.id || (on.kind === 'pool' && on.id === task.pool && on.end !== 'task')
  return isFor && timeoutMs === undefined
}

function verdictOn(evidence: Evidence, task: TaskRow, worker: ProcessRow): Verdict {
  const waiting = [...evidence.processes.rows.values()].filter(({ waits }) =>
    waits.some((wait) => isForEver(wait, task)),
  )
  const names = list(waiting.map(({ name }) => name))
  const who = names === '' ? 'whoever waits for its result waits' : `${names} ${waiting.length > 1 ? 'wait' : 'waits'}`
  return {
    id: `task-lost/${task.id}`,
    kind: 'task-lost',
    message: `${worker.name} ${ending(worker)} while it ran ${task.name}. Its pool does not notice: ${who} for ever.`,
    consequence: 'Wait with a timeout, or use ProcessPoolExecutor, which says so.',
    process: worker.id,
    pid: worker.pid,
    task: task.id,
    pool: task.pool,
    isFinal: true,
  }
}
