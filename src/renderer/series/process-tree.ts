/** Processes in the order in which they came, each as deep as its place in the tree, as far as that can be told without moving another. */
import type { ProcessRow } from '../../shared/session-state.ts'

export interface TreeRow {
  row: ProcessRow
  /** 0 for what has no known parent. */
  level: number
  /** The parent of one that came when others already stood between the two; null where its place says whose child it is. */
  childOf: ProcessRow | null
}

/** Parents are followed so far up: what is told may go in a circle. */
const MOST_LEVELS = 100

/**
 * No row ever moves: a new one is the last, and those that end keep their place. It stands under its parent if nothing but that one's
 * descendants came since; else under the nearest ancestor of which that is so, and names its parent.
 */
export function treeRows(processes: ReadonlyMap<string, ProcessRow>): TreeRow[] {
  const rows: TreeRow[] = []
  /** The last row and those above it in the tree, the topmost first: a new row can stand under each of them. */
  let open: ProcessRow[] = []
  for (const row of processes.values()) {
    const parent = row.parent === null ? undefined : processes.get(row.parent)
    let above = parent
    let at = -1
    for (let i = 0; above && i < MOST_LEVELS; i++) {
      at = open.indexOf(above)
      if (at >= 0) break
      above = above.parent === null ? undefined : processes.get(above.parent)
    }
    open = [...open.slice(0, at + 1), row]
    rows.push({ row, level: at + 1, childOf: parent && open[at] !== parent ? parent : null })
  }
  return rows
}
