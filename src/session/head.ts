/** Events about the session as a whole. */
import type { SessionHead } from '../shared/session-state.ts'
import type { SessionEnded, SessionStarted } from '../shared/telemetry.ts'
import { LIMITS } from './limits.ts'
import { settleObjects } from './objects.ts'
import { endLines } from './output.ts'
import { settlePools } from './pools.ts'
import { settleQueues } from './queues.ts'
import type { ReducedState } from './state.ts'
import { cut, listOf, nameOf } from './texts.ts'

export function sessionStarted(state: ReducedState, event: SessionStarted): void {
  if (state.head.endedAtUs !== null) return
  const parameters = listOf(Object.entries(event.parameters)).map(([name, value]) => [
    nameOf(name),
    typeof value === 'string' ? cut(value, LIMITS.name) : value,
  ])
  changeHead(state, {
    program: nameOf(event.program),
    title: nameOf(event.title),
    parameters: Object.fromEntries(parameters),
    startedAt: nameOf(event.startedAt),
    phase: 'running',
  })
}

export function sessionStopping(state: ReducedState): void {
  if (state.head.endedAtUs === null) changeHead(state, { phase: 'stopping' })
}

export function sessionEnded(state: ReducedState, { atUs, outcome, leftovers }: SessionEnded): void {
  endLines(state)
  settleQueues(state, atUs)
  settleObjects(state)
  settlePools(state, atUs)
  changeHead(state, { phase: outcome, endedAtUs: atUs, leftovers })
}

/** The head is a fresh object then: a view in the same process may hold the one before. */
function changeHead(state: ReducedState, change: Partial<SessionHead>): void {
  state.head = { ...state.head, ...change, rev: state.rev }
}
