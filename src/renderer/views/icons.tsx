/** The few signs of the page, drawn, so that they look the same in every font. They are never alone: a word says the same. */
import type { StateSign } from '../series/words.ts'

const SIGNS: Record<StateSign, string> = {
  running: 'M4 2.5 9.5 6 4 9.5Z',
  waiting: 'M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M6 3.5V6l1.8 1.2',
  sleeping: 'M9.8 7.3A4.3 4.3 0 0 1 4.7 2.2a4.3 4.3 0 1 0 5.1 5.1Z',
  starting: 'M6 1.7v2M6 8.3v2M1.7 6h2M8.3 6h2M3 3l1.3 1.3M7.7 7.7 9 9M9 3 7.7 4.3M4.3 7.7 3 9',
  good: 'M2.5 6.5 5 9l4.5-6',
  bad: 'M3 3l6 6M9 3 3 9',
  awaiting: 'M2.5 6h.01M6 6h.01M9.5 6h.01',
  stopped: 'M3.2 3.2h5.6v5.6H3.2Z',
}

/** The sign beside a state's words. */
export function Sign({ sign }: { sign: StateSign }) {
  return (
    <svg class={`sign sign-${sign}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <path d={SIGNS[sign]} />
    </svg>
  )
}

const PATHS = {
  start: 'M4.5 2.6 12 7l-7.5 4.4Z',
  stop: 'M3.5 3.5h7v7h-7Z',
  restart: 'M11.6 5.2A5 5 0 1 0 12 7.6M11.9 2.4v3h-3',
  terminate: 'M4.2 4.2h5.6v5.6H4.2Z',
  kill: 'M3.8 3.8l6.4 6.4M10.2 3.8l-6.4 6.4',
  system: 'M2 3h10v6.5H2ZM5 12h4M7 9.5V12',
  light:
    'M7 4.6a2.4 2.4 0 1 0 0 4.8a2.4 2.4 0 1 0 0-4.8M7 1v1.4M7 11.6V13M1 7h1.4M11.6 7H13M2.8 2.8l1 1M10.2 10.2l1 1M11.2 2.8l-1 1M3.8 10.2l-1 1',
  dark: 'M11.6 8.6A5 5 0 0 1 5.4 2.4a5 5 0 1 0 6.2 6.2Z',
  another: 'M7 2.5v9M2.5 7h9',
  down: 'M7 2.5v8.5M3.5 7.6 7 11l3.5-3.4',
  keep: 'M5 2h4M5.5 2v4L4 8.5h6L8.5 6V2M7 8.5V12',
  close: 'M3.8 3.8l6.4 6.4M10.2 3.8l-6.4 6.4',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}

/** A fork whose ends come together in one point. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 18 18" width="18" height="18" aria-hidden="true">
      <path d="M3 3v5c0 2 1.2 3 3 3h3M9 11v4M9 11h3c1.8 0 3-1 3-3V3" />
      <circle cx="9" cy="15.4" r="1.4" />
    </svg>
  )
}
