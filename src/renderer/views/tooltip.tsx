/** What is named beside the pointer. */
import { useLayoutEffect, useRef } from 'preact/hooks'
import { hint } from '../store/timeline.ts'

const AWAY = 14

export function Tooltip() {
  const box = useRef<HTMLDivElement>(null)
  const shown = hint.value
  useLayoutEffect(() => {
    const element = box.current
    if (!element || !shown) return
    const { offsetWidth, offsetHeight } = element
    const x = shown.x + AWAY + offsetWidth > innerWidth ? shown.x - AWAY - offsetWidth : shown.x + AWAY
    const y = shown.y + AWAY + offsetHeight > innerHeight ? shown.y - AWAY - offsetHeight : shown.y + AWAY
    element.style.transform = `translate(${Math.max(4, x)}px, ${Math.max(4, y)}px)`
  })
  if (!shown) return null
  return (
    <div class="tooltip" role="tooltip" ref={box}>
      <b>{shown.title}</b>
      {shown.lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </div>
  )
}
