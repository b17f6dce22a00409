/** All about the selected task. */
import { formatDuration, formatMoment } from '../series/format.ts'
import { elapsedUs, peekState, read } from '../store/session.ts'
import { ErrorText } from './error-text.tsx'
import { Fact } from './fact.tsx'
import { Forgotten } from './forgotten.tsx'
import { ProcessName } from './process-name.tsx'
import { RetryButton } from './retry-button.tsx'
import { testIds } from './test-ids.ts'

/** A time that may still go on. */
function Length({ fromUs, toUs }: { fromUs: number; toUs: number | null }) {
  return <>{formatDuration(Math.max(0, (toUs ?? elapsedUs.value) - fromUs))}</>
}

export function TaskDetail({ id }: { id: string }) {
  const tasks = read('tasks')
  const task = tasks?.rows.get(id)
  if (!task) return <Forgotten what="task" />
  const { submittedAtUs, startedAtUs, endedAtUs, error } = task
  const original = task.retryOf === null ? undefined : tasks?.rows.get(task.retryOf)
  const pool = peekState()?.pools.rows.get(task.pool)
  return (
    <div class="detail" data-testid={testIds.detail} data-task={id}>
      <div class="detail-head">
        <b class="mono wrap">{task.name}</b>
      </div>
      <dl class="facts">
        <Fact name="State">{task.state}</Fact>
        <Fact name="Number" title={pool && `In ${pool.name}`}>
          {task.number}
        </Fact>
        <Fact name="Worker">{task.process === null ? 'none yet' : <ProcessName process={task.process} />}</Fact>
        <Fact name="Submitted">{formatMoment(submittedAtUs)}</Fact>
        <Fact name="Waited">
          <Length fromUs={submittedAtUs} toUs={startedAtUs ?? endedAtUs} />
        </Fact>
        <Fact name="Ran for">{startedAtUs === null ? '–' : <Length fromUs={startedAtUs} toUs={endedAtUs} />}</Fact>
        {original && <Fact name="Again after">task {original.number}</Fact>}
        {error && <Fact name="Looked at">{task.observed ? 'yes' : 'by nobody'}</Fact>}
      </dl>
      {error && (
        <div class="problem">
          <b>
            {error.name}: {error.message}
          </b>
          <div class="problem-acts">
            <RetryButton task={id} saysWhy />
          </div>
          <ErrorText error={error} />
        </div>
      )}
    </div>
  )
}
