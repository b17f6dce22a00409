/** The last cell of a row in the process table: a lane or a depth on the time axis, drawn anew when what it shows changes. */
import { useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { drawGrid, prepareCanvas } from '../draw/canvas.ts'
import { canvasColours } from '../draw/colours.ts'
import { drawDepth } from '../draw/draw-depth.ts'
import { drawLane, LANE_HEIGHT } from '../draw/draw-lane.ts'
import { paletteIndex } from '../series/colours.ts'
import { depthCeiling, depthSteps } from '../series/depths.ts'
import { laneShapes } from '../series/lanes.ts'
import { ticks, xOf } from '../series/time-axis.ts'
import { endMark } from '../series/words.ts'
import { selection } from '../store/selection.ts'
import { elapsedUs, peekState, read } from '../store/session.ts'
import { axisWidth, axisWindow, noteDrawn, pageVisible } from '../store/timeline.ts'
import { useOnScreen } from './use-on-screen.ts'

/** About this many pixels between two ticks. */
const TICK_EVERY = 52

/** @returns how many ticks there is room for on the axis */
export function mostTicks(width: number): number {
  return Math.max(2, Math.floor(width / TICK_EVERY))
}

function useDrawing(draw: (context: CanvasRenderingContext2D, width: number) => void) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const onScreen = useOnScreen(canvas)
  useSignalEffect(() => {
    const width = axisWidth.value
    if (!canvas.current || width <= 0 || !pageVisible.value) return
    // What has no pixels is no layer either, and those of two hundred lanes are what a picture would cost.
    if (!onScreen.value) {
      Object.assign(canvas.current, { width: 0, height: 0 })
      return
    }
    const context = prepareCanvas(canvas.current, width, LANE_HEIGHT)
    if (!context) return
    const xs = ticks(axisWindow.value, mostTicks(width)).map(({ atUs }) => xOf(atUs, axisWindow.value, width))
    drawGrid(context, xs, LANE_HEIGHT, canvasColours.value.line)
    draw(context, width)
  })
  return canvas
}

export function LaneCanvas({ process, label }: { process: string; label: string }) {
  const canvas = useDrawing((context, width) => {
    read('lanes')
    const state = peekState()
    const row = read('processes')?.rows.get(process)
    if (!state || !row) return
    const colours = canvasColours.value
    const ended = row.endedAtUs !== null
    const chosen = selection.value
    const shapes = laneShapes(state.lanes.get(process)?.items ?? [], {
      window: axisWindow.value,
      width,
      endUs: row.endedAtUs ?? elapsedUs.value,
      busyAtUs: row.busyAtUs,
      end: ended ? endMark(row) : null,
      chosen: chosen?.kind === 'task' ? chosen.id : null,
    })
    noteDrawn(state.head.session, shapes)
    const own = colours.processes[paletteIndex(row.order)] ?? colours.faint
    drawLane(context, shapes, { own, axis: width, ended }, colours)
  })
  return <canvas ref={canvas} role="img" aria-label={label} />
}

export function DepthCanvas({ queue, label }: { queue: string; label: string }) {
  const canvas = useDrawing((context, width) => {
    const row = read('queues')?.rows.get(queue)
    const points = read('depths')?.get(queue)?.items ?? []
    if (!row) return
    const window = axisWindow.value
    const steps = depthSteps(points, window.fromUs, elapsedUs.value)
    const ceiling = depthCeiling(row.maxsize, row.depthMax)
    drawDepth(context, steps, { window, width, ceiling, isCapacity: row.maxsize > 0 }, canvasColours.value)
  })
  return <canvas ref={canvas} role="img" aria-label={label} />
}
