/** The space between two panels, by which they are resized. */
import { useRef } from 'preact/hooks'

export interface GutterProps {
  /** `column` lies between two columns and is dragged sideways. */
  kind: 'column' | 'row'
  label: string
  /** The size, in pixels, of what the gutter resizes. */
  size: () => number
  /** Whether that lies before the gutter, so that dragging forth makes it larger. */
  before: boolean
  least: number
  most: () => number
  onSize: (pixels: number) => void
  /** Back to the layout's own size. */
  onReset: () => void
}

const KEY_STEP = 24

export function Gutter({ kind, label, size, before, least, most, onSize, onReset }: GutterProps) {
  const drag = useRef<{ start: number; size: number } | null>(null)
  const at = (event: PointerEvent) => (kind === 'column' ? event.clientX : event.clientY)
  const resize = (wanted: number) => onSize(Math.round(Math.max(least, Math.min(most(), wanted))))
  const sign = before ? 1 : -1
  const keys = kind === 'column' ? { ArrowLeft: -1, ArrowRight: 1 } : { ArrowUp: -1, ArrowDown: 1 }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that is moved is no <hr>
    <div
      class={`gutter gutter-${kind}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={kind === 'column' ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round(size())}
      title={`${label}; double-click to undo`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        drag.current = { start: at(event), size: size() }
      }}
      onPointerMove={(event) => {
        if (drag.current) resize(drag.current.size + sign * (at(event) - drag.current.start))
      }}
      onPointerUp={() => (drag.current = null)}
      onPointerCancel={() => (drag.current = null)}
      onDblClick={onReset}
      onKeyDown={(event) => {
        const step = (keys as Record<string, number>)[event.key]
        if (step === undefined) return
        event.preventDefault()
        resize(size() + sign * step * KEY_STEP)
      }}
    />
  )
}
