/** What the user should know. */
import type { ProblemRaised, ProblemRepeated, ProblemResolved } from '../shared/telemetry.ts'
import { LIMITS } from './limits.ts'
import { endRowOf, type ReducedState } from './state.ts'
import { addRow, changeRow } from './table.ts'
import { boundedError, cut } from './texts.ts'

/** A problem has ended as soon as it is there: the oldest are forgotten when there are too many. */
export function problemRaised(state: ReducedState, event: ProblemRaised): void {
  const { problem, atUs, kind, message, consequence, process, pid, task, pool, error } = event
  const isNew = addRow(state.problems, state.rev, {
    id: problem,
    atUs,
    count: 1,
    resolvedAtUs: null,
    kind,
    message: cut(message, LIMITS.message),
    consequence: consequence === undefined ? null : cut(consequence, LIMITS.message),
    process: process ?? null,
    pid: pid ?? null,
    task: task ?? null,
    pool: pool ?? null,
    error: error ? boundedError(error) : null,
  })
  if (isNew) endRowOf(state, 'problems', problem)
}

export function problemRepeated(state: ReducedState, { problem, count }: ProblemRepeated): void {
  changeRow(state.problems, state.rev, problem, { count })
}

export function problemResolved(state: ReducedState, { problem, atUs }: ProblemResolved): void {
  changeRow(state.problems, state.rev, problem, { resolvedAtUs: atUs })
}
