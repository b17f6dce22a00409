/** A queue in the process table: its depth, under the lanes and on their axis. */
import type { QueueRow } from '../../shared/session-state.ts'
import { queueWords } from '../series/words.ts'
import { toggleKept } from '../store/kept-queues.ts'
import { toggleSelection } from '../store/selection.ts'
import { Icon, Sign } from './icons.tsx'
import { DepthCanvas } from './lane-canvas.tsx'
import { memo } from './memo.ts'
import { NameText } from './name-text.tsx'
import { testIds } from './test-ids.ts'

export interface QueueRowProps {
  row: QueueRow
  selected: boolean
  related: boolean
  /** Whether the user keeps it at the foot of the table; null where all of them stand there. */
  kept: boolean | null
}

function KeepButton({ row: { id, name }, kept }: { row: QueueRow; kept: boolean }) {
  return (
    <span class="row-actions">
      <button
        type="button"
        tabIndex={-1}
        data-testid={testIds.keepQueue}
        aria-pressed={kept}
        aria-label={`Keep ${name} in sight`}
        title={
          kept ? 'It is kept at the foot of the table: let go of it' : 'Keep it in sight, at the foot of the table'
        }
        onClick={(event) => {
          event.stopPropagation()
          toggleKept(id)
        }}
      >
        <Icon name="keep" />
      </button>
    </span>
  )
}

export const QueueRowView = memo(({ row, selected, related, kept }: QueueRowProps) => {
  const { sign, text } = queueWords(row)
  return (
    <tr
      class={`queue-row ${related ? 'related' : ''}`}
      aria-level={1}
      aria-selected={selected}
      data-id={row.id}
      data-kind="queue"
      data-testid={testIds.queueRow}
      data-queue={row.id}
      data-depth={row.depth}
      onClick={() => toggleSelection('queue', row.id)}
    >
      <th scope="row">
        <span class="who">
          <i class="chip square" aria-hidden="true" />
          <NameText name={row.name} />
        </span>
      </th>
      <td class="num tag-cell cell-pid">queue</td>
      <td colSpan={3} class="state-cell" title={text}>
        <span class="state">
          <span class="doing">
            <Sign sign={sign} />
            <span class="cut">{text}</span>
          </span>
        </span>
        {kept !== null && <KeepButton row={row} kept={kept} />}
      </td>
      <td class="lane">
        <DepthCanvas queue={row.id} label={`Depth of ${row.name} over time; now ${text}`} />
      </td>
    </tr>
  )
})
