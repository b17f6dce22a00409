/** A small chart over time: one line with its area, on an axis of seconds. */
import { untracked, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { ticks } from '../series/time-axis.ts'
import { shownTheme } from '../store/preferences.ts'
import { pageVisible } from '../store/timeline.ts'
import { useOnScreen } from './use-on-screen.ts'

export interface ChartData {
  /** Seconds. */
  x: number[]
  y: number[]
  fromS: number
  toS: number
  /** The top of the y axis; it begins at 0. */
  top: number
  /** Whether the top is a bound, which then is drawn as a dashed line. */
  isBound: boolean
}

export interface ChartProps {
  /** What the chart shows, for those who do not see it. */
  label: string
  height: number
  /** Called whenever a signal that it reads changes. */
  read: () => ChartData
  /** The element's class gives the line its colour as `--c`. */
  class: string
  stepped: boolean
  formatY?: (value: number) => string
  /** Whether the x axis is labelled. */
  xLabels?: boolean
  /** Told the time under the pointer, in seconds, and where the pointer is; null when it is gone. */
  onHover?: (atS: number | null, x: number, y: number) => void
  /** A time to mark, in seconds. */
  markedS?: () => number | null
}

const FONT = '11px system-ui, "Segoe UI", "Noto Sans", sans-serif'
const Y_AXIS_WIDTH = 30
/** Appended to a colour of six hexadecimal digits: 16 %. */
const AREA_ALPHA = '29'
const EMPTY: ChartData = { x: [], y: [], fromS: 0, toS: 1, top: 1, isBound: false }

function colourReader(element: Element): (name: string) => string {
  const style = getComputedStyle(element)
  return (name) => style.getPropertyValue(name).trim()
}

function createPlot(box: HTMLDivElement, props: ChartProps, current: () => ChartData): uPlot {
  const colour = colourReader(box)
  const own = colour('--c')
  const axis = { stroke: colour('--faint'), font: FONT, ticks: { show: false }, gap: 4 }
  const grid = { stroke: colour('--line'), width: 1 }
  const { formatY = String, xLabels = true } = props
  const range = (): uPlot.Range.MinMax => [current().fromS, Math.max(current().toS, current().fromS + 0.001)]
  return new uPlot(
    {
      width: box.clientWidth,
      height: props.height,
      padding: [7, 4, xLabels ? 0 : 4, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { size: 6, fill: own } },
      scales: { x: { time: false, range }, y: { range: () => [0, current().top] } },
      axes: [
        {
          ...axis,
          show: xLabels,
          size: 16,
          grid: { show: false },
          splits: (plot) => xTicks(plot, current()).map(({ atUs }) => atUs / 1e6),
          values: (plot) => xTicks(plot, current()).map(({ label }) => label),
        },
        {
          ...axis,
          size: Y_AXIS_WIDTH,
          grid: { ...grid, show: true },
          splits: () => [0, current().top / 2, current().top],
          values: (_, splits) =>
            splits.map((value) => (Number.isInteger(value) || formatY !== String ? formatY(value) : '')),
        },
      ],
      series: [
        {},
        {
          stroke: own,
          width: 1.5,
          fill: `${own}${AREA_ALPHA}`,
          points: { show: false },
          ...(props.stepped && uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
        },
      ],
      hooks: { drawAxes: [(plot) => drawBound(plot, current(), colour('--faint'))] },
    },
    [[], []],
    box,
  )
}

function xTicks(plot: uPlot, { fromS, toS }: ChartData) {
  const width = plot.bbox.width / devicePixelRatio
  const span = toS - fromS
  // The last label needs room to its right.
  return ticks({ fromUs: fromS * 1e6, toUs: toS * 1e6 }, Math.max(2, Math.floor(width / 70))).filter(
    ({ atUs }) => (toS - atUs / 1e6) / span > 0.03,
  )
}

function drawBound(plot: uPlot, { top, isBound }: ChartData, colour: string): void {
  if (!isBound) return
  const { ctx, bbox } = plot
  const y = Math.round(plot.valToPos(top, 'y', true)) + 0.5
  ctx.save()
  ctx.strokeStyle = colour
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio])
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.restore()
}

export function Chart(props: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const onScreen = useOnScreen(box)
  const plot = useRef<uPlot | null>(null)
  const data = useRef<ChartData>(EMPTY)
  /** Where the pointer is, in the page's pixels, while it is on this chart: nothing else makes it say what is there. */
  const pointer = useRef<{ x: number; y: number } | null>(null)

  const tell = () => {
    const made = plot.current
    const at = pointer.current
    if (!props.onHover || !made || !at) return
    const { left, width } = made.over.getBoundingClientRect()
    const x = at.x - left
    props.onHover(x < 0 || x > width ? null : made.posToVal(x, 'x'), at.x, at.y)
  }
  const update = () => {
    const next = props.read()
    data.current = next
    plot.current?.setData([next.x, next.y])
    // The pointer rests, and time goes on under it.
    untracked(tell)
  }
  // Made anew for another theme: what is on a canvas are values, not variables.
  useSignalEffect(() => {
    shownTheme.value
    const element = box.current
    if (!element) return
    const made = createPlot(element, props, () => data.current)
    plot.current = made
    untracked(update)
    return () => {
      plot.current = null
      made.destroy()
    }
  })
  useSignalEffect(() => {
    if (pageVisible.value && onScreen.value) update()
  })
  useSignalEffect(() => {
    const atS = props.markedS?.() ?? null
    const made = plot.current
    if (!made) return
    const { fromS, toS } = data.current
    const left = atS === null || atS < fromS || atS > toS ? -10 : made.valToPos(atS, 'x')
    made.setCursor({ left, top: left < 0 ? -10 : 0 }, false)
  })
  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) plot.current?.setSize({ width: element.clientWidth, height: props.height })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      if (pointer.current) props.onHover?.(null, 0, 0)
    }
  }, [props.height])
  return (
    <div
      ref={box}
      class={`chart ${props.class}`}
      style={{ height: `${props.height}px` }}
      role="img"
      aria-label={props.label}
      onPointerMove={({ clientX: x, clientY: y }) => {
        pointer.current = { x, y }
        tell()
      }}
      onPointerLeave={() => {
        pointer.current = null
        props.onHover?.(null, 0, 0)
      }}
    />
  )
}
