/** Telemetry events in, session state out: the one place where events become what is true. */
import type { TelemetryEvent, TelemetryType } from '../shared/telemetry.ts'
import { sessionEnded, sessionStarted, sessionStopping } from './head.ts'
import { objectChanged, objectCreated, objectGone } from './objects.ts'
import { addOutput } from './output.ts'
import { poolChanged, poolCreated, taskEnded, taskObserved, taskStarted, taskSubmitted } from './pools.ts'
import { problemRaised, problemRepeated, problemResolved } from './problems.ts'
import {
  processBusy,
  processConnected,
  processDescribed,
  processExited,
  processSampled,
  processStarted,
  processState,
  processWaited,
  processWaits,
} from './processes.ts'
import { queueChanged, queueClosed, queueCreated } from './queues.ts'
import type { ReducedState } from './state.ts'

type Reducers = {
  readonly [T in TelemetryType]: (state: ReducedState, event: Extract<TelemetryEvent, { type: T }>) => void
}

const REDUCERS: Reducers = {
  'session.started': sessionStarted,
  'session.stopping': sessionStopping,
  'session.ended': sessionEnded,
  'process.started': processStarted,
  'process.described': processDescribed,
  'process.connected': processConnected,
  'process.state': processState,
  'process.waits': processWaits,
  'process.busy': processBusy,
  'process.waited': processWaited,
  'process.exited': processExited,
  'process.output': addOutput,
  'process.sampled': processSampled,
  'queue.created': queueCreated,
  'queue.changed': queueChanged,
  'queue.closed': queueClosed,
  'object.created': objectCreated,
  'object.changed': objectChanged,
  'object.gone': objectGone,
  'pool.created': poolCreated,
  'pool.changed': poolChanged,
  'task.submitted': taskSubmitted,
  'task.started': taskStarted,
  'task.finished': taskEnded,
  'task.failed': taskEnded,
  'task.observed': taskObserved,
  'problem.raised': problemRaised,
  'problem.repeated': problemRepeated,
  'problem.resolved': problemResolved,
}

/**
 * Takes one event into the state, in place. The state is a function of the events and of nothing else: a copy of it taken
 * anywhere goes on as the state itself does. Events about things that are not known, and of types that are not, change
 * nothing: a recording may begin anywhere, and may come from a later version.
 */
export function reduce(state: ReducedState, event: TelemetryEvent): void {
  state.rev++
  if (!Object.hasOwn(REDUCERS, event.type)) return
  const take = REDUCERS[event.type] as (state: ReducedState, event: TelemetryEvent) => void
  take(state, event)
}
