/** What the user should know, each in a sentence, the newest last: the first is often the cause, and none moves. */
import { useLayoutEffect } from 'preact/hooks'
import type { ProblemRow } from '../../shared/session-state.ts'
import { formatMoment } from '../series/format.ts'
import { selectionOfProblem } from '../series/related.ts'
import { related } from '../store/related.ts'
import { select } from '../store/selection.ts'
import { peekState, read } from '../store/session.ts'
import { Card } from './card.tsx'
import { ErrorText } from './error-text.tsx'
import { Sign } from './icons.tsx'
import { memo } from './memo.ts'
import { OneStop } from './one-stop.tsx'
import { RetryButton } from './retry-button.tsx'
import { testIds } from './test-ids.ts'

function where({ process, pid, atUs }: ProblemRow): string {
  const name = process === null ? undefined : peekState()?.processes.rows.get(process)?.name
  const parts = [name, pid === null ? undefined : `PID ${pid}`, `at ${formatMoment(atUs)}`]
  return parts.filter((part) => part !== undefined).join(' · ')
}

const Problem = memo(({ row, selected }: { row: ProblemRow; selected: boolean }) => {
  const { task, process } = row
  const about = selectionOfProblem(row)
  const onClick = ({ target, currentTarget }: MouseEvent) => {
    // What can be clicked in it does its own, and who marks a text to copy it selects nothing.
    const own = (target as Element).closest('button, details')
    if (about && !(own && (currentTarget as Element).contains(own)) && getSelection()?.isCollapsed !== false) {
      select(about.kind, about.id)
    }
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button in it does the same
    <article
      class={`problem ${selected ? 'selected' : ''}`}
      data-testid={testIds.problem}
      data-kind={row.kind}
      data-task={task ?? undefined}
      data-process={process ?? undefined}
      onClick={onClick}
    >
      <b>
        {row.message}
        {row.count > 1 && <span data-testid={testIds.problemCount}>{` (${row.count} times)`}</span>}
      </b>
      {row.consequence && <span>{row.consequence}</span>}
      <small class="soft">{where(row)}</small>
      <div class="problem-acts">
        {task !== null && (
          <button type="button" class="link" data-testid={testIds.showTask} onClick={() => select('task', task)}>
            Show task
          </button>
        )}
        {task === null && process !== null && (
          <button type="button" class="link" onClick={() => select('process', process)}>
            Show process
          </button>
        )}
        {task !== null && <RetryButton task={task} />}
      </div>
      {row.error && <ErrorText error={row.error} />}
    </article>
  )
})

export function ProblemsCard() {
  const table = read('problems')
  const problems = [...(table?.rows.values() ?? [])]
  const newest = problems.at(-1)
  const count = problems.length + (table?.forgotten ?? 0)
  // A new one is in sight, unless somebody is at another.
  useLayoutEffect(() => {
    const list = document.querySelector('.problem-list')
    const last = list?.lastElementChild
    if (!list || !last || list.matches(':hover, :focus-within')) return
    list.scrollTop += last.getBoundingClientRect().top - list.getBoundingClientRect().top
  }, [newest?.id])
  return (
    <Card title="Problems" label="Problems" class="problems" aside={count > 0 ? count : undefined}>
      {problems.length === 0 ? (
        <p class="card-body no-problems">
          {peekState() ? (
            <>
              <Sign sign="good" />
              None so far
            </>
          ) : (
            <span class="soft">Failed tasks and dead workers are told here.</span>
          )}
        </p>
      ) : (
        <OneStop
          as="section"
          class="problem-list"
          items=".problem, button, summary"
          aria-label="Problems, the newest last"
        >
          {problems.map((row) => (
            <Problem key={row.id} row={row} selected={related.value.problem(row)} />
          ))}
        </OneStop>
      )}
      {count > problems.length && <p class="card-body soft">{count - problems.length} earlier are not kept.</p>}
      <div class="unseen" role="status" aria-live="polite">
        {newest && `Problem: ${newest.message}`}
      </div>
    </Card>
  )
}
