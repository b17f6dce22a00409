/** Runs a failed task again, or says why that cannot be: in sight where there is room for it, else to who points at it. */
import { whyNoRetry } from '../series/pool-cells.ts'
import { retryTask } from '../store/commands.ts'
import { can } from '../store/programs.ts'
import { isLive, peekState, read } from '../store/session.ts'
import { testIds } from './test-ids.ts'

export function RetryButton({ task: id, saysWhy = false }: { task: string; saysWhy?: boolean }) {
  read('tasks')
  read('pools')
  const state = peekState()
  const task = state?.tasks.rows.get(id)
  if (!state || !task || task.state !== 'failed' || (isLive.value && !can('retry'))) return null
  const reason = whyNoRetry(task, state.pools.rows.get(task.pool), state.tasks.rows, isLive.value)
  return (
    <>
      <button
        type="button"
        class="link"
        disabled={reason !== null}
        title={reason ?? 'Submit the same call to the same pool'}
        data-testid={testIds.retryTask}
        onClick={() => retryTask(id)}
      >
        Run it again
      </button>
      {saysWhy && reason !== null && <small class="soft">{reason}.</small>}
    </>
  )
}
