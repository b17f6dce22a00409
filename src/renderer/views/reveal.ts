/** What belongs to the selection is scrolled to in each panel, where none of it is in sight. */
import { useSignalEffect } from '@preact/signals'
import { selection } from '../store/selection.ts'

/** By what scrolls: what in it belongs to the selection. */
const MARKED = {
  '.table-scroll': 'tr[aria-selected=true], tr.related',
  '.side-cards': '.cell[aria-pressed=true]',
  '.problem-list': '.problem.selected',
} as const
/** Of a process, the last lines are as good as any. */
const MARKED_OF_TASK = { ...MARKED, '.lines': '.line.selected' } as const

const MARGIN = 30

function reveal(box: Element, marked: string): void {
  const all = [...box.querySelectorAll(marked)]
  const [first] = all
  const { top, bottom } = box.getBoundingClientRect()
  const inSight = (element: Element) => {
    const place = element.getBoundingClientRect()
    return place.top >= top && place.bottom <= bottom
  }
  if (!first || all.some(inSight)) return
  // Not by the browser's own means, which would move the page too.
  box.scrollTop += first.getBoundingClientRect().top - top - MARGIN
}

export function useReveal(): void {
  useSignalEffect(() => {
    const kind = selection.value?.kind
    if (!kind) return
    // Two frames: what was selected is marked only then.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        for (const [boxes, marked] of Object.entries(kind === 'task' ? MARKED_OF_TASK : MARKED)) {
          for (const box of document.querySelectorAll(boxes)) reveal(box, marked)
        }
      })
    })
    return () => cancelAnimationFrame(frame)
  })
}
