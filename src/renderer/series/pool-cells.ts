/** A pool's tasks as cells. */
import type { PoolRow, TaskRow } from '../../shared/session-state.ts'

export interface CellRow {
  /** The number of the first task; null where the row is no stretch of consecutive ones. */
  from: number | null
  /** null stands for a task that is counted and not kept: it ended long ago, or waits behind very many. */
  cells: (TaskRow | null)[]
}

export interface PoolCells {
  rows: CellRow[]
  /** Cells in a row. */
  columns: 10 | 20
  /** Tasks for which there is no cell. */
  left: number
  /** Running tasks among those. */
  runningLeft: number
}

/** With no more tasks than this, each cell has room for its number. */
const FEW = 40
/** So many rows there is room for; twice as many of lower cells, where only they show all that runs. */
export const ROWS = 4
const MOST_ROWS = 2 * ROWS

/**
 * What runs is always among the cells. They are rows of consecutive tasks, so that a cell stays in its column: those in which
 * something runs, and the ones around them. Where too many rows were needed for that, only what runs has cells.
 * @param kept a task that has a cell whatever it does: the selected one
 */
export function poolCells(pool: PoolRow, tasks: ReadonlyMap<string, TaskRow>, kept: string | null): PoolCells {
  const own = new Map<number, TaskRow>()
  const needed: TaskRow[] = []
  let next: TaskRow | undefined
  for (const task of tasks.values()) {
    if (task.pool !== pool.id) continue
    own.set(task.number, task)
    if (task.state === 'running' || task.id === kept) needed.push(task)
    if (task.state === 'waiting') next ??= task
  }
  const all = pool.submitted
  const columns = all > FEW ? 20 : 10
  const count = Math.ceil(all / columns)
  const rowOf = ({ number }: TaskRow) => Math.floor((number - 1) / columns)
  const rows = new Set(needed.map(rowOf))
  const shown =
    rows.size > MOST_ROWS
      ? packed(needed, columns)
      : withNeighbours(rows.size > 0 ? rows : new Set([next ? rowOf(next) : Math.max(0, count - 1)]), count).map(
          (row) => consecutive(row * columns + 1, Math.min(all, (row + 1) * columns), own),
        )
  const cells = shown.flatMap((row) => row.cells)
  const running = cells.filter((task) => task?.state === 'running').length
  return {
    rows: shown,
    columns,
    left: Math.max(0, all - cells.length),
    runningLeft: Math.max(0, pool.running - running),
  }
}

/** @returns the rows and those nearest to them, until there are enough, in their order */
function withNeighbours(rows: ReadonlySet<number>, count: number): number[] {
  const found = new Set([...rows].filter((row) => row < count))
  const enough = Math.min(ROWS, count)
  for (let away = 1; found.size < enough && away < count; away++) {
    for (const row of rows) {
      for (const neighbour of [row - away, row + away]) {
        if (neighbour >= 0 && neighbour < count && found.size < enough) found.add(neighbour)
      }
    }
  }
  return [...found].sort((a, b) => a - b)
}

function consecutive(from: number, to: number, own: ReadonlyMap<number, TaskRow>): CellRow {
  return { from, cells: Array.from({ length: to - from + 1 }, (_, i) => own.get(from + i) ?? null) }
}

function packed(tasks: readonly TaskRow[], columns: number): CellRow[] {
  const shown = [...tasks].sort((a, b) => a.number - b.number).slice(0, MOST_ROWS * columns)
  return Array.from({ length: Math.ceil(shown.length / columns) }, (_, row) => ({
    from: null,
    cells: shown.slice(row * columns, (row + 1) * columns),
  }))
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
