/** A process's history as shapes on the time axis. */
import type { LaneSegment } from '../../shared/session-state.ts'
import type { TaskId, WaitTarget } from '../../shared/telemetry.ts'
import { type TimeWindow, xOf } from './time-axis.ts'

/**
 * The kinds of waiting, each with a texture of its own: `blocked` has something to give that nobody takes, `hungry` wants something
 * that nobody gives, `locked` wants what others have, `joining` waits for others to end, `signal` for one to say that it goes on.
 */
export type WaitKind = 'blocked' | 'hungry' | 'locked' | 'joining' | 'signal'

/** What a process did in a stretch. */
export type StretchKind = 'starting' | 'running' | 'sleeping' | WaitKind

/** `frame` goes around all that a task did, waits and sleeps too. */
export type LaneShapeKind = StretchKind | 'frame' | 'end'

export interface LaneShape {
  kind: LaneShapeKind
  x: number
  width: number
  /** Of a process that is running: how much of the time it ran code; null where that is not known. */
  busyPercent?: number | null
  /** Of a frame: whether the task failed, and whether it is the selected one. */
  failed?: boolean
  chosen?: boolean
  /** Of an end that was not a good one: how it ended. */
  words?: string
}

const WAIT_KINDS: Record<WaitTarget['what'], WaitKind> = {
  put: 'blocked',
  flush: 'blocked',
  send: 'blocked',
  get: 'hungry',
  receive: 'hungry',
  task: 'hungry',
  acquire: 'locked',
  join: 'joining',
  result: 'joining',
  event: 'signal',
  condition: 'signal',
  barrier: 'signal',
  other: 'signal',
}

/** @returns what a stretch is drawn as */
export function kindOf({ state, waitingOn }: Pick<LaneSegment, 'state' | 'waitingOn'>): StretchKind {
  if (state !== 'waiting') return state
  return (waitingOn && Object.hasOwn(WAIT_KINDS, waitingOn.what) && WAIT_KINDS[waitingOn.what]) || 'signal'
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

export interface LaneView {
  window: TimeWindow
  /** Of the axis, in pixels. */
  width: number
  /** Until where the stretch that goes on is drawn: now, or the process's end. */
  endUs: number
  /** Until when it was told how busy the process was. */
  busyAtUs: number | null
  /** How the process ended, in a word or two; empty if it ended well, null if it lives. */
  end: string | null
  /** The selected task. */
  chosen: TaskId | null
}

/**
 * @param segments a lane, in the order of time
 * @returns shapes in the order in which they are to be drawn: every task's frame after what is inside it, the end last
 */
export function laneShapes(segments: readonly LaneSegment[], view: LaneView): LaneShape[] {
  const { window, width, endUs, end } = view
  const shapes: LaneShape[] = []
  const frames: (LaneShape & { task: TaskId })[] = []
  for (let i = firstIn(segments, window.fromUs); i < segments.length; i++) {
    const segment = segments[i] as LaneSegment
    if (segment.fromUs > window.toUs) break
    const x = Math.max(0, xOf(segment.fromUs, window, width))
    const right = Math.min(width, xOf(segment.toUs ?? endUs, window, width))
    if (right < x) continue
    const kind = kindOf(segment)
    const before = shapes.at(-1)
    // Many stretches within one pixel are one stretch to the eye; drawing each would only cost time.
    if (before?.kind === kind && right - before.x < MIN_WIDTH) before.width = right - before.x
    else if (kind !== 'running') shapes.push({ kind, x, width: right - x })
    else {
      const told = Math.max(x, Math.min(right, xOf(toldUntil(segment, view), window, width)))
      shapes.push({ kind, x, width: told - x, busyPercent: segment.busyPercent })
      if (right > told) shapes.push({ kind, x: told, width: right - told, busyPercent: null })
    }
    if (segment.task === null) continue
    const frame = frames.at(-1)
    const failed = segment.failed === true
    if (frame?.task === segment.task) Object.assign(frame, { width: right - frame.x, failed })
    else frames.push({ kind: 'frame', x, width: right - x, failed, task: segment.task })
  }
  for (const { task, ...frame } of frames) shapes.push({ ...frame, chosen: task === view.chosen })
  for (const shape of shapes) shape.width = Math.max(MIN_WIDTH, shape.width)
  if (end !== null && endUs >= window.fromUs && endUs <= window.toUs) {
    const x = xOf(endUs, window, width) - END_WIDTH / 2
    shapes.push({ kind: 'end', x: Math.min(Math.max(0, x), width - END_WIDTH), width: END_WIDTH, words: end })
  }
  return shapes
}

/** It is told once a second. */
const TOLD_EVERY_US = 1_500_000

/** @returns until when it is known how busy a process was that runs: of one that goes on, not until now */
function toldUntil({ toUs, busyPercent }: LaneSegment, { endUs, busyAtUs }: LaneView): number {
  if (toUs !== null || busyPercent === null || busyAtUs === null) return toUs ?? endUs
  return endUs - busyAtUs > TOLD_EVERY_US ? busyAtUs : endUs
}

/** @returns the stretch that a time falls into, or undefined */
export function segmentAt(segments: readonly LaneSegment[], atUs: number, endUs: number): LaneSegment | undefined {
  for (let i = segments.length - 1; i >= 0; i--) {
    const segment = segments[i] as LaneSegment
    if (segment.fromUs <= atUs) return atUs <= (segment.toUs ?? endUs) ? segment : undefined
  }
  return undefined
}
