/** A pool: a cell a task, and how far it has come. */
import type { PoolRow, TaskRow } from '../../shared/session-state.ts'
import { colourClass } from '../series/colours.ts'
import { countOf, formatDuration } from '../series/format.ts'
import { type PoolCells, poolCells, ROWS } from '../series/pool-cells.ts'
import { poolWords, progressWords } from '../series/words.ts'
import { related } from '../store/related.ts'
import { selection, toggleSelection } from '../store/selection.ts'
import { isLive, nowUs, peekState, read } from '../store/session.ts'
import { Card } from './card.tsx'
import { Figure } from './figure.tsx'
import { memo } from './memo.ts'
import { testIds } from './test-ids.ts'

interface CellProps {
  task: TaskRow
  /** Of the process that runs or ran it. */
  order: number | undefined
  process: string | undefined
  /** Whether it belongs to what is selected. */
  selected: boolean
  withNumber: boolean
}

function cellWords({ name, state, startedAtUs, endedAtUs }: TaskRow, process: string | undefined): string {
  if (state === 'stopped') return `${name}: ${startedAtUs === null ? 'never begun' : 'not done'}`
  const ran = startedAtUs !== null && endedAtUs !== null ? ` after ${formatDuration(endedAtUs - startedAtUs)}` : ''
  const where = process ? ` on ${process}` : ''
  return `${name}: ${state}${where}${ran}`
}

const Cell = memo(({ task, order, process, selected, withNumber }: CellProps) => {
  const words = cellWords(task, process)
  return (
    <button
      type="button"
      class={`cell ${task.state} ${colourClass(order)}`}
      aria-pressed={selected}
      aria-label={`Task ${task.number}, ${words}`}
      title={`Task ${task.number}, ${words}`}
      data-testid={testIds.poolCell}
      data-task={task.id}
      data-state={task.state}
      onClick={() => toggleSelection('task', task.id)}
    >
      {withNumber ? task.number : ''}
    </button>
  )
})

function Cells({ cells: { rows, columns } }: { cells: PoolCells }) {
  const processes = peekState()?.processes.rows
  return (
    <div class={`cells in-${columns} ${rows.length > ROWS ? 'dense' : ''}`}>
      {rows.map(({ from, cells }, i) => (
        <div key={from ?? `packed ${i}`} class="cell-row">
          {columns === 20 && <small aria-hidden="true">{from ?? ''}</small>}
          {cells.map((task, place) => {
            if (task === null) {
              const number = (from ?? 1) + place
              return <i key={`gone ${number}`} class="cell unknown" title={`Task ${number} is counted, and not kept`} />
            }
            const row = task.process === null ? undefined : processes?.get(task.process)
            return (
              <Cell
                key={task.id}
                task={task}
                order={row?.order}
                process={row?.name}
                selected={related.value.task(task)}
                withNumber={columns === 10}
              />
            )
          })}
        </div>
      ))}
    </div>
  )
}

const STATE_WORDS: Partial<Record<PoolRow['state'], string>> = {
  terminated: 'terminated',
  broken: 'broken',
}

/** Apart from the card, because it goes on while no task begins or ends. */
function Progress({ pool }: { pool: PoolRow }) {
  return <Figure text={progressWords(pool, isLive.value ? nowUs.value : null)} />
}

/** What of the pool has no cell. */
function leftWords({ left, runningLeft }: PoolCells): string {
  if (left === 0) return ''
  return ` · ${left} not shown${runningLeft > 0 ? `, ${runningLeft} running ones among them` : ''}`
}

export function PoolCard({ pool }: { pool: PoolRow }) {
  const tasks = read('tasks')
  const chosen = selection.value
  if (!tasks) return null
  const cells = poolCells(pool, tasks.rows, chosen?.kind === 'task' ? chosen.id : null)
  const state = STATE_WORDS[pool.state]
  return (
    <Card
      class="pool"
      title={pool.name === 'pool' ? 'Pool' : pool.name}
      label={`Pool ${pool.name}`}
      testId={testIds.poolCard}
      data={{ 'data-pool': pool.id, 'data-state': pool.state }}
      aside={`${countOf(pool.size, 'worker')}${state ? `, ${state}` : ''}`}
      end={<Progress pool={pool} />}
    >
      <div class="card-body">
        {pool.submitted === 0 ? (
          <p class="soft">A cell appears here for each task that is submitted.</p>
        ) : (
          <Cells cells={cells} />
        )}
        {pool.submitted > 0 && (
          <p class="soft">
            {poolWords(pool)}
            {leftWords(cells)}
          </p>
        )}
      </div>
    </Card>
  )
}
