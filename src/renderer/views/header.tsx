/** The program's name, what to watch for, the clock, and the buttons that start and stop it. */
import { formatClock } from '../series/format.ts'
import { refusal, start, stop, underWay } from '../store/commands.ts'
import { connectionState } from '../store/connection.ts'
import { differsFromRun, fieldError } from '../store/parameters.ts'
import { isRunning, program, status } from '../store/programs.ts'
import { elapsedUs } from '../store/session.ts'
import { Icon } from './icons.tsx'
import { testIds } from './test-ids.ts'

function Clock() {
  return (
    <span class="clock" role="timer" aria-label="Elapsed" data-testid={testIds.elapsed}>
      {formatClock(elapsedUs.value)}
    </span>
  )
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
  const stopping = command === 'stopping' || status.value?.phase === 'stopping'
  const running = isRunning.value
  return (
    <div class="acts">
      {differsFromRun.value && <small>Takes effect with Restart.</small>}
      <button
        type="button"
        class="button"
        data-testid={testIds.restart}
        disabled={busy || stopping || !running || wrongField !== null}
        title={running ? (wrongField ?? 'Stop it and start it anew') : 'It does not run'}
        onClick={start}
      >
        <Icon name="restart" />
        {command === 'restarting' ? 'Restarting…' : 'Restart'}
      </button>
      {running || command === 'stopping' ? (
        <button
          type="button"
          class="button primary main-act"
          data-testid={testIds.stop}
          disabled={busy || stopping}
          title="Stop it and all its processes (Ctrl+Enter)"
          onClick={stop}
        >
          <Icon name="stop" />
          {stopping ? 'Stopping…' : 'Stop'}
        </button>
      ) : (
        <button
          type="button"
          class="button primary main-act"
          data-testid={testIds.start}
          disabled={busy || wrongField !== null}
          title={wrongField ?? 'Start it (Ctrl+Enter)'}
          onClick={start}
        >
          <Icon name="start" />
          {command === 'starting' ? 'Starting…' : 'Start'}
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

export function Header() {
  const info = program.value
  return (
    <header class="header">
      <h2 class="cut" title={`${info?.title}: ${info?.watch}`}>
        {info?.title}
      </h2>
      <p title={info?.watch}>{info?.watch}</p>
      <Clock />
      <StartOrStop />
    </header>
  )
}
