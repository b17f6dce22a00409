/** A pool whose workers end before they take a task, and are started again and again. */
import type { PoolRow, ProcessRow } from '../../shared/session-state.ts'
import { type Evidence, ending, type Verdict } from './verdict.ts'

/** Fewer may be bad luck. */
const MANY = 3

export function findPoolsWhoseWorkersDie(evidence: Evidence): Verdict[] {
  const verdicts: Verdict[] = []
  for (const pool of evidence.pools.rows.values()) {
    const isAwaited = (pool.state === 'open' || pool.state === 'closed') && pool.waiting > 0
    if (pool.noticesDeaths || !isAwaited || pool.running + pool.done + pool.failed > 0) continue
    const workers = [...evidence.processes.rows.values()].filter((row) => isWorkerOf(row, pool))
    const dead = workers.filter(({ endedAtUs, exitCode }) => endedAtUs !== null && exitCode !== 0)
    const last = dead.at(-1)
    const isOneReady = workers.some((row) => row.waits.some(({ on }) => on.id === pool.id))
    if (last && dead.length >= MANY && !isOneReady) verdicts.push(verdictOn(pool, dead.length, last))
  }
  return verdicts
}

/** One that ends before it has come to its pool's own code is known by its name alone, which the pool gives it. */
function isWorkerOf(row: ProcessRow, { id, owner }: PoolRow): boolean {
  return row.pool === id || (row.pool === null && row.parent === owner && /PoolWorker-\d/.test(row.name))
}

function verdictOn(pool: PoolRow, count: number, last: ProcessRow): Verdict {
  const tasks = pool.waiting === 1 ? 'its task waits' : `its ${pool.waiting.toLocaleString('en')} tasks wait`
  return {
    id: `workers-die/${pool.id}`,
    kind: 'worker-died',
    message: `The workers of ${pool.name} end before they take a task: ${count} so far, the last of which, ${last.name}, ${ending(last)}. Others are started in their place, and ${tasks}.`,
    consequence: 'See what its initializer does, and what the program does when it is imported.',
    process: pool.owner,
    pool: pool.id,
  }
}
