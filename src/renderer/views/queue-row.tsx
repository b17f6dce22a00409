/** A queue in the process table: its depth, under the lanes and on their axis. */
import type { QueueRow } from '../../shared/session-state.ts'
import { queueWords } from '../series/words.ts'
import { toggleSelection } from '../store/selection.ts'
import { Sign } from './icons.tsx'
import { DepthCanvas } from './lane-canvas.tsx'
import { memo } from './memo.ts'
import { testIds } from './test-ids.ts'

export interface QueueRowProps {
  row: QueueRow
  selected: boolean
  related: boolean
}

export const QueueRowView = memo(({ row, selected, related }: QueueRowProps) => {
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
          <span class="cut" title={row.name}>
            {row.name}
          </span>
        </span>
      </th>
      <td class="num tag-cell cell-pid">queue</td>
      <td colSpan={3} title={text}>
        <span class="state">
          <Sign sign={sign} />
          <span class="cut">{text}</span>
        </span>
      </td>
      <td class="lane">
        <DepthCanvas queue={row.id} label={`Depth of ${row.name} over time; now ${text}`} />
      </td>
    </tr>
  )
})
