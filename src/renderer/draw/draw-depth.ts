/** Draws a queue's depth on the time axis, under the lanes. */
import type { DepthSteps } from '../series/depths.ts'
import { type TimeWindow, xOf } from '../series/time-axis.ts'
import type { CanvasColours } from './colours.ts'
import { LANE_HEIGHT } from './draw-lane.ts'

const TOP = 4
const BOTTOM = LANE_HEIGHT - 2

export interface DepthScale {
  window: TimeWindow
  width: number
  /** The depth at the top of the row. */
  ceiling: number
  /** Whether the top is the queue's capacity, which then is drawn as a dashed line. */
  isCapacity: boolean
}

export function drawDepth(
  context: CanvasRenderingContext2D,
  { x, y }: DepthSteps,
  { window, width, ceiling, isCapacity }: DepthScale,
  colours: CanvasColours,
): void {
  if (isCapacity) {
    context.strokeStyle = colours.faint
    context.setLineDash([3, 3])
    context.beginPath()
    context.moveTo(0, TOP + 0.5)
    context.lineTo(width, TOP + 0.5)
    context.stroke()
    context.setLineDash([])
  }
  if (x.length === 0) return
  const left = (i: number) => Math.min(width, Math.max(0, xOf((x[i] as number) * 1e6, window, width)))
  const height = (i: number) => BOTTOM - (Math.min(y[i] as number, ceiling) / ceiling) * (BOTTOM - TOP)
  const line = new Path2D()
  line.moveTo(left(0), height(0))
  for (let i = 1; i < x.length; i++) {
    line.lineTo(left(i), height(i - 1))
    line.lineTo(left(i), height(i))
  }
  const area = new Path2D(line)
  area.lineTo(left(x.length - 1), BOTTOM)
  area.lineTo(left(0), BOTTOM)
  area.closePath()
  context.fillStyle = colours.accent
  context.globalAlpha = 0.16
  context.fill(area)
  context.globalAlpha = 1
  context.strokeStyle = colours.accent
  context.lineWidth = 1.5
  context.stroke(line)
}
