/** The pipes and sockets of a process, and who has the other end of each. */
import type { ProcessRow } from '../../shared/session-state.ts'
import type { ConnectedEnd } from '../../shared/telemetry.ts'
import { endTitle, endVerb, unreadWords } from '../series/ends.ts'
import { ProcessNames } from './process-name.tsx'
import { testIds } from './test-ids.ts'

function EndItem({ end }: { end: ConnectedEnd }) {
  return (
    <li data-testid={testIds.connectedEnd} title={endTitle(end)}>
      <b>{endVerb(end)}</b>{' '}
      <span class="others soft">
        <ProcessNames processes={end.with} />
        {end.isMore && ' and others'}
        {unreadWords(end)}
      </span>
    </li>
  )
}

export function EndList({ row }: { row: ProcessRow }) {
  if (row.ends.length === 0) return null
  return (
    <section class="waits" aria-label="Pipes and sockets">
      <h4>Pipes and sockets</h4>
      <ul>
        {row.ends.map((end) => (
          <EndItem key={end.link} end={end} />
        ))}
      </ul>
      {row.moreEnds > 0 && <p class="soft">And {row.moreEnds} more.</p>}
    </section>
  )
}
