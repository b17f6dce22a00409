/** Where a process is just now, when that is asked for: each thread's calls; or why that cannot be told, and what one can do. */
import type { ProcessRow } from '../../shared/session-state.ts'
import { formatMoment } from '../series/format.ts'
import { type StackThread, stackThreads } from '../series/stack-text.ts'
import { can } from '../store/programs.ts'
import { readStack, stackOf } from '../store/stacks.ts'
import { testIds } from './test-ids.ts'

function Thread({ thread }: { thread: StackThread }) {
  const { name, state, calls } = thread
  return (
    <li data-testid={testIds.stackThread}>
      <b>{name}</b> <span class="soft">{state}</span>
      <ol class="mono">
        {calls.map((call, i) => (
          <li key={i} class="cut" title={`${call.name} ${call.place}`}>
            {call.name} <span class="soft">{call.place.slice(call.place.lastIndexOf('/') + 1)}</span>
          </li>
        ))}
      </ol>
    </li>
  )
}

export function StackSection({ row }: { row: ProcessRow }) {
  const stack = stackOf(row.id)
  const isOffered = can('stack') && row.kind !== 'thread' && row.state !== 'exited' && !row.isApp
  if (!isOffered && stack === null) return null
  const isReading = stack?.state === 'reading'
  const words = isReading ? 'Reading…' : stack === null ? 'Read its stack' : 'Read it again'
  return (
    <section class="waits stack" aria-label="Stack" data-testid={testIds.stack}>
      <h4>Stack{stack?.state === 'read' && <span class="soft"> at {formatMoment(stack.atUs)}</span>}</h4>
      {stack?.state === 'read' && (
        <ul>
          {stackThreads(stack.text).map((thread, i) => (
            <Thread key={i} thread={thread} />
          ))}
        </ul>
      )}
      {(stack?.state === 'refused' || stack?.state === 'ask') && <p role="status">{stack.message}</p>}
      {isOffered && (
        <button
          type="button"
          class="button small"
          disabled={isReading}
          title="Where it is just now: Python by py-spy, Node by its inspector"
          data-testid={testIds.readStack}
          onClick={() => void readStack(row.id, stack?.state === 'ask')}
        >
          {stack?.state === 'ask' ? 'Open it for a moment' : words}
        </button>
      )}
    </section>
  )
}
