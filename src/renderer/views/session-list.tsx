/** The sessions of the program that is shown, where there are several or could be: under its name in the list of programs. */
import type { SessionInfo } from '../../shared/api.ts'
import { countOf, formatGlance } from '../series/format.ts'
import { chooseSession, startAnother, underWay } from '../store/commands.ts'
import { isRunning, sessionsOf, status } from '../store/programs.ts'
import { memo } from './memo.ts'
import { dotClass, PHASE_WORDS } from './phase.ts'
import { testIds } from './test-ids.ts'

interface SessionItemProps extends Pick<SessionInfo, 'session' | 'number' | 'phase' | 'problems'> {
  isShown: boolean
  elapsed: string
}

const SessionItem = memo(({ session, number, phase, problems, isShown, elapsed }: SessionItemProps) => (
  <li>
    <button
      type="button"
      class="session"
      aria-current={isShown ? 'true' : undefined}
      data-testid={testIds.session}
      data-session={session}
      data-phase={phase}
      title={problems > 0 ? countOf(problems, 'problem') : undefined}
      onClick={() => chooseSession(session)}
    >
      <i class={`dot ${dotClass(phase, problems)}`} aria-hidden="true" />
      <span class="cut">{`run ${number}, ${PHASE_WORDS[phase]}`}</span>
      <small class="num">{elapsed}</small>
    </button>
  </li>
))

export function SessionList({ program }: { program: string }) {
  const sessions = sessionsOf(program)
  const shown = status.value?.session
  if (sessions.length < 2 && !isRunning.value) return null
  const first = sessions[0]?.number ?? 1
  return (
    <ul class="sessions" aria-label="Its runs">
      {first > 1 && <li class="session">earlier ones are not kept</li>}
      {sessions.map(({ session, number, phase, problems, elapsedUs }) => (
        <SessionItem
          key={session}
          {...{ session, number, phase, problems, isShown: session === shown, elapsed: formatGlance(elapsedUs) }}
        />
      ))}
      {isRunning.value && (
        <li>
          <button
            type="button"
            class="session"
            data-testid={testIds.startAnother}
            disabled={underWay.value.has(program)}
            title="Start it once more, beside what runs"
            onClick={startAnother}
          >
            <span aria-hidden="true">+</span>
            <span class="cut">Start another</span>
          </button>
        </li>
      )}
    </ul>
  )
}
