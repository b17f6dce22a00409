/** Draws a process's lane. */
import type { LaneShape } from '../series/lanes.ts'
import type { CanvasColours } from './colours.ts'

export const LANE_HEIGHT = 30

const HATCH = { period: 5, thickness: 1.5 }
/** Between two shapes, so that one task is told from the next. */
const GAP = 1

const hatches = new Map<string, CanvasPattern | null>()

/** Diagonal stripes, made once for each colour and kind of screen. */
function hatch(context: CanvasRenderingContext2D, colour: string): CanvasPattern | null {
  const ratio = window.devicePixelRatio || 1
  const key = `${colour} ${ratio}`
  const known = hatches.get(key)
  if (known !== undefined) return known
  const size = Math.max(4, Math.round(HATCH.period * ratio))
  const tile = document.createElement('canvas')
  tile.width = tile.height = size
  const draw = tile.getContext('2d')
  if (draw) {
    draw.strokeStyle = colour
    draw.lineWidth = HATCH.thickness * ratio
    for (const offset of [-size, 0, size]) {
      draw.beginPath()
      draw.moveTo(offset - 1, size + 1)
      draw.lineTo(offset + size + 1, -1)
      draw.stroke()
    }
  }
  const pattern = context.createPattern(tile, 'repeat')
  pattern?.setTransform(new DOMMatrix().scale(1 / ratio))
  hatches.set(key, pattern)
  return pattern
}

function box(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, radius: number) {
  context.beginPath()
  context.roundRect(x, y, width, height, Math.min(radius, width / 2))
}

/** @param ended an ended process is drawn fainter */
export function drawLane(
  context: CanvasRenderingContext2D,
  shapes: readonly LaneShape[],
  own: string,
  colours: CanvasColours,
  ended: boolean,
): void {
  const strength = ended ? 0.6 : 1
  for (const { kind, x, width } of shapes) {
    const wide = Math.max(1, width - GAP)
    context.globalAlpha = strength
    context.fillStyle = own
    switch (kind) {
      case 'starting':
        context.globalAlpha = 0.5 * strength
        context.strokeStyle = own
        context.setLineDash([2, 2])
        context.strokeRect(x + 0.5, 9.5, Math.max(1, wide - 1), 11)
        context.setLineDash([])
        break
      case 'running':
        context.globalAlpha = 0.42 * strength
        box(context, x, 8, wide, 14, 2)
        context.fill()
        break
      case 'task':
        context.globalAlpha = 0.32 * strength
        context.fillRect(x, 7, width, 16)
        break
      case 'sleeping':
        context.globalAlpha = 0.75 * strength
        context.fillRect(x, 14, wide, 2)
        break
      case 'waiting':
        context.fillStyle = hatch(context, colours.warn) ?? colours.warn
        context.fillRect(x, 11, wide, 8)
        break
      case 'frame':
        context.strokeStyle = own
        context.lineWidth = 1
        box(context, x + 0.5, 6.5, Math.max(1, wide - 1), 17, 2.5)
        context.stroke()
        break
      case 'end':
        context.globalAlpha = 1
        context.fillStyle = colours.bad
        context.fillRect(x, 6, width, 18)
    }
  }
  context.globalAlpha = 1
}
