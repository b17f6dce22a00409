/** A process's history as shapes on the time axis. */
import type { LaneSegment } from '../../shared/session-state.ts'
import type { TaskId } from '../../shared/telemetry.ts'
import { type TimeWindow, xOf } from './time-axis.ts'

/** `task` runs a task, `frame` goes around all that a task did, waits and sleeps too, `end` marks an end that was not a good one. */
export type LaneShapeKind = 'starting' | 'running' | 'task' | 'sleeping' | 'waiting' | 'frame' | 'end'

export interface LaneShape {
  kind: LaneShapeKind
  x: number
  width: number
}

function kindOf({ state, task }: LaneSegment): LaneShapeKind {
  if (state === 'running') return task === null ? 'running' : 'task'
  return state
}

/** Narrower shapes than this are drawn this wide, so that nothing that happened is invisible. */
const MIN_WIDTH = 1
const END_WIDTH = 2.5

/** @returns where the first stretch is that reaches into the window */
function firstIn(segments: readonly LaneSegment[], fromUs: number): number {
  let low = 0
  let high = segments.length
  while (low < high) {
    const middle = (low + high) >> 1
    const { toUs } = segments[middle] as LaneSegment
    if (toUs !== null && toUs < fromUs) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * @param segments a lane, in the order of time
 * @param width of the axis, in pixels
 * @param endUs until where the stretch that goes on is drawn: now, or the process's end
 * @param badEnd whether the process ended by a signal or an error, which is marked
 * @returns shapes in the order in which they are to be drawn: every task's frame after what is inside it
 */
export function laneShapes(
  segments: readonly LaneSegment[],
  window: TimeWindow,
  width: number,
  endUs: number,
  badEnd: boolean,
): LaneShape[] {
  const shapes: LaneShape[] = []
  const frames: (LaneShape & { task: TaskId })[] = []
  const add = (list: LaneShape[], shape: LaneShape, before: LaneShape | undefined) => {
    const right = shape.x + shape.width
    // Many stretches within one pixel are one stretch to the eye; drawing each would only cost time.
    if (before && before.kind === shape.kind && right - before.x < MIN_WIDTH) before.width = right - before.x
    else list.push(shape)
  }
  for (let i = firstIn(segments, window.fromUs); i < segments.length; i++) {
    const segment = segments[i] as LaneSegment
    if (segment.fromUs > window.toUs) break
    const x = Math.max(0, xOf(segment.fromUs, window, width))
    const right = Math.min(width, xOf(segment.toUs ?? endUs, window, width))
    if (right < x) continue
    add(shapes, { kind: kindOf(segment), x, width: right - x }, shapes.at(-1))
    if (segment.task === null) continue
    const frame = frames.at(-1)
    if (frame?.task === segment.task) frame.width = right - frame.x
    else frames.push({ kind: 'frame', x, width: right - x, task: segment.task })
  }
  for (const { kind, x, width } of frames) add(shapes, { kind, x, width }, undefined)
  for (const shape of shapes) shape.width = Math.max(MIN_WIDTH, shape.width)
  if (badEnd && endUs >= window.fromUs && endUs <= window.toUs) {
    const x = xOf(endUs, window, width) - END_WIDTH / 2
    shapes.push({ kind: 'end', x: Math.min(Math.max(0, x), width - END_WIDTH), width: END_WIDTH })
  }
  return shapes
}

/** @returns the stretch that a time falls into, or undefined */
export function segmentAt(segments: readonly LaneSegment[], atUs: number, endUs: number): LaneSegment | undefined {
  for (let i = segments.length - 1; i >= 0; i--) {
    const segment = segments[i] as LaneSegment
    if (segment.fromUs <= atUs) return atUs <= (segment.toUs ?? endUs) ? segment : undefined
  }
  return undefined
}
