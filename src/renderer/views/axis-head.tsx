/** The head of the time axis: its ticks. It also tells everyone how wide the axis is. */
import { useLayoutEffect, useRef } from 'preact/hooks'
import { ticks, xOf } from '../series/time-axis.ts'
import { axisWidth, axisWindow } from '../store/timeline.ts'
import { mostTicks } from './lane-canvas.tsx'

function Ticks() {
  const width = axisWidth.value
  const window = axisWindow.value
  if (width <= 0) return null
  return (
    <>
      {ticks(window, mostTicks(width)).map(({ atUs, label }) => {
        const x = xOf(atUs, window, width)
        // A label that would hang over the end is left out; its line is there all the same.
        if (x > width - 6 - 8 * label.length) return null
        return (
          <span key={atUs} style={{ transform: `translateX(${Math.round(x) + 4}px)` }}>
            {label}
          </span>
        )
      })}
    </>
  )
}

export function AxisHead() {
  const head = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = head.current
    if (!element) return
    const observer = new ResizeObserver(() => (axisWidth.value = element.clientWidth))
    observer.observe(element)
    axisWidth.value = element.clientWidth
    return () => observer.disconnect()
  }, [])
  return (
    <div class="axis-head" ref={head}>
      <span class="unseen">What it did, over time</span>
      <Ticks />
    </div>
  )
}
