/** What the shapes on the lanes mean: all of them and always, so that none that is drawn for the first time moves the others. Those drawn so far stand out. */
import { useSignalEffect } from '@preact/signals'
import { Fragment } from 'preact'
import { useRef } from 'preact/hooks'
import { prepareCanvas } from '../draw/canvas.ts'
import { canvasColours } from '../draw/colours.ts'
import { drawLane } from '../draw/draw-lane.ts'
import { LANE_KEYS, type LaneKeyKind, WAIT_KEYS } from '../series/lane-keys.ts'
import type { LaneShape } from '../series/lanes.ts'
import { drawnKinds } from '../store/timeline.ts'
import { testIds } from './test-ids.ts'

const WIDTH = 16
const [FIRST_WAIT] = WAIT_KEYS

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
  return (
    <div class="keys" data-testid={testIds.laneKey}>
      {(Object.keys(LANE_KEYS) as LaneKeyKind[]).map((kind) => (
        <Fragment key={kind}>
          {kind === FIRST_WAIT && <span>waiting:</span>}
          <span class="key" data-kind={drawn.has(kind) ? kind : undefined} title={LANE_KEYS[kind].help}>
            <Sample shape={LANE_KEYS[kind].shape} />
            {LANE_KEYS[kind].words}
          </span>
        </Fragment>
      ))}
    </div>
  )
}
