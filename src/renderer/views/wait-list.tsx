/** What a process waits for: each with a link to it, since when, and who could end that. */
import type { ProcessRow } from '../../shared/session-state.ts'
import type { Wait } from '../../shared/telemetry.ts'
import { formatDuration, formatWait } from '../series/format.ts'
import { othersOf, selectionOfWait, waitWords } from '../series/waits.ts'
import { select } from '../store/selection.ts'
import { elapsedUs, peekState, read } from '../store/session.ts'
import { ProcessNames } from './process-name.tsx'
import { testIds } from './test-ids.ts'

/** How long something goes on already. */
export function Since({ sinceUs }: { sinceUs: number }) {
  return <>{formatWait(Math.max(0, elapsedUs.value - sinceUs))}</>
}

function WaitItem({ wait }: { wait: Wait }) {
  const state = peekState()
  if (!state) return null
  const words = waitWords(wait, state)
  const about = selectionOfWait(wait, state)
  const others = othersOf(wait, state)
  return (
    <li data-testid={testIds.wait}>
      {about ? (
        <button type="button" class="link" onClick={() => select(about.kind, about.id)}>
          {words}
        </button>
      ) : (
        <b>{words}</b>
      )}{' '}
      <span class="soft">
        for <Since sinceUs={wait.sinceUs} />
        {wait.timeoutMs !== undefined && ` of at most ${formatDuration(wait.timeoutMs * 1000)}`}
      </span>
      {others && (
        <span class="others soft">
          {others.words} <ProcessNames processes={others.processes} />
        </span>
      )}
    </li>
  )
}

export function WaitList({ row }: { row: ProcessRow }) {
  for (const part of ['queues', 'objects', 'tasks', 'pools'] as const) read(part)
  if (row.waits.length === 0) return null
  return (
    <section class="waits" aria-label="Waits for">
      <h4>Waits for</h4>
      <ul>
        {row.waits.map((wait) => (
          <WaitItem key={`${wait.on.kind} ${wait.on.id} ${wait.on.end} ${wait.sinceUs}`} wait={wait} />
        ))}
      </ul>
      {row.moreWaits > 0 && <p class="soft">And {row.moreWaits} more.</p>}
    </section>
  )
}
