/** All about the selected queue. */
import { countOf } from '../series/format.ts'
import { residenceBars } from '../series/residence.ts'
import { read } from '../store/session.ts'
import { Fact } from './fact.tsx'
import { Forgotten } from './forgotten.tsx'
import { ProcessName, ProcessNames } from './process-name.tsx'
import { testIds } from './test-ids.ts'

function Residence({ counts }: { counts: readonly number[] }) {
  const bars = residenceBars(counts)
  if (bars.length === 0) return <p class="soft">How long items stay is shown here once one was got.</p>
  return (
    <div class="residence">
      <h4>How long items stayed</h4>
      <ul>
        {bars.map(({ label, count, share }) => (
          <li key={label}>
            <span>{label}</span>
            <meter min={0} max={1} value={share} aria-label={`${label}: ${countOf(count, 'item')}`} />
            <span class="num">{count}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

export function QueueDetail({ id }: { id: string }) {
  const row = read('queues')?.rows.get(id)
  if (!row) return <Forgotten what="queue" />
  return (
    <div class="detail" data-testid={testIds.detail} data-queue={id}>
      <div class="detail-head">
        <i class="chip square" aria-hidden="true" />
        <b class="cut">{row.name}</b>
        <span class="soft">{row.closed ? 'closed' : 'open'}</span>
      </div>
      <dl class="facts">
        <Fact name="Depth">{row.maxsize > 0 ? `${row.depth} of ${row.maxsize}` : row.depth}</Fact>
        <Fact name="Highest">{row.depthMax}</Fact>
        <Fact name="Put in all">{row.puts}</Fact>
        <Fact name="Got in all">{row.gets}</Fact>
        <Fact name="Kept by">
          <ProcessName process={row.owner} />
        </Fact>
      </dl>
      <dl class="facts wide">
        <Fact name="Puts">
          <ProcessNames processes={row.producers} />
        </Fact>
        <Fact name="Gets">
          <ProcessNames processes={row.consumers} />
        </Fact>
      </dl>
      <Residence counts={row.residence} />
    </div>
  )
}
