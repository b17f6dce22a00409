/** Events about pools and their tasks, and how fast a pool comes along. */
import type { PoolRow, TaskRow } from '../shared/session-state.ts'
import type {
  PoolChanged,
  PoolCreated,
  ProcessId,
  TaskFailed,
  TaskFinished,
  TaskId,
  TaskObserved,
  TaskStarted,
  TaskSubmitted,
} from '../shared/telemetry.ts'
import { changeDoing, markFailed } from './lanes.ts'
import { LIMITS } from './limits.ts'
import { endRowOf, type ReducedState } from './state.ts'
import { addRow, changeRow } from './table.ts'
import { boundedError, nameOf } from './texts.ts'

export function poolCreated(
  state: ReducedState,
  { pool, name, size, process, noticesDeaths = true, atUs }: PoolCreated,
): void {
  addRow(state.pools, state.rev, {
    id: pool,
    name: nameOf(name),
    size,
    owner: process,
    createdAtUs: atUs,
    state: 'open',
    noticesDeaths,
    waiting: 0,
    running: 0,
    done: 0,
    failed: 0,
    stopped: 0,
    lost: 0,
    submitted: 0,
    unlisted: 0,
    timed: 0,
    timedUs: 0,
    quietSinceUs: atUs,
  })
}

function isOver({ state }: PoolRow): boolean {
  return state !== 'open' && state !== 'closed'
}

export function poolChanged(state: ReducedState, { pool, state: next }: Pick<PoolChanged, 'pool' | 'state'>): void {
  const before = state.pools.rows.get(pool)
  if (!before) return
  changeRow(state.pools, state.rev, pool, { state: next })
  const after = state.pools.rows.get(pool)
  if (after && isOver(after) && !isOver(before)) endRowOf(state, 'pools', pool)
}

/** A process is gone, and its pools with it. */
export function endPoolsOf(state: ReducedState, process: ProcessId): void {
  for (const row of [...state.pools.rows.values()]) {
    if (row.owner === process && !isOver(row)) poolChanged(state, { pool: row.id, state: 'ended' })
  }
}

/** Whether a pool that does not notice deaths waits for ever for this task. */
function isLost({ processes, pools }: ReducedState, { state, process, pool }: TaskRow): boolean {
  const isOrphan = state === 'running' && (processes.rows.get(process ?? '')?.endedAtUs ?? null) !== null
  return isOrphan && pools.rows.get(pool)?.noticesDeaths === false
}

/** A process is gone, and what it worked at with it. */
export function loseTask(state: ReducedState, task: TaskId): void {
  const row = state.tasks.rows.get(task)
  if (row && isLost(state, row)) changeRow(state.pools, state.rev, row.pool, ({ lost }) => ({ lost: lost + 1 }))
}

/** The session is over: what has not ended is not done, and nobody will do it. */
export function settlePools(state: ReducedState, atUs: number): void {
  for (const { id, waiting, running, stopped } of [...state.pools.rows.values()]) {
    const left = waiting + running
    if (left === 0) continue
    changeRow(state.pools, state.rev, id, { waiting: 0, running: 0, lost: 0, unlisted: 0, stopped: stopped + left })
  }
  for (const { id, endedAtUs } of [...state.tasks.rows.values()]) {
    if (endedAtUs === null) changeRow(state.tasks, state.rev, id, { state: 'stopped', endedAtUs: atUs })
  }
}

export function taskSubmitted(state: ReducedState, event: TaskSubmitted): void {
  const { task, pool, atUs } = event
  if (state.tasks.rows.has(task)) return
  const number = (state.pools.rows.get(pool)?.submitted ?? state.tasks.came) + 1
  const isListed = listTask(state, { ...event, number }, LIMITS.living.tasks)
  changeRow(state.pools, state.rev, pool, ({ submitted, waiting, running, unlisted, quietSinceUs }) => ({
    submitted: submitted + 1,
    waiting: waiting + 1,
    unlisted: unlisted + (isListed ? 0 : 1),
    quietSinceUs: waiting + running === 0 ? atUs : quietSinceUs,
  }))
}

/** Gives a task that waits its row. @returns whether there was room for it */
function listTask(state: ReducedState, given: Omit<TaskSubmitted, 'type'> & { number: number }, most: number): boolean {
  const { task, pool, name, number, retryOf = null, atUs } = given
  const notYet = {
    process: null,
    taskOfProcess: null,
    startedAtUs: null,
    endedAtUs: null,
    error: null,
    observed: false,
  }
  const row = { id: task, pool, name: nameOf(name), number, state: 'waiting' as const, submittedAtUs: atUs, retryOf }
  return addRow(state.tasks, state.rev, { ...row, ...notYet }, most)
}

