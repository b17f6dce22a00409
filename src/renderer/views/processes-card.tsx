/** The process panel: how many there are, what the signs on the lanes mean, and the table. */
import { SLIDING_US } from '../series/time-axis.ts'
import { phaseWords } from '../series/words.ts'
import { start } from '../store/commands.ts'
import { connectionState } from '../store/connection.ts'
import { prefer, preferences } from '../store/preferences.ts'
import { isRunning, program } from '../store/programs.ts'
import { elapsedUs, isLoading, read } from '../store/session.ts'
import { Card } from './card.tsx'
import { Icon } from './icons.tsx'
import { LaneKey } from './lane-key.tsx'
import { ProcessTable } from './process-table.tsx'
import { testIds } from './test-ids.ts'

function Counts() {
  const processes = read('processes')
  if (!processes || processes.rows.size === 0) return null
  let alive = 0
  for (const { state } of processes.rows.values()) if (state !== 'exited') alive++
  const ended = processes.rows.size - alive + processes.forgotten
  return (
    <>
      {alive} alive{ended > 0 && `, ${ended} ended`}
    </>
  )
}

function Phase() {
  const head = read('head')
  if (!head) return null
  const live = head.endedAtUs === null && connectionState.value === 'open'
  const words =
    head.endedAtUs === null && !live
      ? 'Not connected'
      : phaseWords(head, read('pools')?.rows.values() ?? [], program.value?.words?.stopped)
  return (
    <b
      key={words}
      data-testid={testIds.phase}
      class={`phase ${live ? 'live' : ''} ${head.phase === 'failed' ? 'bad-text' : ''}`}
    >
      {words}
    </b>
  )
}

/** There is something to choose only once the run is longer than the axis. */
function AxisSwitch() {
  if (elapsedUs.value <= SLIDING_US) return null
  const { wholeRun } = preferences.value
  return (
    <button type="button" class="link" onClick={() => prefer({ wholeRun: !wholeRun })}>
      {wholeRun ? 'Show the last minute' : 'Show the whole run'}
    </button>
  )
}

function Key() {
  return (
    <>
      <AxisSwitch />
      <Phase />
    </>
  )
}

function Empty() {
  const info = program.value
  if (!info || isLoading.value || isRunning.value) return null
  return (
    <div class="empty">
      <p>
        Press Start to see its processes here: each with its PID, what it does, and what it costs, on one time axis.
      </p>
      <button type="button" class="button primary" onClick={start} disabled={connectionState.value !== 'open'}>
        <Icon name="start" />
        Start {info.title}
      </button>
    </div>
  )
}

export function ProcessesCard() {
  const any = (read('processes')?.rows.size ?? 0) > 0
  return (
    <Card
      title="Processes"
      label="Processes and queues"
      class="processes"
      aside={<Counts />}
      end={any ? <Key /> : undefined}
    >
      {any ? (
        <>
          <LaneKey />
          <ProcessTable />
        </>
      ) : (
        <Empty />
      )}
    </Card>
  )
}
