/** Processes in the order of their tree: main, its children as they started, theirs below them. */
import type { ProcessRow } from '../../shared/session-state.ts'

export interface TreeRow {
  row: ProcessRow
  /** 0 for main. */
  level: number
}

/** Rows keep their place when they end, so that nothing jumps; what has no known parent stands at the top. */
export function treeRows(processes: ReadonlyMap<string, ProcessRow>): TreeRow[] {
  const children = new Map<string | null, ProcessRow[]>()
  for (const row of processes.values()) {
    const parent = row.parent !== null && processes.has(row.parent) ? row.parent : null
    const siblings = children.get(parent)
    if (siblings) siblings.push(row)
    else children.set(parent, [row])
  }
  const rows: TreeRow[] = []
  const visit = (parent: string | null, level: number) => {
    for (const row of children.get(parent) ?? []) {
      rows.push({ row, level })
      visit(row.id, level + 1)
    }
  }
  visit(null, 0)
  return rows
}
