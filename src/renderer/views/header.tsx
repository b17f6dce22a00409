/** The program's name, what to watch for, the clock, and the buttons that start and stop it. */
import { countOf, formatClock } from '../series/format.ts'
import { refusal, start, startAnother, stop, underWay } from '../store/commands.ts'
import { connectionState } from '../store/connection.ts'
import { differsFromRun, fieldError } from '../store/parameters.ts'
import { isRunning, program, status } from '../store/programs.ts'
import { elapsedUs, read } from '../store/session.ts'
import { Figure } from './figure.tsx'
import { Icon } from './icons.tsx'
import { testIds } from './test-ids.ts'

function Clock() {
  return (
    <span class="clock" role="timer" aria-label="Elapsed" data-testid={testIds.elapsed}>
      {formatClock(elapsedUs.value)}
    </span>
  )
}

/** Other words are another element, in the middle of a button that stays as it is: nothing has moved. */
function Words({ icon, text }: { icon: 'start' | 'stop' | 'restart'; text: string }) {
  return (
    <span key={text} class="act">
      <Icon name={icon} />
      {text}
    </span>
  )
}

const USUAL = {
  start: { act: 'Start', now: 'Starting…', help: 'Start it' },
  stop: { act: 'Stop', now: 'Stopping…', help: 'Stop it and all its processes' },
}

function StartOrStop() {
  const info = program.value
  const command = info ? underWay.value.get(info.id) : undefined
  const offline = connectionState.value !== 'open'
  const wrongField =
    info && Object.keys(info.parameters).some((name) => fieldError(info, name) !== null)
      ? 'A field is not right yet.'
      : null
  const busy = command !== undefined || offline
  const { start: startWords, stop: stopWords } = info?.words ?? USUAL
  const stopping = command === 'stopping' || status.value?.phase === 'stopping'
  const running = isRunning.value
  return (
    <div class="acts">
      {differsFromRun.value && <small>Takes effect with Restart.</small>}
      <button
        type="button"
        class="button another"
        aria-label="Start another"
        data-testid={testIds.startAnother}
        disabled={busy || !running || wrongField !== null}
        title="Start it once more, beside what runs"
        onClick={startAnother}
      >
        <Icon name="another" />
      </button>
      <button
        type="button"
        class="button"
        data-testid={testIds.restart}
        disabled={busy || stopping || !running || wrongField !== null}
        title={running ? (wrongField ?? 'Stop it and start it anew') : 'It does not run'}
        onClick={start}
      >
        <Words icon="restart" text={command === 'restarting' ? 'Restarting…' : 'Restart'} />
      </button>
      {running || command === 'stopping' ? (
        <button
          type="button"
          class="button primary main-act"
          data-testid={testIds.stop}
          disabled={busy || stopping}
          title={`${stopWords.help} (Ctrl+Enter)`}
          onClick={stop}
        >
          <Words icon="stop" text={stopping ? stopWords.now : stopWords.act} />
        </button>
      ) : (
        <button
          type="button"
          class="button primary main-act"
          data-testid={testIds.start}
          disabled={busy || wrongField !== null}
          title={wrongField ?? `${startWords.help} (Ctrl+Enter)`}
          onClick={start}
        >
          <Words icon="start" text={command === 'starting' ? startWords.now : startWords.act} />
        </button>
      )}
    </div>
  )
}

/** What came of the last call, if it was refused. */
export function Refusal() {
  const refused = refusal.value
  if (!refused || refused.program !== program.value?.id) return null
  return (
    <div class="strip bad" role="alert" data-testid={testIds.refusal}>
      <span>{refused.message}</span>
      <button type="button" class="quiet" aria-label="Dismiss" onClick={() => (refusal.value = null)}>
        <Icon name="close" />
      </button>
    </div>
  )
}

function goToProblems(): void {
  const card = document.querySelector('.card.problems')
  card?.scrollIntoView({ block: 'nearest' })
  card?.querySelector<HTMLElement>('.problem:last-child')?.focus()
}

/** Always in sight, wherever the problems themselves are. Its place is kept for it. */
function ProblemCount() {
  const table = read('problems')
  const count = (table?.rows.size ?? 0) + (table?.forgotten ?? 0)
  return (
    <span class="problem-count">
      {count > 0 && (
        <button type="button" class="bad-text" data-testid={testIds.goToProblems} onClick={goToProblems}>
          <Figure text={countOf(count, 'problem')} />
        </button>
      )}
    </span>
  )
}

export function Header() {
  const info = program.value
  return (
    <header class="header">
      <h2 class="cut" title={`${info?.title}: ${info?.watch}`}>
        {info?.title}
      </h2>
      <p title={info?.watch}>{info?.watch}</p>
      <ProblemCount />
      <Clock />
      <StartOrStop />
    </header>
  )
}
