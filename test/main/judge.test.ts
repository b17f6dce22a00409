/** Verdicts as problems: raised once, taken back when they are over, raised anew when it happens again. */
import { expect, test } from 'vitest'
import { Judge } from '../../src/main/session/judge.ts'
import { reduce } from '../../src/session/reduce.ts'
import { createReducedState } from '../../src/session/state.ts'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'

function judged() {
  const state = createReducedState('s', 'p', 'P')
  const told: TelemetryEvent[] = []
  let nowUs = 0
  const take = (event: TelemetryEvent) => reduce(state, event)
  const tell = (event: TelemetryEvent) => {
    told.push(event)
    take(event)
  }
  const judge = new Judge({ evidence: state, nowUs: () => nowUs, tell })
  judge.stop()
  const at = (us: number) => {
    nowUs = us
    judge.judge()
    return told.splice(0).map((event) => [event.type, 'problem' in event ? event.problem : ''])
  }
  return { state, take, at }
}

const started = (process: string): TelemetryEvent[] => [
  { type: 'process.started', atUs: 0, process, name: process, pid: 1, parentPid: 0, parent: null, kind: 'process' },
  { type: 'process.described', atUs: 0, process, runtime: 'Python 3.13.0' },
]
const has = (object: string, process: string): TelemetryEvent => ({
  ...{ type: 'object.changed', atUs: 1, object, holders: [{ process, sinceUs: 0 }], waiting: [] },
})
const awaits = (process: string, id: string, sinceUs: number): TelemetryEvent => ({
  ...{ type: 'process.waits', atUs: sinceUs, process, waits: [{ on: { kind: 'lock', id }, sinceUs }] },
})

test('a deadlock is raised once, resolved when it is over, and raised again as another', () => {
  const { state, take, at } = judged()
  const lock = (object: string): TelemetryEvent => ({
    ...{ type: 'object.created', atUs: 0, object, kind: 'lock', name: object, process: 'a' },
  })
  for (const event of [...started('a'), ...started('b'), lock('1'), lock('2'), has('1', 'a'), has('2', 'b')])
    take(event)
  take(awaits('a', '2', 0))
  take(awaits('b', '1', 0))
  expect(at(100_000)).toEqual([])
  expect(at(600_000)).toEqual([['problem.raised', 'verdict/deadlock/a/b']])
  expect(at(900_000)).toEqual([])
  take({ type: 'process.waits', atUs: 950_000, process: 'b', waits: [] })
  expect(at(1_000_000)).toEqual([['problem.resolved', 'verdict/deadlock/a/b']])
  expect(state.problems.rows.get('verdict/deadlock/a/b')).toMatchObject({ kind: 'deadlock', resolvedAtUs: 1_000_000 })
  take(awaits('b', '1', 1_100_000))
  expect(at(2_000_000)).toEqual([['problem.raised', 'verdict/deadlock/a/b/2']])
})

test('a lost task stays lost, though its pool is ended', () => {
  const { take, at } = judged()
  for (const event of [...started('a'), ...started('w')]) take(event)
  take({ type: 'pool.created', atUs: 0, pool: 'p', name: 'Pool', size: 1, process: 'a', noticesDeaths: false })
  take({ type: 'task.submitted', atUs: 0, task: 't', pool: 'p', name: 't' })
  take({ type: 'task.started', atUs: 0, task: 't', process: 'w' })
  take({ type: 'process.exited', atUs: 0, process: 'w', exitCode: null, signal: 'SIGKILL' })
  expect(at(600_000)).toEqual([['problem.raised', 'verdict/task-lost/t']])
  take({ type: 'pool.changed', atUs: 700_000, pool: 'p', state: 'terminated' })
  expect(at(1_000_000)).toEqual([])
})
