/** The one time axis: which stretch of time it shows, how wide it is drawn, and where the pointer is on it. */
import { computed, signal } from '@preact/signals'
import { keysOf, type LaneKeyKind } from '../series/lane-keys.ts'
import type { LaneShape } from '../series/lanes.ts'
import { type TimeWindow, timeWindow } from '../series/time-axis.ts'
import { preferences } from './preferences.ts'
import { elapsedUs, isLive } from './session.ts'

let shown: TimeWindow = { fromUs: 0, toUs: 1 }

/** The same object as long as it is the same stretch, so that what is drawn on it is not drawn again. */
export const axisWindow = computed<TimeWindow>(() => {
  const next = timeWindow(elapsedUs.value, !isLive.value, preferences.value.wholeRun)
  if (next.fromUs !== shown.fromUs || next.toUs !== shown.toUs) shown = next
  return shown
})

/** Width of the axis in CSS pixels; 0 until it is laid out. */
export const axisWidth = signal(0)

/** The time under the pointer, or null. */
export const cursorUs = signal<number | null>(null)

/** Whether the page can be seen: what cannot be seen is not drawn. */
export const pageVisible = signal(document.visibilityState === 'visible')
document.addEventListener('visibilitychange', () => (pageVisible.value = document.visibilityState === 'visible'))

export interface Hint {
  /** Where the pointer is, in the page's pixels. */
  x: number
  y: number
  title: string
  lines: string[]
}

/** What is named beside the pointer. */
export const hint = signal<Hint | null>(null)

/** The kinds of shapes that the lanes of this session have shown so far. */
export const drawnKinds = signal<ReadonlySet<LaneKeyKind>>(new Set())
let drawnOf: unknown = null

/** @param session whose lane has such shapes */
export function noteDrawn(session: string, shapes: readonly LaneShape[]): void {
  const before = session === drawnOf ? drawnKinds.peek() : new Set<LaneKeyKind>()
  const kinds = new Set(before)
  for (const shape of shapes) for (const kind of keysOf(shape)) kinds.add(kind)
  if (session === drawnOf && kinds.size === before.size) return
  drawnOf = session
  drawnKinds.value = kinds
}
