/** A pool's tasks as cells. */
import type { PoolRow, TaskRow } from '../../shared/session-state.ts'

export interface PoolCells {
  tasks: TaskRow[]
  /** Earlier tasks for which there is no cell. */
  left: number
  /** Cells in a row. */
  columns: number
}

const MOST_CELLS = 200

/** @returns the cells of a pool's last tasks, in the order in which they were submitted */
export function poolCells(pool: PoolRow, tasks: ReadonlyMap<string, TaskRow>): PoolCells {
  const own: TaskRow[] = []
  for (const task of tasks.values()) if (task.pool === pool.id) own.push(task)
  own.sort((a, b) => a.number - b.number)
  const shown = own.slice(-MOST_CELLS)
  const all = pool.done + pool.failed + pool.stopped + pool.running + pool.waiting
  return { tasks: shown, left: Math.max(0, all - shown.length), columns: shown.length > 40 ? 20 : 10 }
}

/** @returns why a failed task cannot be run again, or null if it can */
export function whyNoRetry(
  task: TaskRow,
  pool: PoolRow | undefined,
  tasks: ReadonlyMap<string, TaskRow>,
  live: boolean,
): string | null {
  if (task.state !== 'failed') return 'It did not fail'
  for (const other of tasks.values()) {
    if (other.retryOf === task.id) return `It was run again as task ${other.number}`
  }
  if (!live || !pool || pool.state === 'ended') return 'The pool has ended'
  if (pool.state === 'broken') return 'The pool is broken'
  if (pool.state === 'terminated') return 'The pool was terminated'
  return null
}
