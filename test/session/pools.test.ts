import { expect, test } from 'vitest'
import { describePool } from '../../src/main/hosts/terminal-text.ts'
import { phaseWords, poolWords, progressWords } from '../../src/renderer/series/words.ts'
import { LIMITS } from '../../src/session/limits.ts'
import { poolPace } from '../../src/session/pools.ts'
import type { PoolRow } from '../../src/shared/session-state.ts'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'
import { manyTasks } from './random-events.ts'
import { reduceAll } from './reduced.ts'

const S = 1_000_000
const created: TelemetryEvent = { type: 'pool.created', atUs: 0, pool: 'w', name: 'pool', size: 2, process: '0' }
const submitted = (task: string, atUs = 0): TelemetryEvent => ({
  type: 'task.submitted',
  atUs,
  task,
  pool: 'w',
  name: task,
})
const started = (task: string, atUs: number): TelemetryEvent => ({ type: 'task.started', atUs, task, process: '1' })
const finished = (task: string, atUs: number): TelemetryEvent => ({ type: 'task.finished', atUs, task })
const worker: TelemetryEvent = {
  ...{ type: 'process.started', atUs: 0, process: '1', name: 'worker', pid: 2, parentPid: 1 },
  ...{ parent: '0', kind: 'worker' },
}

function poolAfter(...events: TelemetryEvent[]): PoolRow {
  const row = reduceAll([worker, created, ...events]).pools.rows.get('w')
  if (!row) throw new Error('no row')
  return row
}

const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((task) => submitted(task))

test('an estimate is shown while tasks end; if none does any more, for how long', () => {
  expect(poolPace(poolAfter(...six), S)).toBeNull()
  const row = poolAfter(...six, started('a', 0), finished('a', 2 * S), started('b', 2 * S))
  expect(poolPace(row, 2 * S)).toEqual({ kind: 'left', us: 5 * S })
  expect(progressWords(row, 3 * S)).toBe('1 of 6 · 5 s left')
  expect(progressWords(row, 14 * S)).toBe('1 of 6 · no task has ended for 12 s')
  expect(progressWords(row, null)).toBe('1 of 6')
  const again = poolAfter(...six, started('a', 0), finished('a', 2 * S), started('b', 2 * S), finished('b', 60 * S))
  expect(poolPace(again, 61 * S)?.kind).toBe('left')
})

test('a pool that had nothing to do is not told to be stuck when it gets something', () => {
  const idle = [submitted('a'), started('a', 0), finished('a', S)]
  expect(poolPace(poolAfter(...idle), 100 * S)).toBeNull()
  const busy = poolAfter(...idle, submitted('b', 100 * S), started('b', 100 * S))
  expect(poolPace(busy, 101 * S)).toEqual({ kind: 'left', us: S })
  expect(poolPace(busy, 110 * S)).toEqual({ kind: 'quiet', us: 10 * S })
  expect(
    poolPace(poolAfter(...idle, submitted('b'), { ...created, type: 'pool.changed', state: 'ended' }), 2 * S),
  ).toBeNull()
})

test('a lost task is no task that runs, and nothing is left to wait for when all that is left is lost', () => {
  const careless: TelemetryEvent = { ...created, noticesDeaths: false }
  const died: TelemetryEvent = {
    ...{ type: 'process.exited', atUs: 3 * S, process: '1' },
    ...{ exitCode: null, signal: 'SIGKILL' },
  }
  const begun = [submitted('a'), submitted('b'), started('a', 0), finished('a', S), started('b', S)]
  const rowOf = (...events: TelemetryEvent[]) => reduceAll([worker, ...events]).pools.rows.get('w') as PoolRow
  const lost = rowOf(careless, ...begun, died)
  expect(poolPace(lost, 3 * S)).toBeNull()
  expect(progressWords(lost, 3 * S)).toBe('1 of 2 · 1 lost')
  expect(poolWords(lost)).toBe('1 done · 1 lost')
  expect(describePool(lost, 3 * S)).toBe('1 done, 0 running, 0 waiting, 0 failed, 1 lost')
  expect(poolPace(rowOf(careless, ...begun, submitted('c', S), died), 3 * S)?.kind).toBe('left')
  expect(rowOf(careless, ...begun, died, finished('b', 4 * S))).toMatchObject({ lost: 0, running: 0, done: 2 })
  expect(rowOf(created, ...begun, died)).toMatchObject({ lost: 0, running: 1 })
})

