/** All about the selected lock, pipe or other shared object. */
import type { Waiter } from '../../shared/telemetry.ts'
import { kindWords, objectStateWords } from '../series/waits.ts'
import { read } from '../store/session.ts'
import { Fact } from './fact.tsx'
import { Forgotten } from './forgotten.tsx'
import { ProcessName } from './process-name.tsx'
import { testIds } from './test-ids.ts'
import { Since } from './wait-list.tsx'

function Waiters({ title, list }: { title: string; list: readonly Waiter[] }) {
  if (list.length === 0) return null
  return (
    <section class="waits" aria-label={title}>
      <h4>{title}</h4>
      <ul>
        {list.map(({ process, sinceUs, end }, i) => (
          <li key={`${process} ${sinceUs} ${i}`}>
            <ProcessName process={process} />{' '}
            <span class="soft">
              for <Since sinceUs={sinceUs} />
              {end !== undefined && `, end ${end}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

export function ObjectDetail({ id }: { id: string }) {
  const row = read('objects')?.rows.get(id)
  if (!row) return <Forgotten what="object" />
  return (
    <div class="detail" data-testid={testIds.detail} data-object={id}>
      <div class="detail-head">
        <i class="chip object" aria-hidden="true" />
        <b class="cut" title={row.name}>
          {row.name}
        </b>
        <span class="soft">{objectStateWords(row)}</span>
      </div>
      <dl class="facts">
        <Fact name="Kind">{kindWords(row.kind)}</Fact>
        <Fact name="Kept by">
          <ProcessName process={row.owner} />
        </Fact>
      </dl>
      <Waiters title={row.kind === 'pipe' ? 'Its ends are with' : 'Held by'} list={row.holders} />
      <Waiters title="Waiting for it, in this order" list={row.waiting} />
    </div>
  )
}
