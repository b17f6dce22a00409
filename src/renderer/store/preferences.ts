/** What the page remembers from one visit to the next. */
import { effect, signal } from '@preact/signals'

export type Theme = 'system' | 'light' | 'dark'

const KEY = 'forkscope.preferences'

interface Preferences {
  theme: Theme
  program: string
  /**
   * Width of the right column, height of the process panel, of the problems, and of the details where they stand in the right column: in
   * pixels; 0 is the layout's own. The window may have less room.
   */
  sideWidth: number
  processesHeight: number
  detailsHeight: number
  problemsHeight: number
  wholeRun: boolean
}

const DEFAULT: Preferences = {
  theme: 'system',
  program: 'dog-cat',
  sideWidth: 0,
  processesHeight: 0,
  detailsHeight: 0,
  problemsHeight: 0,
  wholeRun: false,
}

const SIZES = ['sideWidth', 'processesHeight', 'detailsHeight', 'problemsHeight'] as const

function read(): Preferences {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>
    const value = { ...DEFAULT }
    if (kept.theme === 'light' || kept.theme === 'dark') value.theme = kept.theme
    if (typeof kept.program === 'string') value.program = kept.program
    for (const size of SIZES) if (Number.isFinite(kept[size])) value[size] = kept[size] as number
    value.wholeRun = kept.wholeRun === true
    return value
  } catch {
    return { ...DEFAULT }
  }
}

export const preferences = signal<Preferences>(read())

export function prefer(change: Partial<Preferences>): void {
  preferences.value = { ...preferences.value, ...change }
}

const systemDark = window.matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = signal(systemDark.matches)
systemDark.addEventListener('change', ({ matches }) => (systemIsDark.value = matches))

/** The theme that is shown. */
export const shownTheme = signal<'light' | 'dark'>('light')

effect(() => {
  const { theme } = preferences.value
  shownTheme.value = theme === 'system' ? (systemIsDark.value ? 'dark' : 'light') : theme
  document.documentElement.dataset.theme = shownTheme.value
})

effect(() => {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences.value))
  } catch {
    // A browser that keeps nothing shows the defaults next time.
  }
})