test('a task is counted where it is, and its worker is at it', () => {
  const begun = [worker, created, ...six, started('a', 10)]
  const state = reduceAll(begun)
  expect(state.pools.rows.get('w')).toMatchObject({ waiting: 5, running: 1, done: 0, failed: 0 })
  expect(state.processes.rows.get('1')).toMatchObject({ task: 'a', state: 'running' })
  const error = { name: 'Error', message: 'no', stack: '' }
  const over = reduceAll([
    ...begun,
    { type: 'task.failed', atUs: 20, task: 'a', error },
    finished('a', 30),
    finished('b', 40),
  ])
  expect(over.pools.rows.get('w')).toMatchObject({ waiting: 4, running: 0, done: 1, failed: 1, timed: 1, timedUs: 10 })
  expect(over.tasks.rows.get('a')).toMatchObject({ state: 'failed', endedAtUs: 20, error })
  expect(over.processes.rows.get('1')).toMatchObject({ task: null, tasksDone: 0 })
  expect([...over.tasks.rows.values()].map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6])
})

test('the tasks that ended first are forgotten and counted, those that go on never, and the pool counts all', () => {
  const state = reduceAll([...manyTasks(0), submitted('waits'), ...manyTasks(6_000).slice(2)])
  expect(state.tasks.rows.size).toBe(LIMITS.ended.tasks + 1)
  expect(state.tasks.forgotten).toBe(6_000 - LIMITS.ended.tasks)
  expect(state.tasks.rows.get('waits')).toMatchObject({ state: 'waiting', number: 1 })
  expect(state.tasks.rows.get('t5999')?.number).toBe(6_001)
  expect(state.pools.rows.get('w')).toMatchObject({ waiting: 1, running: 0, done: 6_000 })
  expect(state.problems.rows.size).toBe(LIMITS.ended.problems)
  expect(state.problems.forgotten).toBe(600 - LIMITS.ended.problems)
})

test('a task that was not done because its pool or program ended has not failed', () => {
  const error = { name: 'StoppedError', message: 'The program was stopped.', stack: '' }
  const ends = six.map(
    (_, i): TelemetryEvent => ({
      ...{ type: 'task.failed', atUs: 3 * S, task: String.fromCharCode(97 + i), error },
      ...(i > 0 && { stopped: true }),
    }),
  )
  const row = poolAfter(...six, started('a', S), started('b', S), ...ends)
  expect(row).toMatchObject({ done: 0, failed: 1, stopped: 5, running: 0, waiting: 0 })
  expect([poolWords(row), progressWords(row, null)]).toEqual(['0 done · 1 failed · 5 not done', '1 of 6'])
  const tasks = reduceAll([worker, created, ...six, started('a', S), ...ends]).tasks.rows
  expect([tasks.get('a'), tasks.get('f')]).toMatchObject([
    { state: 'failed', error },
    { state: 'stopped', error: null },
  ])
})

test('what has not ended when the session has is not done: nothing runs or waits in what is over', () => {
  const end = { type: 'session.ended', atUs: 5 * S, outcome: 'failed', leftovers: 0 } as const
  const state = reduceAll([worker, created, ...six, started('a', S), started('b', S), finished('a', 2 * S), end])
  const row = state.pools.rows.get('w') as PoolRow
  expect(row).toMatchObject({ done: 1, failed: 0, stopped: 5, running: 0, waiting: 0 })
  expect([poolWords(row), progressWords(row, null)]).toEqual(['1 done · 5 not done', '1 of 6'])
  expect([...state.tasks.rows.values()].map((task) => task.state)).toEqual(['done', ...Array(5).fill('stopped')])
  expect(state.tasks.rows.get('b')).toMatchObject({ startedAtUs: S, endedAtUs: 5 * S, error: null })
})

test('a task that failed is counted at its worker and marked in its lane, whatever is told of that time later', () => {
  const error = { name: 'Error', message: 'no', stack: '' }
  const state = reduceAll([
    ...[worker, created, ...six, started('a', S)],
    { type: 'task.failed', atUs: 2 * S, task: 'a', error },
    ...[started('b', 2 * S), finished('b', 3 * S)],
    { type: 'process.busy', atUs: 3 * S, process: '1', fromUs: 1.5 * S, busyPercent: 40 },
    { type: 'process.busy', atUs: 3 * S, process: '1', fromUs: S, busyPercent: 45 },
  ])
  expect(state.processes.rows.get('1')).toMatchObject({ tasksFailed: 1, tasksDone: 1 })
  const lane = state.lanes.get('1')?.items ?? []
  expect(lane.findLast(({ task }) => task === 'a')?.failed).toBe(true)
  expect(lane.some(({ task, failed }) => task !== 'a' && failed)).toBe(false)
  expect(phaseWords({ phase: 'finished' }, state.pools.rows.values())).toBe('Finished, 1 task failed')
})

test('the terminal says how a pool comes along, as the window does', () => {
  const row = poolAfter(...six, started('a', 0), finished('a', 2 * S), started('b', 2 * S))
  expect(describePool(row, 3 * S)).toBe('1 done, 1 running, 4 waiting, 0 failed, 5 s left')
  expect(describePool(row, 14 * S)).toBe('1 done, 1 running, 4 waiting, 0 failed, no task has ended for 12 s')
  expect(describePool(row, null)).toBe('1 done, 1 running, 4 waiting, 0 failed')
})