/** A task for which there was no room gets its row when something becomes of it; pools start theirs in the order in which they came. */
function listLate(state: ReducedState, event: TaskStarted | TaskFinished | TaskFailed): void {
  const { task, pool, atUs } = event
  const row = pool === undefined ? undefined : state.pools.rows.get(pool)
  if (!row || row.unlisted === 0 || state.tasks.rows.has(task)) return
  const name = ('name' in event && event.name) || task
  const number = row.done + row.failed + row.running + 1
  state.tasks.forgotten--
  listTask(state, { task, pool: row.id, name, number, atUs }, LIMITS.living.tasks * 2)
  changeRow(state.pools, state.rev, row.id, ({ unlisted }) => ({ unlisted: unlisted - 1 }))
}

export function taskStarted(state: ReducedState, event: TaskStarted): void {
  listLate(state, event)
  const { task, process, atUs } = event
  const before = state.tasks.rows.get(task)
  if (before?.state !== 'waiting') return
  const taskOfProcess = (state.processes.rows.get(process)?.tasksBegun ?? 0) + 1
  changeRow(state.tasks, state.rev, task, { state: 'running', process, taskOfProcess, startedAtUs: atUs })
  changeRow(state.processes, state.rev, process, { tasksBegun: taskOfProcess })
  changeRow(state.pools, state.rev, before.pool, ({ waiting, running }) => ({
    waiting: Math.max(0, waiting - 1),
    running: running + 1,
  }))
  changeDoing(state, process, atUs, { state: 'running', waitingOn: null, task })
}

export function taskEnded(state: ReducedState, event: TaskFinished | TaskFailed): void {
  listLate(state, event)
  const { task, atUs } = event
  const before = state.tasks.rows.get(task)
  if (!before || before.endedAtUs !== null) return
  const end = event.type === 'task.finished' ? 'done' : event.stopped ? 'stopped' : 'failed'
  const { startedAtUs } = before
  const wasLost = isLost(state, before)
  changeRow(state.tasks, state.rev, task, {
    endedAtUs: atUs,
    state: end,
    error: event.type === 'task.failed' && end === 'failed' ? boundedError(event.error) : null,
  })
  changeRow(state.pools, state.rev, before.pool, (pool) => ({
    waiting: Math.max(0, pool.waiting - (startedAtUs === null ? 1 : 0)),
    running: Math.max(0, pool.running - (startedAtUs === null ? 0 : 1)),
    lost: Math.max(0, pool.lost - (wasLost ? 1 : 0)),
    [end]: pool[end] + 1,
    timed: pool.timed + (startedAtUs === null ? 0 : 1),
    timedUs: pool.timedUs + (startedAtUs === null ? 0 : Math.max(0, atUs - startedAtUs)),
    quietSinceUs: atUs,
  }))
  endRowOf(state, 'tasks', task)
  const worker = before.process === null ? undefined : state.processes.rows.get(before.process)
  if (end === 'failed' && worker) {
    changeRow(state.processes, state.rev, worker.id, { tasksFailed: worker.tasksFailed + 1 })
    markFailed(state, worker.id, task)
  }
  if (worker?.task !== task) return
  changeDoing(state, worker.id, atUs, {
    state: 'running',
    waitingOn: null,
    task: null,
    tasksDone: worker.tasksDone + (end === 'done' ? 1 : 0),
  })
}

export function taskObserved(state: ReducedState, { task }: TaskObserved): void {
  changeRow(state.tasks, state.rev, task, { observed: true })
}

/** So long nothing may end before it is worth saying; longer where tasks take longer. */
const QUIET_US = 5_000_000
const QUIET_TASKS = 4

/** How long the rest of a pool's tasks may take; or, where none ends any more, for how long that has been so. */
export type Pace = { kind: 'left' | 'quiet'; us: number }

/** @returns a pool's pace at `nowUs`; null if there is nothing to do that can end, or no task has ended yet */
export function poolPace(row: PoolRow, nowUs: number): Pace | null {
  const left = row.waiting + row.running - row.lost
  if (left === 0 || row.timed === 0 || isOver(row)) return null
  const meanUs = row.timedUs / row.timed
  const quietUs = nowUs - row.quietSinceUs
  if (quietUs > Math.max(QUIET_US, QUIET_TASKS * meanUs)) return { kind: 'quiet', us: quietUs }
  return { kind: 'left', us: meanUs * Math.max(1, left / Math.max(1, row.size)) }
}
