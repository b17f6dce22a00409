/** Draws a process's lane. What it did is told by heights and textures; the colour says only whose lane it is. */
import type { LaneShape, WaitKind } from '../series/lanes.ts'
import type { CanvasColours } from './colours.ts'
import { type Texture, texture } from './textures.ts'

export const LANE_HEIGHT = 30

/** Between two shapes, so that one task is told from the next. */
const GAP = 1
/** What runs is as high as this, and as full as it is busy. */
const RUNNING = { top: 8, height: 14 }
const FONT = '10.5px system-ui, "Segoe UI", "Noto Sans", sans-serif'

export const WAIT_TEXTURES: Readonly<Record<WaitKind, Texture>> = {
  blocked: 'diagonal',
  hungry: 'upright',
  locked: 'crossed',
  joining: 'dotted',
  signal: 'level',
}

function waitColour(kind: WaitKind, own: string, { warn, soft }: CanvasColours): string {
  if (kind === 'blocked' || kind === 'locked') return warn
  return kind === 'hungry' ? own : soft
}

function box(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, radius: number) {
  context.beginPath()
  context.roundRect(x, y, width, height, Math.min(radius, width / 2))
}

function drawRunning(context: CanvasRenderingContext2D, x: number, width: number, busyPercent: number | null): void {
  const strength = context.globalAlpha
  const { top, height } = RUNNING
  context.globalAlpha = (busyPercent === null ? 0.42 : 0.16) * strength
  box(context, x, top, width, height, 2)
  context.fill()
  if (busyPercent === null) return
  const full = (Math.min(100, Math.max(0, busyPercent)) / 100) * height
  context.globalAlpha = 0.75 * strength
  box(context, x, top + height - full, width, full, Math.min(2, full / 2))
  context.fill()
}

function drawFrame(
  context: CanvasRenderingContext2D,
  { x, width, failed, chosen }: LaneShape,
  own: string,
  { bad, accent }: CanvasColours,
): void {
  const wide = Math.max(1, width - GAP)
  context.strokeStyle = failed ? bad : own
  context.lineWidth = 1
  box(context, x + 0.5, 6.5, Math.max(1, wide - 1), 17, 2.5)
  context.stroke()
  if (failed) drawCross(context, x + wide, bad)
  if (!chosen) return
  context.globalAlpha = 1
  context.strokeStyle = accent
  context.lineWidth = 2
  box(context, x - 1, 4, wide + 2, 22, 3)
  context.stroke()
}

/** Where a task failed: inside its frame, at the end; at the end of one that is too narrow. */
function drawCross(context: CanvasRenderingContext2D, right: number, colour: string): void {
  const [x, y, size] = [Math.max(1, right - 8), 12, 5]
  context.globalAlpha = 1
  context.strokeStyle = colour
  context.lineWidth = 1.75
  context.beginPath()
  context.moveTo(x, y)
  context.lineTo(x + size, y + size)
  context.moveTo(x + size, y)
  context.lineTo(x, y + size)
  context.stroke()
}

/** A good end is a thin line, another one a thick one with its words behind it, where there is room: they cover nothing that it did. */
function drawEnd(
  context: CanvasRenderingContext2D,
  { x, width, words = '' }: LaneShape,
  axis: number,
  { bad, soft }: CanvasColours,
): void {
  context.globalAlpha = 1
  if (words === '') {
    context.fillStyle = soft
    context.fillRect(x, 8, 1, 14)
    return
  }
  context.fillStyle = bad
  context.fillRect(x, 5, width, 20)
  context.font = FONT
  const left = x + width + 4
  if (left + context.measureText(words).width > axis) return
  context.textBaseline = 'middle'
  context.fillText(words, left, 15.5)
}

/** @param axis the width of the lane; @param ended an ended process is drawn fainter */
export function drawLane(
  context: CanvasRenderingContext2D,
  shapes: readonly LaneShape[],
  { own, axis, ended }: { own: string; axis: number; ended: boolean },
  colours: CanvasColours,
): void {
  for (const shape of shapes) {
    const { kind, x, width } = shape
    const wide = Math.max(1, width - GAP)
    context.globalAlpha = ended ? 0.6 : 1
    context.fillStyle = own
    switch (kind) {
      case 'starting':
        context.globalAlpha *= 0.6
        context.strokeStyle = own
        context.lineWidth = 1
        context.setLineDash([2, 2])
        context.strokeRect(x + 0.5, 9.5, Math.max(1, wide - 1), 11)
        context.setLineDash([])
        break
      case 'running':
        drawRunning(context, x, wide, shape.busyPercent ?? null)
        break
      case 'sleeping':
        context.globalAlpha *= 0.75
        context.fillRect(x, 14, wide, 2)
        break
      case 'frame':
        drawFrame(context, shape, own, colours)
        break
      case 'end':
        drawEnd(context, shape, axis, colours)
        break
      default:
        context.fillStyle = texture(context, WAIT_TEXTURES[kind], waitColour(kind, own, colours))
        context.fillRect(x, 9, wide, 12)
    }
  }
  context.globalAlpha = 1
}
