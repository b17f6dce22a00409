/** How a view follows a session's state: what changed after the revision it has seen. */
import type { LogTails, SessionPatch, TablePatch } from '../shared/session-patch.ts'
import type { Log, Row, SessionState, Table } from '../shared/session-state.ts'
import { applyTail, logOf, tailSince } from './log.ts'
import { createSessionState, historyNames, LOGS_OF, type ReducedState, type TableName, tableNames } from './state.ts'
import { applyTablePatch, type TrackedTable, tablePatch } from './table.ts'

/** Logs change only together with the row they belong to. */
function tailsOf<T extends { rev: number }>(
  logs: Map<string, Log<T>>,
  { all, rows }: TablePatch<Row>,
  since: number,
): LogTails<T> | undefined {
  const tails: LogTails<T> = []
  for (const { id } of rows) {
    const log = logs.get(id)
    const tail = log && tailSince(log, all ? 0 : since)
    if (tail) tails.push([id, tail])
  }
  return tails.length > 0 ? tails : undefined
}

/**
 * @param since the revision the view has seen; 0 for all of it
 * @param nowUs the session's clock
 * @returns what changed after `since`
 */
export function patchSince(state: ReducedState, since: number, nowUs: number): SessionPatch {
  const patch: SessionPatch = { session: state.head.session, since, rev: state.rev, nowUs }
  const add = (part: string, value: unknown) => {
    if (value !== undefined) Object.assign(patch, { [part]: value })
  }
  if (state.head.rev > since || since === 0) patch.head = state.head
  for (const name of tableNames) {
    const table: TrackedTable<Row> = state[name]
    const changed = tablePatch(table, since)
    add(name, changed)
    if (changed) for (const logs of LOGS_OF[name]) add(logs, tailsOf<{ rev: number }>(state[logs], changed, since))
  }
  add('output', tailSince(state.output, since))
  return patch
}

/**
 * Brings a view's copy of the state up to date, in place.
 * A patch with `since` 0 replaces everything.
 * @returns false if the patch does not follow what the copy has seen, which then is unchanged and must be asked for anew
 */
export function applyPatch(state: SessionState, patch: SessionPatch): boolean {
  if (patch.session !== state.head.session || (patch.since !== 0 && patch.since !== state.rev)) return false
  if (patch.since === 0) {
    Object.assign(state, createSessionState(patch.session, state.head.program, state.head.title))
  }
  if (patch.head) state.head = patch.head
  for (const name of tableNames) {
    const changed: TablePatch<Row> | undefined = patch[name]
    if (changed) applyTo(state, name, changed)
  }
  for (const name of historyNames) {
    const logs: Map<string, Log<{ rev: number }>> = state[name]
    const tails: LogTails<{ rev: number }> = patch[name] ?? []
    for (const [id, tail] of tails) applyTail(logOf(logs, id), tail)
  }
  if (patch.output) applyTail(state.output, patch.output)
  state.rev = patch.rev
  return true
}

function applyTo(state: SessionState, name: TableName, changed: TablePatch<Row>): void {
  const table: Table<Row> = state[name]
  const gone = applyTablePatch(table, changed)
  for (const part of LOGS_OF[name]) {
    if (gone === 'all') state[part].clear()
    else for (const id of gone) state[part].delete(id)
  }
}
