/** The space between two panels, by which they are resized. */
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

export interface GutterProps {
  /** `column` lies between two columns and is dragged sideways. */
  kind: 'column' | 'row'
  class?: string
  label: string
  /** What the gutter resizes, and in what it lies. */
  panel: RefObject<HTMLElement | null>
  room: RefObject<HTMLElement | null>
  /** Whether the panel lies before the gutter, so that dragging forth makes it larger. */
  before: boolean
  /** Pixels that the panel has at least, and that it leaves to the others. */
  least: number
  leaves: number
  onSize: (pixels: number) => void
  /** Back to the layout's own size. */
  onReset: () => void
}

const KEY_STEP = 24

export function Gutter({
  kind,
  class: name = '',
  label,
  panel,
  room,
  before,
  least,
  leaves,
  onSize,
  onReset,
}: GutterProps) {
  const gutter = useRef<HTMLDivElement>(null)
  const drag = useRef<{ start: number; size: number } | null>(null)
  const at = (event: PointerEvent) => (kind === 'column' ? event.clientX : event.clientY)
  const sizeOf = ({ current }: RefObject<HTMLElement | null>) =>
    Math.round((kind === 'column' ? current?.offsetWidth : current?.offsetHeight) ?? 0)
  const most = () => Math.max(least, sizeOf(room) - leaves)
  const resize = (wanted: number) => onSize(Math.round(Math.max(least, Math.min(most(), wanted))))
  const sign = before ? 1 : -1

  // What it says of itself is what was laid out, whoever changed it.
  useLayoutEffect(() => {
    const tell = () => {
      gutter.current?.setAttribute('aria-valuenow', String(sizeOf(panel)))
      gutter.current?.setAttribute('aria-valuemin', String(least))
      gutter.current?.setAttribute('aria-valuemax', String(most()))
    }
    tell()
    const observer = new ResizeObserver(tell)
    for (const { current } of [panel, room]) if (current) observer.observe(current)
    return () => observer.disconnect()
  }, [])
  const onKeyDown = (event: KeyboardEvent) => {
    const [back, forth] = kind === 'column' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
    const step = sign * KEY_STEP * (event.shiftKey ? 4 : 1)
    if (event.key === back) resize(sizeOf(panel) - step)
    else if (event.key === forth) resize(sizeOf(panel) + step)
    else if (event.key === 'Home') resize(least)
    else if (event.key === 'End') resize(most())
    else if (event.key === 'Enter') onReset()
    else return
    event.preventDefault()
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that is moved is no <hr>
    <div
      ref={gutter}
      class={`gutter gutter-${kind} ${name}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={kind === 'column' ? 'vertical' : 'horizontal'}
      aria-valuenow={0}
      title={`${label}: drag, or arrow keys; double-click or Enter undoes it`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        drag.current = { start: at(event), size: sizeOf(panel) }
      }}
      onPointerMove={(event) => {
        if (drag.current) resize(drag.current.size + sign * (at(event) - drag.current.start))
      }}
      onPointerUp={() => (drag.current = null)}
      onPointerCancel={() => (drag.current = null)}
      onDblClick={onReset}
      onKeyDown={onKeyDown}
    />
  )
}
