/** A process in the table. */
import type { ProcessRow } from '../../shared/session-state.ts'
import { colourClass } from '../series/colours.ts'
import { cpuFigure, memoryFigure } from '../series/cost.ts'
import { countOf } from '../series/format.ts'
import type { StateWords } from '../series/words.ts'
import { signalProcess } from '../store/commands.ts'
import { can, cores } from '../store/programs.ts'
import { toggleSelection } from '../store/selection.ts'
import { Figure } from './figure.tsx'
import { Icon, Sign } from './icons.tsx'
import { LaneCanvas } from './lane-canvas.tsx'
import { memo } from './memo.ts'
import { NameText } from './name-text.tsx'
import { testIds } from './test-ids.ts'

export interface ProcessRowProps {
  row: ProcessRow
  level: number
  /** The name of its parent, where it does not stand under it. */
  childOf: string | null
  sign: StateWords['sign']
  words: string
  short: string | undefined
  rest: string | undefined
  selected: boolean
  /** Whether it belongs to what is selected. */
  related: boolean
}

/** @returns why a process cannot be ended from here, or null */
export function whyNotSignal({ name, kind, state, isApp }: ProcessRow): string | null {
  if (state === 'exited') return 'It has ended already'
  if (!can('signal')) return 'Its processes cannot be signalled from here'
  if (isApp) return `${name} is Forkscope itself: stop the program instead`
  if (kind === 'thread') return 'A thread has no process of its own to be ended'
  return null
}

function Actions({ row }: { row: ProcessRow }) {
  if (whyNotSignal(row) !== null) return null
  const act = (signal: 'SIGTERM' | 'SIGKILL') => (event: Event) => {
    event.stopPropagation()
    signalProcess(row.id, signal)
  }
  return (
    <span class="row-actions">
      <button
        type="button"
        tabIndex={-1}
        data-testid={testIds.terminate}
        aria-label={`Terminate ${row.name}`}
        title="Terminate: ask it to end (SIGTERM)"
        onClick={act('SIGTERM')}
      >
        <Icon name="terminate" />
      </button>
      <button
        type="button"
        tabIndex={-1}
        data-testid={testIds.kill}
        aria-label={`Kill ${row.name}`}
        title="Kill: end it at once (SIGKILL)"
        onClick={act('SIGKILL')}
      >
        <Icon name="kill" />
      </button>
    </span>
  )
}

function FailedTasks({ count }: { count: number }) {
  const words = `${countOf(count, 'task')} failed`
  return (
    <small class="failed-tasks" title={words} data-testid={testIds.tasksFailed}>
      <span aria-hidden="true">{count} ✕</span>
      <span class="unseen">, {words}</span>
    </small>
  )
}

/** What it uses now; of one that has ended, what it has used. */
function Cost({ row }: { row: ProcessRow }) {
  const cpu = cpuFigure(row, cores.value)
  const memory = memoryFigure(row)
  const isPeak = row.endedAtUs !== null && row.peakMemoryBytes !== null
  return (
    <>
      <td class="num cell-cpu" title={cpu.help}>
        <Figure text={cpu.text} />
      </td>
      <td class="num cell-memory" title={memory.help}>
        <Figure text={`${isPeak}${memory.text}`}>
          {isPeak && <small>peak </small>}
          {memory.text}
        </Figure>
      </td>
    </>
  )
}

export const ProcessRowView = memo(
  ({ row, level, childOf, sign, words, short, rest, selected, related }: ProcessRowProps) => {
    const ended = row.state === 'exited'
    const spoken = row.state === 'waiting' ? `waiting: ${words}` : words
    return (
      <tr
        class={`${colourClass(row.order)} ${ended ? 'gone' : ''} ${related ? 'related' : ''}`}
        aria-level={level + 1}
        aria-selected={selected}
        data-id={row.id}
        data-kind="process"
        data-testid={testIds.processRow}
        data-process={row.id}
        data-name={row.name}
        data-pid={row.pid}
        data-state={row.state}
        onClick={() => toggleSelection('process', row.id)}
      >
        <th scope="row">
          <span class={`who level-${Math.min(level, 4)}`}>
            <i class={`chip ${ended ? 'hollow' : ''}`} aria-hidden="true" />
            <NameText name={row.name} title={`${row.name}, PID ${row.pid}`} />
            {childOf !== null && (
              <small class="tag cut child-of" title={`Its parent is ${childOf}`}>
                of {childOf}
              </small>
            )}
            {row.kind === 'thread' && !row.name.startsWith('thread') && <small class="tag">thread</small>}
          </span>
        </th>
        <td class="num mono cell-pid">{row.pid}</td>
        <td class="state-cell" title={spoken}>
          <span class="state">
            <span class="doing">
              <Sign sign={sign} />
              <span class="unseen">{spoken}</span>
              <NameText name={short ?? words} title={spoken} isSpoken={false} />
              {row.tasksFailed > 0 && <FailedTasks count={row.tasksFailed} />}
            </span>
            {/* In the next line, which is not seen, where it has no room beside the others. */}
            {rest !== undefined && row.tasksFailed === 0 && (
              <span class="rest" aria-hidden="true">
                {rest}
              </span>
            )}
          </span>
          <Actions row={row} />
        </td>
        <Cost row={row} />
        <td class="lane">
          <LaneCanvas process={row.id} label={`What ${row.name} did over time; now ${spoken}`} />
        </td>
      </tr>
    )
  },
)
