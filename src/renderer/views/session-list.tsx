/** The sessions of the program that is shown: below all programs, the newest last, so that one that begins moves nothing. */
import type { SessionInfo } from '../../shared/api.ts'
import { countOf, formatGlance } from '../series/format.ts'
import { chooseSession } from '../store/commands.ts'
import { program, sessionsOf, status } from '../store/programs.ts'
import { Figure } from './figure.tsx'
import { memo } from './memo.ts'
import { OneStop } from './one-stop.tsx'
import { dotClass, PHASE_WORDS } from './phase.ts'
import { testIds } from './test-ids.ts'

interface SessionItemProps extends Pick<SessionInfo, 'session' | 'number' | 'phase' | 'problems'> {
  /** How it is doing. */
  words: string
  isShown: boolean
  elapsed: string
}

const SessionItem = memo(({ session, number, phase, problems, words, isShown, elapsed }: SessionItemProps) => (
  <li>
    <button
      type="button"
      class="session"
      aria-current={isShown ? 'true' : undefined}
      data-testid={testIds.session}
      data-session={session}
      data-phase={phase}
      title={`run ${number}, ${words}${problems > 0 ? `, ${countOf(problems, 'problem')}` : ''}`}
      onClick={() => chooseSession(session)}
    >
      <i class={`dot ${dotClass(phase, problems)}`} aria-hidden="true" />
      <span class="cut">{`run ${number}, ${words}`}</span>
      <small class="num">
        <Figure text={elapsed} />
      </small>
    </button>
  </li>
))

export function SessionList() {
  const info = program.value
  const sessions = info ? sessionsOf(info.id) : []
  const shown = status.value?.session
  if (!info || sessions.length === 0) return null
  const first = sessions[0]?.number ?? 1
  return (
    <>
      <h2 id="runs" class="cut" title={`Runs of ${info.title}`}>
        Runs of {info.title}
      </h2>
      <OneStop as="ul" items="button" class="sessions" aria-labelledby="runs">
        {first > 1 && <li class="session">earlier ones are not kept</li>}
        {sessions.map(({ session, number, phase, problems, elapsedUs }) => (
          <SessionItem
            key={session}
            words={
              phase === 'stopped' ? (info.words?.stopped.toLowerCase() ?? PHASE_WORDS.stopped) : PHASE_WORDS[phase]
            }
            {...{ session, number, phase, problems, isShown: session === shown, elapsed: formatGlance(elapsedUs) }}
          />
        ))}
      </OneStop>
    </>
  )
}
