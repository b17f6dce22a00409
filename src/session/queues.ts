/** Events about queues: how full each one is, who waits for it, and how its depth went. */
import type { QueueRow, RatePoint } from '../shared/session-state.ts'
import type { ProcessId, QueueChanged, QueueClosed, QueueCreated } from '../shared/telemetry.ts'
import { appendTo } from './histories.ts'
import { last } from './log.ts'
import { endRowOf, type ReducedState } from './state.ts'
import { addRow, changeRow } from './table.ts'
import { listOf, nameOf } from './texts.ts'

/** Rates are taken over at least this long, so that they can be read. */
const RATE_WINDOW_US = 2_000_000
/** Points that are nearer to each other tell a rate no better. */
const RATE_POINT_EVERY_US = 250_000
/** A window of points, with the one before it and the present one. */
const RATE_POINTS = RATE_WINDOW_US / RATE_POINT_EVERY_US + 2

export function queueCreated(state: ReducedState, { queue, name, maxsize, process, atUs }: QueueCreated): void {
  const isNew = addRow(state.queues, state.rev, {
    id: queue,
    name: nameOf(name),
    maxsize,
    owner: process,
    createdAtUs: atUs,
    depth: 0,
    depthMax: 0,
    puts: 0,
    gets: 0,
    ratePoints: [{ atUs, puts: 0, gets: 0 }],
    waitingToPut: [],
    waitingToGet: [],
    producers: [],
    consumers: [],
    residence: [],
    closed: false,
  })
  if (isNew) appendTo(state, 'depths', queue, { rev: state.rev, atUs, depth: 0, max: 0, min: 0 })
}

export function queueChanged(state: ReducedState, event: QueueChanged): void {
  const { rev } = state
  const { queue, atUs, depth, depthMax, depthMin, puts, gets } = event
  if (!state.queues.rows.has(queue)) return
  changeRow(state.queues, rev, queue, (before) => ({
    depth,
    depthMax: Math.max(before.depthMax, depthMax),
    puts,
    gets,
    ratePoints: withPoint(before.ratePoints, { atUs, puts, gets }),
    waitingToPut: listOf(event.waitingToPut),
    waitingToGet: listOf(event.waitingToGet),
    producers: listOf(event.producers),
    consumers: listOf(event.consumers),
    residence: listOf(event.residence),
  }))
  const points = event.steps
    ? event.steps.map((step) => ({ atUs: step.atUs, depth: step.depth, max: step.depth, min: step.depth }))
    : [{ atUs, depth, max: Math.max(depthMax, depth), min: Math.min(depthMin, depth) }]
  for (const point of points) appendTo(state, 'depths', queue, { rev, ...point })
}

export function queueClosed(state: ReducedState, { queue }: QueueClosed): void {
  const row = state.queues.rows.get(queue)
  if (!row || row.closed) return
  changeRow(state.queues, state.rev, queue, { closed: true })
  endRowOf(state, 'queues', queue)
}

/** A process is gone, and its queues with it. */
export function closeQueuesOf(state: ReducedState, process: ProcessId): void {
  for (const { id, owner } of [...state.queues.rows.values()]) {
    if (owner === process) queueClosed(state, { type: 'queue.closed', atUs: 0, queue: id })
  }
}

/** The session is over: nobody waits any more, nothing is put or got, and the depth stays as it is to the end. */
export function settleQueues(state: ReducedState, atUs: number): void {
  const { rev } = state
  for (const id of [...state.queues.rows.keys()]) {
    changeRow(state.queues, rev, id, { ratePoints: [], waitingToPut: [], waitingToGet: [] })
    const depths = state.depths.get(id)
    const point = depths && last(depths)
    if (!point || point.atUs >= atUs) continue
    appendTo(state, 'depths', id, { rev, atUs, depth: point.depth, max: point.depth, min: point.depth })
  }
}

/** The last point is the present one; it gives way to the next until it is far enough from the one before. */
function withPoint(points: readonly RatePoint[], point: RatePoint): RatePoint[] {
  const [before, present] = points.slice(-2)
  const isNear = before && present && present.atUs - before.atUs < RATE_POINT_EVERY_US
  return [...(isNear ? points.slice(0, -1) : points), point].slice(-RATE_POINTS)
}

/** @returns puts and gets a second, over the last two seconds before `nowUs` or since the queue was made */
export function queueRates(
  { ratePoints, puts, gets }: Pick<QueueRow, 'ratePoints' | 'puts' | 'gets'>,
  nowUs: number,
): { puts: number; gets: number } {
  const first = ratePoints.findLast(({ atUs }) => atUs <= nowUs - RATE_WINDOW_US) ?? ratePoints[0]
  if (!first) return { puts: 0, gets: 0 }
  const seconds = Math.max(nowUs - first.atUs, RATE_WINDOW_US / 2) / 1e6
  return { puts: Math.max(0, puts - first.puts) / seconds, gets: Math.max(0, gets - first.gets) / seconds }
}
