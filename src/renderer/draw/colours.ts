/** The colours of the page as a canvas needs them: values, not variables. */
import { computed } from '@preact/signals'
import { PALETTE_SIZE } from '../series/colours.ts'
import { shownTheme } from '../store/preferences.ts'

export interface CanvasColours {
  processes: string[]
  accent: string
  warn: string
  bad: string
  line: string
  faint: string
  soft: string
}

/** Read once a theme. */
export const canvasColours = computed<CanvasColours>(() => {
  shownTheme.value
  const style = getComputedStyle(document.documentElement)
  const read = (name: string) => style.getPropertyValue(name).trim()
  return {
    processes: Array.from({ length: PALETTE_SIZE }, (_, i) => read(`--p${i}`)),
    accent: read('--accent'),
    warn: read('--warn'),
    bad: read('--bad'),
    line: read('--line'),
    faint: read('--faint'),
    soft: read('--soft'),
  }
})
