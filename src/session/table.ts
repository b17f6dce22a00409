/**
 * One bounded table: rows in the order in which they came, which of them changed at which revision, and what was forgotten.
 *
 * A row that has ended is forgotten once so many others have ended after it. The changes are a bounded list of ids: a view
 * is brought up to date by those after what it has seen, at a cost of what changed and not of what exists; one that has
 * missed more than the list goes back is given the table whole.
 */
import type { TablePatch } from '../shared/session-patch.ts'
import type { Row, Table } from '../shared/session-state.ts'
import { LIMITS } from './limits.ts'

/** A table together with what only its reducer needs. */
export interface TrackedTable<T extends Row> extends Table<T> {
  /** How many rows have come so far. */
  came: number
  /** So many rows that go on there are at most. */
  most: number
  /** Rows that have ended, in the order of their end. */
  ended: string[]
  /** What changed, the latest last; a row that is not there any more was forgotten. */
  changes: { rev: number; id: string }[]
  /** Changes up to this revision are not known any more. */
  changesFrom: number
}

/** @returns a view's empty table */
export function createTable<T extends Row>(): Table<T> {
  return { rows: new Map(), forgotten: 0 }
}

/** @returns a reducer's empty table */
export function createTrackedTable<T extends Row>(most: number): TrackedTable<T> {
  return { ...createTable<T>(), came: 0, most, ended: [], changes: [], changesFrom: 0 }
}

/**
 * Adds a row. One whose id is there already is not added, for ids are unique; nor is one too many, which counts as forgotten.
 * @returns whether it was added
 */
export function addRow<T extends Row>(
  table: TrackedTable<T>,
  rev: number,
  row: Omit<T, 'rev' | 'order'>,
  most = table.most,
): boolean {
  const { id } = row as { id: string }
  if (table.rows.has(id)) return false
  if (table.rows.size - table.ended.length >= most) {
    table.forgotten++
    note(table, rev, id)
    return false
  }
  table.rows.set(id, { ...row, rev, order: table.came++ } as T)
  note(table, rev, id)
  return true
}

/** Changes a row, if there is one: the fields given, or what a function makes of the row. The row is a fresh object then: a view in the same process may hold the one before. */
export function changeRow<T extends Row>(
  table: TrackedTable<T>,
  rev: number,
  id: string,
  change: Partial<NoInfer<T>> | ((row: T) => Partial<NoInfer<T>>),
): void {
  const row = table.rows.get(id)
  if (!row) return
  table.rows.set(id, Object.assign({ ...row, rev }, typeof change === 'function' ? change(row) : change))
  note(table, rev, id)
}

/** A row has ended, which it does once. @returns the id of the row that is forgotten for it, if one is */
export function endRow<T extends Row>(table: TrackedTable<T>, rev: number, id: string, limit: number): string | null {
  table.ended.push(id)
  if (table.ended.length <= limit) return null
  const oldest = table.ended.shift() as string
  table.rows.delete(oldest)
  table.forgotten++
  note(table, rev, oldest)
  return oldest
}

function note<T extends Row>(table: TrackedTable<T>, rev: number, id: string): void {
  const last = table.changes.at(-1)
  if (last?.id === id) last.rev = rev
  else table.changes.push({ rev, id })
  if (table.changes.length >= 2 * LIMITS.changes) compact(table)
}

/** Of each row only the last change matters, and of those only the latest. */
function compact<T extends Row>(table: TrackedTable<T>): void {
  const { changes } = table
  const seen = new Set<string>()
  const kept: TrackedTable<T>['changes'] = []
  for (let i = changes.length - 1; i >= 0; i--) {
    const change = changes[i] as { rev: number; id: string }
    if (seen.has(change.id)) continue
    if (kept.length === LIMITS.changes) {
      table.changesFrom = change.rev
      break
    }
    seen.add(change.id)
    kept.push(change)
  }
  table.changes = kept.reverse()
}

/** @returns what changed after revision `since`, undefined if nothing did */
export function tablePatch<T extends Row>(table: TrackedTable<T>, since: number): TablePatch<T> | undefined {
  const { rows, changes, forgotten } = table
  if (since === 0 ? table.came > 0 : since < table.changesFrom)
    return { all: true, rows: [...rows.values()], forgotten }
  const changed: T[] = []
  const gone: string[] = []
  const seen = new Set<string>()
  for (let i = changes.length - 1; i >= 0; i--) {
    const { rev, id } = changes[i] as { rev: number; id: string }
    if (rev <= since) break
    if (seen.has(id)) continue
    seen.add(id)
    const row = rows.get(id)
    if (row) changed.push(row)
    else gone.push(id)
  }
  if (seen.size === 0) return undefined
  changed.sort((a, b) => a.order - b.order)
  return { rows: changed, ...(gone.length > 0 && { gone }), forgotten }
}

/**
 * Brings a view's table up to date, in place.
 * @returns the ids of rows that are no more, also of those in whose place there is another now; 'all' if that is every one
 */
export function applyTablePatch<T extends Row>(table: Table<T>, patch: TablePatch<T>): string[] | 'all' {
  const gone = patch.gone ?? []
  if (patch.all) table.rows.clear()
  for (const id of gone) table.rows.delete(id)
  const replaced = patch.rows.filter((row) => (table.rows.get(row.id)?.order ?? row.order) !== row.order)
  for (const { id } of replaced) table.rows.delete(id)
  for (const row of patch.rows) table.rows.set(row.id, row)
  table.forgotten = patch.forgotten
  return patch.all ? 'all' : [...gone, ...replaced.map(({ id }) => id)]
}
