/** The programs, each with how it is doing, and below them what all of them cost. */
import type { ProgramInfo, ProgramStatus } from '../../shared/api.ts'
import { countOf, formatDuration } from '../series/format.ts'
import { chooseProgram } from '../store/commands.ts'
import { prefer, preferences, type Theme } from '../store/preferences.ts'
import { appInfo, overview, program, statusOf } from '../store/programs.ts'
import { Icon, Logo } from './icons.tsx'
import { moveFocus } from './move-focus.ts'
import { testIds } from './test-ids.ts'

const PHASE_WORDS: Record<ProgramStatus['phase'], string> = {
  idle: 'not started yet',
  starting: 'starting',
  running: 'running',
  stopping: 'stopping',
  finished: 'finished',
  stopped: 'stopped',
  failed: 'failed',
}

function dotClass(status: ProgramStatus | null): string {
  if (!status || status.phase === 'idle') return ''
  if (['starting', 'running', 'stopping'].includes(status.phase)) return 'on'
  return status.problems > 0 || status.phase === 'failed' ? 'bad' : 'over'
}

function ProgramItem({ info }: { info: ProgramInfo }) {
  const status = statusOf(info.id)
  const isCurrent = program.value?.id === info.id
  const phase = status?.phase ?? 'idle'
  const runs = dotClass(status) === 'on'
  return (
    <li>
      <button
        type="button"
        class="program"
        aria-current={isCurrent ? 'page' : undefined}
        data-testid={testIds.program(info.id)}
        data-phase={phase}
        onClick={() => chooseProgram(info.id)}
      >
        <i class={`dot ${dotClass(status)}`} aria-hidden="true" />
        <span class="program-names">
          <span class="cut">{info.title}</span>
          <small class="cut">{info.summary}</small>
        </span>
        <small class="program-figure num">
          <span>{runs && formatDuration(status?.elapsedUs ?? 0)}</span>
          {status !== null && status.problems > 0 && (
            <span class="bad-text" title={countOf(status.problems, 'problem')}>
              {status.problems} <span aria-hidden="true">✕</span>
            </span>
          )}
          <span class="unseen">
            {status !== null && status.problems > 0 ? 'problems, ' : ''}
            {PHASE_WORDS[phase]}
          </span>
        </small>
      </button>
    </li>
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

function Totals() {
  const figures = overview.value
  if (!figures) return null
  const { running, processes, cpuPercent, cores } = figures
  return (
    <p class="totals">
      {running} running · {countOf(processes, 'process', 'processes')}
      <br />
      CPU {Math.round(cpuPercent / Math.max(1, cores))} % of {countOf(cores, 'core')}
    </p>
  )
}

export function Sidebar() {
  return (
    <nav class="sidebar" aria-label="Programs">
      <h1>
        <Logo />
        Forkscope
      </h1>
      <h2 id="demos">Demos</h2>
      {/* The arrow keys are a shortcut beside Tab, which reaches every program too. */}
      <ul aria-labelledby="demos" onKeyDown={(event) => moveFocus(event, '.program')}>
        {appInfo.value?.programs.map((info) => (
          <ProgramItem key={info.id} info={info} />
        ))}
      </ul>
      <footer>
        <Totals />
        <ThemeSwitch />
      </footer>
    </nav>
  )
}
