/** What a process does, and did over time: one stretch after the other. */
import type { LaneSegment, Log, ProcessRow } from '../shared/session-state.ts'
import type { ProcessId, TaskId } from '../shared/telemetry.ts'
import { appendTo } from './histories.ts'
import { last, logOf } from './log.ts'
import type { ReducedState } from './state.ts'
import { changeRow } from './table.ts'

/** Shares of the time that are not further apart are drawn as one. */
const BUSY_STEP = 25

type Doing = Pick<LaneSegment, 'state' | 'waitingOn' | 'task'>

type Change = Pick<LaneSegment, 'state' | 'waitingOn'> & Partial<Pick<ProcessRow, 'task' | 'tasksDone'>>

/** A living process does something else from `atUs` on. Without a `task` it goes on with the one it has. */
export function changeDoing(state: ReducedState, process: ProcessId, atUs: number, change: Change): void {
  const before = state.processes.rows.get(process)
  if (!before || before.state === 'exited') return
  const stateSinceUs = Math.max(atUs, before.startedAtUs)
  const doing = { task: before.task, ...change }
  changeRow(state.processes, state.rev, process, {
    ...doing,
    stateSinceUs,
    spentUs: spentUntil(before, stateSinceUs),
  })
  extendLane(state, process, stateSinceUs, { state: doing.state, waitingOn: doing.waitingOn, task: doing.task })
}

/** @returns how long a process was in each state up to a time at which it changes */
export function spentUntil({ state, stateSinceUs, spentUs }: ProcessRow, atUs: number): ProcessRow['spentUs'] {
  if (state === 'exited') return spentUs
  return { ...spentUs, [state]: spentUs[state] + Math.max(0, atUs - stateSinceUs) }
}

/** Begins a new stretch of a lane. It may begin a little in the past, and then shortens or replaces what was there. */
export function extendLane(state: ReducedState, process: ProcessId, fromUs: number, doing: Doing): void {
  const { rev } = state
  const lane = logOf(state.lanes, process)
  let previous = last(lane)
  while (previous && previous.fromUs >= fromUs && lane.items.length > 1) {
    lane.items.pop()
    previous = last(lane)
    // What is before has changed too, in that it is the last now: views must take it anew.
    if (previous) replaceLast(lane, { ...previous, rev, toUs: null })
    previous = last(lane)
  }
  if (previous?.toUs === null) {
    if (isSame(previous, doing)) return
    replaceLast(lane, { ...previous, rev, toUs: Math.max(previous.fromUs, fromUs) })
  }
  appendTo(state, 'lanes', process, { rev, fromUs, toUs: null, ...doing, busyPercent: null })
}

/** It is told how busy the process was from `fromUs` to `toUs`: what it did then says so, as far as it was running. */
export function markBusy(
  state: ReducedState,
  process: ProcessId,
  fromUs: number,
  toUs: number,
  busyPercent: number,
): void {
  const lane = state.lanes.get(process)
  if (!lane) return
  let first = lane.items.length
  while (first > 0 && ((lane.items[first - 1] as LaneSegment).toUs ?? toUs) > fromUs) first--
  // What is before may be continued.
  const marked: LaneSegment[] = lane.items.splice(Math.max(0, first - 1))
  for (const piece of marked.flatMap((segment) => marks(segment, fromUs, toUs, busyPercent))) {
    const before = last(lane)
    const together = before && joined(before, piece, toUs)
    if (together) replaceLast(lane, { ...together, rev: state.rev })
    else appendTo(state, 'lanes', process, { ...piece, rev: state.rev })
  }
}

/** @returns the stretch in pieces: what lies before the time that is told of, in it, and after it; one that goes on is after nothing */
function marks(segment: LaneSegment, fromUs: number, toUs: number, busyPercent: number): LaneSegment[] {
  const from = Math.max(segment.fromUs, fromUs)
  const to = segment.toUs === null ? null : Math.min(segment.toUs, toUs)
  if (segment.state !== 'running' || from >= (to ?? toUs)) return [segment]
  return [
    ...(segment.fromUs < from ? [{ ...segment, toUs: from }] : []),
    { ...segment, fromUs: from, toUs: to, busyPercent },
    ...(to !== null && to < (segment.toUs as number) ? [{ ...segment, fromUs: to }] : []),
  ]
}

/** @returns both in one, if it was doing the same, about as busily */
function joined(before: LaneSegment, after: LaneSegment, nowUs: number): LaneSegment | undefined {
  if (before.toUs !== after.fromUs || !isSame(before, after)) return undefined
  const failed = after.failed && { failed: after.failed }
  const [one, other] = [before.busyPercent, after.busyPercent]
  if (one === null || other === null) {
    return one === other ? { ...before, ...failed, toUs: after.toUs } : undefined
  }
  if (Math.abs(one - other) > BUSY_STEP) return undefined
  const [first, second] = [after.fromUs - before.fromUs, (after.toUs ?? nowUs) - after.fromUs]
  const busyPercent = second > 0 ? (one * first + other * second) / (first + second) : one
  return { ...before, ...failed, toUs: after.toUs, busyPercent }
}

/** The task that a process was at has failed: that stays marked where it was, when the task itself is not kept any more. */
export function markFailed(state: ReducedState, process: ProcessId, task: TaskId): void {
  const lane = state.lanes.get(process)
  const open = lane && last(lane)
  if (open?.task === task) replaceLast(lane, { ...open, rev: state.rev, failed: true })
}

/** The process is gone: its last stretch ends. */
export function endLane(state: ReducedState, process: ProcessId, atUs: number): void {
  const lane = state.lanes.get(process)
  const open = lane && last(lane)
  if (open?.toUs === null) replaceLast(lane, { ...open, rev: state.rev, toUs: Math.max(open.fromUs, atUs) })
}

function isSame(segment: LaneSegment, { state, task, waitingOn }: Doing): boolean {
  return segment.state === state && segment.task === task && segment.waitingOn?.label === waitingOn?.label
}

function replaceLast(lane: Log<LaneSegment> | undefined, segment: LaneSegment): void {
  if (lane) lane.items[lane.items.length - 1] = segment
}
