/** Locks, pipes and other shared objects: who has them, and who waits. */
import type { ObjectRow } from '../../shared/session-state.ts'
import type { ProcessId, Waiter } from '../../shared/telemetry.ts'
import { kindWords, listedObjects } from '../series/waits.ts'
import { related } from '../store/related.ts'
import { isSelected, toggleSelection } from '../store/selection.ts'
import { peekState, read } from '../store/session.ts'
import { memo } from './memo.ts'
import { OneStop } from './one-stop.tsx'
import { testIds } from './test-ids.ts'
import { Since } from './wait-list.tsx'

/** More names than this are counted. */
const MOST_NAMES = 3

function namesOf(list: readonly Waiter[]): string {
  const rows = peekState()?.processes.rows
  const names = [...new Set(list.map(({ process }) => process))].map((id: ProcessId) => rows?.get(id)?.name ?? id)
  const more = names.length - MOST_NAMES
  return `${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

interface ObjectRowProps {
  row: ObjectRow
  selected: boolean
  related: boolean
}

const ObjectRowView = memo(({ row, selected, related }: ObjectRowProps) => {
  const [first] = row.waiting
  const [held, waiting] = [namesOf(row.holders), namesOf(row.waiting)]
  return (
    <tr
      class={`${row.gone ? 'gone' : ''} ${related ? 'related' : ''}`}
      aria-selected={selected}
      data-testid={testIds.objectRow}
      data-object={row.id}
      onClick={() => toggleSelection('object', row.id)}
      onKeyDown={({ key, ctrlKey, metaKey }) => {
        if (key === 'Enter' && !ctrlKey && !metaKey) toggleSelection('object', row.id)
      }}
    >
      <th scope="row">
        <span class="who">
          <i class="chip object" aria-hidden="true" />
          <span class="cut" title={row.name}>
            {row.name}
          </span>
        </span>
      </th>
      <td class="soft">{kindWords(row.kind)}</td>
      <td class="cut" title={held}>
        {held}
      </td>
      <td class="cut" title={waiting}>
        {waiting}
      </td>
      <td class="num">{first ? <Since sinceUs={first.sinceUs} /> : ''}</td>
    </tr>
  )
})

export function ObjectTable() {
  const table = read('objects')
  read('processes')
  const rows = listedObjects(table?.rows.values() ?? [])
  const left = (table?.rows.size ?? 0) - rows.length
  return (
    <div class="object-scroll">
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its rows can be selected */}
      <table role="grid" aria-label="Locks, pipes and other shared objects" class="objects">
        <colgroup>
          <col class="col-object" />
          <col class="col-kind" />
          <col />
          <col />
          <col class="col-for" />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Kind</th>
            <th scope="col">Held by</th>
            <th scope="col">Waiting</th>
            <th scope="col" class="num">
              For
            </th>
          </tr>
        </thead>
        <OneStop as="tbody" items="tr">
          {rows.map((row) => (
            <ObjectRowView
              key={row.id}
              row={row}
              selected={isSelected('object', row.id)}
              related={related.value.object(row)}
            />
          ))}
        </OneStop>
      </table>
      {left > 0 && <p class="card-body soft">{left} more that nobody waits for are not listed.</p>}
    </div>
  )
}
