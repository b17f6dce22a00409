import { expect, test } from 'vitest'
import { endWords } from '../../src/renderer/series/words.ts'
import { LIMITS } from '../../src/session/limits.ts'
import { livingChildren } from '../../src/session/processes.ts'
import type { ProcessKind, TelemetryEvent } from '../../src/shared/telemetry.ts'
import { reduceAll } from './reduced.ts'

function started(process: string, atUs = 0, kind: ProcessKind = 'process'): TelemetryEvent {
  return { type: 'process.started', atUs, process, name: process, pid: 1, parentPid: 0, parent: null, kind }
}
const exited = (process: string, atUs: number): TelemetryEvent => ({
  ...{ type: 'process.exited', atUs, process, exitCode: 0, signal: null },
})
const does = (process: string, atUs: number, state: 'running' | 'sleeping'): TelemetryEvent => ({
  ...{ type: 'process.state', atUs, process, state },
})
const laneOf = (events: TelemetryEvent[]) =>
  reduceAll(events)
    .lanes.get('a')
    ?.items.map(({ state, fromUs, toUs }) => [state, fromUs, toUs])

test('a lane is one stretch after the other, the last one open until the process is gone', () => {
  const events = [started('a', 5), does('a', 10, 'running'), does('a', 20, 'sleeping'), does('a', 30, 'sleeping')]
  expect(laneOf(events)).toEqual([
    ['starting', 5, 10],
    ['running', 10, 20],
    ['sleeping', 20, null],
  ])
  expect(laneOf([...events, exited('a', 40)])?.at(-1)).toEqual(['sleeping', 20, 40])
})

test('what is told late and began before what was known shortens or replaces that', () => {
  const events = [started('a', 0), does('a', 10, 'running'), does('a', 30, 'sleeping')]
  expect(laneOf([...events, does('a', 20, 'running')])).toEqual([
    ['starting', 0, 10],
    ['running', 10, null],
  ])
  expect(laneOf([...events, does('a', 5, 'sleeping')])?.at(-1)).toEqual(['sleeping', 5, null])
})

test('one that has ended does nothing any more, ends once, and takes its queues and pools with it', () => {
  const state = reduceAll([
    started('a'),
    { type: 'queue.created', atUs: 1, queue: 'q', name: 'q', maxsize: 0, process: 'a' },
    { type: 'pool.created', atUs: 1, pool: 'w', name: 'w', size: 1, process: 'a' },
    exited('a', 10),
    does('a', 20, 'running'),
    { ...exited('a', 30), exitCode: 7 } as TelemetryEvent,
    { type: 'process.sampled', atUs: 40, samples: [{ process: 'a', cpuPercent: 5, memoryBytes: 5 }] },
    started('a', 50),
  ])
  expect(state.processes.rows.get('a')).toMatchObject({ state: 'exited', endedAtUs: 10, exitCode: 0, cpuPercent: null })
  expect(state.queues.rows.get('q')?.closed).toBe(true)
  expect(state.pools.rows.get('w')?.state).toBe('ended')
})

test('those that ended longest ago are forgotten with their lanes and samples, and counted; the living stay', () => {
  const lives = Array.from({ length: LIMITS.ended.processes + 30 }, (_, i): TelemetryEvent[] => [
    started(`p${i}`, i),
    { type: 'process.sampled', atUs: i, samples: [{ process: `p${i}`, cpuPercent: 1, memoryBytes: 1 }] },
    exited(`p${i}`, i + 1),
  ])
  const state = reduceAll([started('old'), ...lives.flat()])
  expect(state.processes.forgotten).toBe(30)
  expect(state.processes.rows.size).toBe(LIMITS.ended.processes + 1)
  expect([state.lanes.size, state.samples.size]).toEqual([LIMITS.ended.processes + 1, LIMITS.ended.processes])
  expect(state.processes.rows.get('old')?.order).toBe(0)
  expect(livingChildren(state).map(({ id }) => id)).toEqual(['old'])
})

test('of one that has ended stays what it cost and how it spent its time', () => {
  const sampled = (atUs: number, cpuMs: number, memoryBytes: number): TelemetryEvent => ({
    ...{ type: 'process.sampled', atUs, samples: [{ process: 'a', cpuPercent: 50, memoryBytes, cpuMs }] },
  })
  const state = reduceAll([
    ...[started('a', 0), does('a', 10, 'running'), sampled(15, 4, 900), does('a', 30, 'sleeping')],
    { type: 'process.busy', atUs: 30, process: 'a', fromUs: 10, busyPercent: 25 },
    ...[sampled(35, 7, 300), does('a', 40, 'running'), exited('a', 50), does('a', 60, 'sleeping')],
  ])
  expect(state.processes.rows.get('a')).toMatchObject({
    ...{ state: 'exited', cpuPercent: null, memoryBytes: null, cpuMs: 7, peakMemoryBytes: 900 },
    ...{ spentUs: { starting: 10, running: 30, sleeping: 10, waiting: 0 }, busyUs: 5 },
  })
})

