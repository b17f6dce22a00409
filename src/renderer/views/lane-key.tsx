/** What the shapes on the lanes mean: of what has been drawn so far. */
import { useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { prepareCanvas } from '../draw/canvas.ts'
import { canvasColours } from '../draw/colours.ts'
import { drawLane } from '../draw/draw-lane.ts'
import { LANE_KEYS, type LaneKeyKind, WAIT_KEYS } from '../series/lane-keys.ts'
import type { LaneShape } from '../series/lanes.ts'
import { drawnKinds } from '../store/timeline.ts'
import { testIds } from './test-ids.ts'

const WIDTH = 16

function Sample({ shape }: { shape: LaneShape }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useSignalEffect(() => {
    const colours = canvasColours.value
    const context = canvas.current && prepareCanvas(canvas.current, WIDTH, 18)
    if (!context) return
    context.translate(0, -6)
    drawLane(context, [shape], { own: colours.processes[0] ?? colours.faint, axis: WIDTH, ended: false }, colours)
  })
  return (
    <i aria-hidden="true">
      <canvas ref={canvas} class="key-sample" />
    </i>
  )
}

export function LaneKey() {
  const drawn = drawnKinds.value
  const kinds = (Object.keys(LANE_KEYS) as LaneKeyKind[]).filter((kind) => drawn.has(kind))
  const firstWait = kinds.find((kind) => WAIT_KEYS.has(kind))
  return (
    <div class="keys" data-testid={testIds.laneKey}>
      {kinds.map((kind) => (
        <span key={kind} class="key" data-kind={kind} title={LANE_KEYS[kind].help}>
          {kind === firstWait && 'waiting:'}
          <Sample shape={LANE_KEYS[kind].shape} />
          {LANE_KEYS[kind].words}
        </span>
      ))}
    </div>
  )
}
