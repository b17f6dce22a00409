/** States as the tests make and compare them. */
import { reduce } from '../../src/session/reduce.ts'
import { createReducedState, LOGS_OF, type ReducedState, tableNames } from '../../src/session/state.ts'
import type { SessionState } from '../../src/shared/session-state.ts'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'

export function emptyState(): ReducedState {
  return createReducedState('s', 'p', 'P')
}

/** @returns the state after these events; `from` is changed in place */
export function reduceAll(events: readonly TelemetryEvent[], from: ReducedState = emptyState()): ReducedState {
  for (const event of events) reduce(from, event)
  return from
}

/** @returns what views have of a state, as plain data in which the order of rows counts */
export function shown(state: SessionState) {
  const tables = tableNames.map((name) => ({ rows: [...state[name].rows.values()], forgotten: state[name].forgotten }))
  const logs = Object.values(LOGS_OF)
    .flat()
    .map((name) => Object.fromEntries(state[name]))
  return { rev: state.rev, head: state.head, output: state.output, tables, logs }
}