test('short waits are summed', () => {
  const waited: TelemetryEvent = { type: 'process.waited', atUs: 1, process: 'a', waits: 2, waitedUs: 300 }
  expect(reduceAll([started('a'), waited, waited]).processes.rows.get('a')).toMatchObject({
    ...{ shortWaits: 4, shortWaitUs: 600 },
  })
})

const busy = (fromUs: number, atUs: number, busyPercent: number): TelemetryEvent => ({
  ...{ type: 'process.busy', atUs, process: 'a', fromUs, busyPercent },
})
const busyOf = (events: TelemetryEvent[]) =>
  reduceAll([started('a', 0), ...events])
    .lanes.get('a')
    ?.items.slice(1)
    .map(({ state, fromUs, toUs, busyPercent }) => [state, fromUs, toUs, busyPercent])

test('a stretch of running says how busy it was, in as many pieces as that changed', () => {
  const running = [does('a', 10, 'running')]
  expect(busyOf(running)).toEqual([['running', 10, null, null]])
  expect(busyOf([...running, busy(10, 20, 100)])).toEqual([['running', 10, null, 100]])
  // About as busy as before: one stretch, of both together.
  expect(busyOf([...running, busy(10, 20, 100), busy(20, 30, 80)])).toEqual([['running', 10, null, 90]])
  expect(busyOf([...running, busy(10, 20, 100), busy(20, 40, 0)])).toEqual([
    ['running', 10, 20, 100],
    ['running', 20, null, 0],
  ])
})

test('what was told of a time marks only the running in it, however late it is told', () => {
  const events = [
    does('a', 10, 'running'),
    does('a', 20, 'sleeping'),
    does('a', 30, 'running'),
    does('a', 50, 'sleeping'),
  ]
  expect(busyOf([...events, busy(10, 40, 60)])).toEqual([
    ['running', 10, 20, 60],
    ['sleeping', 20, 30, null],
    ['running', 30, 40, 60],
    ['running', 40, 50, null],
    ['sleeping', 50, null, null],
  ])
  expect(busyOf([...events, busy(60, 40, 60)])?.every(([, , , percent]) => percent === null)).toBe(true)
})

test('the row says how busy it is and when that was told, until it has ended', () => {
  const rowAfter = (...events: TelemetryEvent[]) => reduceAll([started('a'), ...events]).processes.rows.get('a')
  expect(rowAfter()).toMatchObject({ busyPercent: null, busyAtUs: null })
  expect(rowAfter(busy(1, 5, 40))).toMatchObject({ busyPercent: 40, busyAtUs: 5 })
  // Over about a second: 40 ms say little, a whole second says all.
  expect(rowAfter(busy(0, 5, 0), busy(0, 500_000, 100), busy(500_000, 600_000, 0))).toMatchObject({ busyPercent: 45 })
  expect(rowAfter(busy(0, 5, 100), busy(5, 2e6, -7))).toMatchObject({ busyPercent: 0 })
  expect(rowAfter(busy(1, 5, 40), exited('a', 9), busy(5, 10, 40))).toMatchObject({ busyPercent: null, busyAtUs: null })
})

test('who wanted a process to end is known: the user who stops, the program, or nobody', () => {
  const end = (process: string, signal: string | null, asked?: boolean): TelemetryEvent => ({
    ...{ type: 'process.exited', atUs: 9, process, exitCode: signal ? null : 0, signal },
    ...(asked !== undefined && { asked }),
  })
  const { rows } = reduceAll([
    ...['killed', 'terminated', 'stopped', 'good'].map((id) => started(id)),
    ...[end('killed', 'SIGKILL'), end('terminated', 'SIGTERM', true)],
    { type: 'session.stopping', atUs: 9 },
    ...[end('stopped', 'SIGKILL'), end('good', null)],
  ]).processes
  expect([...rows.values()].map((row) => [row.stoppedBy, endWords(row).text])).toEqual([
    [null, 'ended by SIGKILL'],
    ['program', 'ended by the program'],
    ['you', 'stopped by you'],
    [null, 'finished'],
  ])
})
