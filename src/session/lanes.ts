/** What a process does, and did over time: one stretch after the other. */
import type { LaneSegment, Log, ProcessRow } from '../shared/session-state.ts'
import type { ProcessId } from '../shared/telemetry.ts'
import { LIMITS } from './limits.ts'
import { append, last, logOf } from './log.ts'
import type { ReducedState } from './state.ts'
import { changeRow } from './table.ts'

type Doing = Pick<LaneSegment, 'state' | 'waitingOn' | 'task'>

type Change = Pick<LaneSegment, 'state' | 'waitingOn'> & Partial<Pick<ProcessRow, 'task' | 'tasksDone'>>

/** A living process does something else from `atUs` on. Without a `task` it goes on with the one it has. */
export function changeDoing(state: ReducedState, process: ProcessId, atUs: number, change: Change): void {
  const before = state.processes.rows.get(process)
  if (!before || before.state === 'exited') return
  const stateSinceUs = Math.max(atUs, before.startedAtUs)
  const doing = { task: before.task, ...change }
  changeRow(state.processes, state.rev, process, { ...doing, stateSinceUs })
  extendLane(state, process, stateSinceUs, { state: doing.state, waitingOn: doing.waitingOn, task: doing.task })
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
  append(lane, { rev, fromUs, toUs: null, ...doing }, LIMITS.laneSegments)
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
