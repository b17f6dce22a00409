/** All about the selected process. */
import type { ProcessRow } from '../../shared/session-state.ts'
import { colourClass } from '../series/colours.ts'
import { cpuTimeFigure } from '../series/cost.ts'
import { formatDuration, formatMemory, formatPercent } from '../series/format.ts'
import { roundTop, sampleColumns } from '../series/samples.ts'
import { busyNow, endWords, shortCall, stateWords } from '../series/words.ts'
import { signalProcess } from '../store/commands.ts'
import { cores } from '../store/programs.ts'
import { select } from '../store/selection.ts'
import { elapsedUs, peekState, read } from '../store/session.ts'
import { axisWindow } from '../store/timeline.ts'
import { Chart, type ChartData } from './chart.tsx'
import { EndList } from './end-list.tsx'
import { Fact } from './fact.tsx'
import { Forgotten } from './forgotten.tsx'
import { Icon, Sign } from './icons.tsx'
import { NameText } from './name-text.tsx'
import { ProcessName } from './process-name.tsx'
import { whyNotSignal } from './process-row.tsx'
import { StackSection } from './stack-section.tsx'
import { testIds } from './test-ids.ts'
import { TimeShares } from './time-shares.tsx'
import { WaitList } from './wait-list.tsx'

function Uptime({ row }: { row: ProcessRow }) {
  const untilUs = row.endedAtUs ?? elapsedUs.value
  return <>{formatDuration(Math.max(0, untilUs - row.startedAtUs))}</>
}

function SignalButtons({ row }: { row: ProcessRow }) {
  const reason = whyNotSignal(row)
  const button = (testId: string, signal: 'SIGTERM' | 'SIGKILL', words: string, help: string) => (
    <button
      type="button"
      class="button small"
      disabled={reason !== null}
      title={reason ?? help}
      data-testid={testId}
      onClick={() => signalProcess(row.id, signal)}
    >
      <Icon name={signal === 'SIGTERM' ? 'terminate' : 'kill'} />
      {words}
    </button>
  )
  return (
    <div class="detail-acts">
      {button(testIds.terminate, 'SIGTERM', 'Terminate', 'Ask it to end (SIGTERM)')}
      {button(testIds.kill, 'SIGKILL', 'Kill', 'End it at once (SIGKILL)')}
    </div>
  )
}

function History({ row, kind }: { row: ProcessRow; kind: 'cpuPercent' | 'megabytes' }) {
  const readSamples = (): ChartData => {
    const { fromUs, toUs } = axisWindow.value
    const samples = read('samples')?.get(row.id)?.items ?? []
    const columns = sampleColumns(samples, fromUs)
    const y = columns[kind]
    const top = roundTop(Math.max(0, ...y), kind === 'cpuPercent' ? 10 : 50)
    return { x: columns.x, y, fromS: fromUs / 1e6, toS: toUs / 1e6, top, isBound: false }
  }
  const isCpu = kind === 'cpuPercent'
  return (
    <figure>
      <figcaption>
        {isCpu ? 'CPU' : 'Memory'}
        {row.endedAtUs === null && <b> {isCpu ? formatPercent(row.cpuPercent) : formatMemory(row.memoryBytes)}</b>}
      </figcaption>
      <Chart
        key={`${row.id} ${kind}`}
        class={colourClass(row.order)}
        label={`${isCpu ? 'CPU in percent of a core' : 'Memory in megabytes'} of ${row.name} over time`}
        height={72}
        read={readSamples}
        stepped={false}
        formatY={(value) => String(Math.round(value))}
      />
    </figure>
  )
}

function CurrentTask({ row }: { row: ProcessRow }) {
  const id = row.task
  const task = id === null ? undefined : read('tasks')?.rows.get(id)
  if (!task) return <>none</>
  return (
    <button type="button" class="link cut" title={task.name} onClick={() => select('task', task.id)}>
      {shortCall(task.name)}
    </button>
  )
}

function shortWaitWords({ shortWaits, shortWaitUs }: ProcessRow): string {
  return shortWaits === 0 ? 'none' : `${shortWaits}, ${formatDuration(shortWaitUs)}`
}

export function ProcessDetail({ id }: { id: string }) {
  const row = read('processes')?.rows.get(id)
  read('tasks')
  const state = peekState()
  if (!row || !state) return <Forgotten what="process" />
  const { sign, text } = stateWords(row, state, elapsedUs.peek())
  const ended = row.state === 'exited'
  const cpuTime = cpuTimeFigure(row, cores.value)
  const busyPercent = busyNow(row, elapsedUs.peek())
  return (
    <div class={`detail ${colourClass(row.order)}`} data-testid={testIds.detail} data-process={id}>
      <div class="detail-head">
        <i class={`chip ${ended ? 'hollow' : ''}`} aria-hidden="true" />
        <b>
          <NameText name={row.name} />
        </b>
        <span class="state cut" title={text}>
          <Sign sign={sign} />
          <span class="cut">
            {row.state === 'waiting' && <span class="unseen">waiting: </span>}
            {text}
          </span>
        </span>
        <SignalButtons row={row} />
      </div>
      <dl class="facts">
        <Fact name="PID">{row.pid}</Fact>
        <Fact name="Parent">{row.parent === null ? 'none' : <ProcessName process={row.parent} />}</Fact>
        <Fact name={ended ? 'Ran for' : 'Uptime'}>
          <Uptime row={row} />
        </Fact>
        {ended ? (
          <Fact name="Ended" title={endWords(row).text}>
            {row.signal ?? (row.exitCode === null ? endWords(row).text : `exit code ${row.exitCode}`)}
          </Fact>
        ) : (
          <Fact name="Task" wide>
            <CurrentTask row={row} />
          </Fact>
        )}
        <Fact name="Kind">{row.kind}</Fact>
        {row.command !== null && (
          <Fact name="Seen by" wide title="Whether something in it tells of it, or only the kernel">
            {row.runtime === null ? 'the kernel' : `agent, ${row.runtime}`}
          </Fact>
        )}
        {row.kind !== 'thread' && (
          <>
            <Fact name="CPU time" title={cpuTime.help}>
              {cpuTime.text}
            </Fact>
            <Fact name="Most memory" title="The most that was seen of it, once a second">
              {formatMemory(row.peakMemoryBytes)}
            </Fact>
          </>
        )}
        <Fact name="Tasks done">{row.tasksDone}</Fact>
        {row.tasksFailed > 0 && <Fact name="Failed">{row.tasksFailed}</Fact>}
        {busyPercent !== null && (
          <Fact name="Busy" title="The share of the time of late in which its event loop ran code">
            {formatPercent(busyPercent)}
          </Fact>
        )}
        <Fact
          name="Short waits"
          title="Waits and sleeps under 20 ms are too short to be drawn; here is how many, and their sum"
        >
          {shortWaitWords(row)}
        </Fact>
      </dl>
      {row.endReason !== null && <p>Why it ended: {row.endReason}.</p>}
      {row.unseen !== null && <p data-testid={testIds.unseen}>{row.unseen}</p>}
      {row.command !== null && <p class="mono soft command">{row.command}</p>}
      <WaitList row={row} />
      <StackSection row={row} />
      <EndList row={row} />
      {!row.isSilent && <TimeShares row={row} />}
      {row.kind === 'thread' ? (
        <p class="soft">A thread has its process's CPU and memory: see the process it belongs to.</p>
      ) : (
        <div class="histories">
          <History row={row} kind="cpuPercent" />
          <History row={row} kind="megabytes" />
        </div>
      )}
    </div>
  )
}
