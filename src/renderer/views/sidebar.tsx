/** The programs, each with how it is doing, and below them what all of them cost. */
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { ProgramInfo } from '../../shared/api.ts'
import { countOf, formatGlance } from '../series/format.ts'
import { chooseProgram } from '../store/commands.ts'
import { prefer, preferences, type Theme } from '../store/preferences.ts'
import { appInfo, overview, program, status, statusOf } from '../store/programs.ts'
import { shapeOf } from './figure.tsx'
import { Icon, Logo } from './icons.tsx'
import { memo } from './memo.ts'
import { OneStop } from './one-stop.tsx'
import { dotClass, PHASE_WORDS, type Phase } from './phase.ts'
import { SessionList } from './session-list.tsx'
import { testIds } from './test-ids.ts'

interface ProgramItemProps {
  info: ProgramInfo
  isCurrent: boolean
  phase: Phase
  problems: number
  /** How long it has run; empty unless it runs. */
  elapsed: string
}

const ProgramItem = memo(({ info, isCurrent, phase, problems, elapsed }: ProgramItemProps) => (
  <li>
    <button
      type="button"
      class="program"
      aria-current={isCurrent ? 'page' : undefined}
      data-testid={testIds.program(info.id)}
      data-phase={phase}
      title={`${info.title}, ${info.summary}: ${PHASE_WORDS[phase]}`}
      onClick={() => chooseProgram(info.id)}
    >
      <i class={`dot ${dotClass(phase, problems)}`} aria-hidden="true" />
      <span class="program-names">
        <span class="cut">{info.title}</span>
        <small class="cut">{info.summary}</small>
      </span>
      <small key={shapeOf(`${elapsed} ${problems || ''}`)} class="program-figure num">
        <span>{elapsed}</span>
        {problems > 0 && (
          <span class="bad-text" title={countOf(problems, 'problem')}>
            {problems} <span aria-hidden="true">✕</span>
          </span>
        )}
        <span class="unseen">{`${problems > 0 ? 'problems, ' : ''}${PHASE_WORDS[phase]}`}</span>
      </small>
    </button>
  </li>
))

function ProgramItems() {
  const current = program.value?.id
  return (
    <>
      {appInfo.value?.programs.map((info) => {
        const { phase, problems, elapsedUs } = statusOf(info.id) ?? { phase: 'idle', problems: 0, elapsedUs: 0 }
        const elapsed = dotClass(phase, problems) === 'on' ? formatGlance(elapsedUs) : ''
        return (
          <ProgramItem
            key={info.id}
            info={info}
            isCurrent={info.id === current}
            phase={phase}
            problems={problems}
            elapsed={elapsed}
          />
        )
      })}
    </>
  )
}

const THEMES: Theme[] = ['system', 'light', 'dark']

function ThemeSwitch() {
  const { theme } = preferences.value
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as Theme
  return (
    <button
      type="button"
      class="quiet"
      data-testid={testIds.theme}
      aria-label={`Theme: ${theme}. Change to ${next}.`}
      title={`Theme: ${theme}`}
      onClick={() => prefer({ theme: next })}
    >
      <Icon name={theme} />
    </button>
  )
}

/** A line of text that is touched only when it says something else. */
const Line = memo(({ text }: { text: string }) => <span>{text}</span>)

function Totals() {
  const figures = overview.value
  if (!figures) return null
  const { running, processes, cpuPercent, cores } = figures
  return (
    <p class="totals">
      <Line text={`${running} running · ${countOf(processes, 'process', 'processes')}`} />
      <Line text={`CPU ${Math.round(cpuPercent / Math.max(1, cores))} % of ${countOf(cores, 'core')}`} />
    </p>
  )
}

/** The list may be longer than there is room, along the top of a narrow window above all: the program and the run that are shown are in sight. */
function useCurrentInSight() {
  const sidebar = useRef<HTMLElement>(null)
  const current = `${program.value?.id} ${status.value?.session}`
  useLayoutEffect(() => {
    const nav = sidebar.current
    if (!nav) return
    const observer = new ResizeObserver(() => {
      const footer = nav.querySelector('footer')?.offsetHeight ?? 0
      for (const item of nav.querySelectorAll('[aria-current]')) {
        const list = item.closest('ul')
        if (list) list.scrollLeft += beyond(item, list, 'left', 'right', 0)
        nav.scrollTop += beyond(item, nav, 'top', 'bottom', footer)
      }
    })
    for (const element of [nav, ...nav.querySelectorAll('ul')]) observer.observe(element)
    return () => observer.disconnect()
  }, [current])
  return sidebar
}

type Side = 'left' | 'right' | 'top' | 'bottom'

/** @returns by how much a box must be scrolled for an item to be in sight; `covered` is what of its end something else covers */
function beyond(item: Element, box: Element, start: Side, end: Side, covered: number): number {
  const [inner, outer] = [item.getBoundingClientRect(), box.getBoundingClientRect()]
  if (inner[start] < outer[start]) return inner[start] - outer[start]
  return Math.max(0, inner[end] - (outer[end] - covered))
}

export function Sidebar() {
  const sidebar = useCurrentInSight()
  return (
    <nav class="sidebar" aria-label="Programs" ref={sidebar}>
      <h1>
        <Logo />
        <span>Forkscope</span>
      </h1>
      <h2 id="programs">Programs</h2>
      <OneStop as="ul" items=".program" aria-labelledby="programs">
        <ProgramItems />
      </OneStop>
      <SessionList />
      <footer>
        <Totals />
        <ThemeSwitch />
      </footer>
    </nav>
  )
}
