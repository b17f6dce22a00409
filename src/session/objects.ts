/** Events about locks, pipes and other objects that processes share: who has them, and who waits for them. */
import type { ObjectRow } from '../shared/session-state.ts'
import type { ObjectChanged, ObjectCreated, ObjectGone, ProcessId, Waiter } from '../shared/telemetry.ts'
import { endRowOf, type ReducedState } from './state.ts'
import { addRow, changeRow } from './table.ts'
import { listOf, nameOf } from './texts.ts'

export function objectCreated(state: ReducedState, { object, kind, name, process }: ObjectCreated): void {
  addRow(state.objects, state.rev, {
    id: object,
    kind: nameOf(kind) as ObjectRow['kind'],
    name: nameOf(name),
    owner: process,
    holders: [],
    waiting: [],
    gone: false,
  })
}

export function objectChanged(state: ReducedState, { object, holders, waiting }: ObjectChanged): void {
  if (state.objects.rows.get(object)?.gone !== false) return
  changeRow(state.objects, state.rev, object, { holders: bounded(holders), waiting: bounded(waiting) })
}

export function objectGone(state: ReducedState, { object }: Pick<ObjectGone, 'object'>): void {
  if (state.objects.rows.get(object)?.gone !== false) return
  changeRow(state.objects, state.rev, object, { holders: [], waiting: [], gone: true })
  endRowOf(state, 'objects', object)
}

/** A process is gone, and with it what it has made. */
export function loseObjectsOf(state: ReducedState, process: ProcessId): void {
  for (const { id, owner } of [...state.objects.rows.values()]) {
    if (owner === process) objectGone(state, { object: id })
  }
}

/** The session is over: nobody has or awaits anything any more. */
export function settleObjects(state: ReducedState): void {
  for (const { id, gone } of [...state.objects.rows.values()]) {
    if (!gone) changeRow(state.objects, state.rev, id, { holders: [], waiting: [] })
  }
}

function bounded(list: readonly Waiter[]): Waiter[] {
  return listOf(list).map(({ process, sinceUs, end }) => ({
    process: nameOf(process),
    sinceUs,
    ...(end !== undefined && { end: nameOf(end) }),
  }))
}
