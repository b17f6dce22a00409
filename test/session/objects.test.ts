/** Locks, pipes and other shared objects, and what waits for them. */
import { expect, test } from 'vitest'
import { LIMITS } from '../../src/session/limits.ts'
import type { TelemetryEvent, Waiter } from '../../src/shared/telemetry.ts'
import { reduceAll } from './reduced.ts'

const created = (object: string, process = '0'): TelemetryEvent => ({
  ...{ type: 'object.created', atUs: 1, object, kind: 'lock', name: object, process },
})
const changed = (object: string, holders: Waiter[], waiting: Waiter[] = []): TelemetryEvent => ({
  ...{ type: 'object.changed', atUs: 2, object, holders, waiting },
})
const gone = (object: string): TelemetryEvent => ({ type: 'object.gone', atUs: 3, object })
const started = (process: string): TelemetryEvent => ({
  ...{ type: 'process.started', atUs: 0, process, name: process, pid: 1, parentPid: 0, parent: null, kind: 'process' },
})
const exited = (process: string): TelemetryEvent => ({
  ...{ type: 'process.exited', atUs: 9, process, exitCode: 0, signal: null },
})
const one = { process: '0.1', sinceUs: 7 }
const other = { process: '0.2', sinceUs: 8, end: '1' }

test('an object has holders and waiters until it is gone, and then changes no more', () => {
  const events = [created('a'), changed('a', [one], [other])]
  expect(reduceAll(events).objects.rows.get('a')).toMatchObject({
    ...{ kind: 'lock', name: 'a', owner: '0', holders: [one], waiting: [other], gone: false },
  })
  const ended = reduceAll([...events, gone('a'), changed('a', [one]), gone('a')])
  expect(ended.objects.rows.get('a')).toMatchObject({ holders: [], waiting: [], gone: true })
  expect(ended.objects.ended).toEqual(['a'])
})

test('with a process all that it made is gone, and at the end of the session nobody holds anything', () => {
  const events = [started('0'), started('0.1'), created('a'), created('b', '0.1'), changed('a', [one]), exited('0.1')]
  const state = reduceAll(events)
  expect([...state.objects.rows.values()].map(({ id, gone }) => [id, gone])).toEqual([
    ['a', false],
    ['b', true],
  ])
  const ended = reduceAll([{ type: 'session.ended', atUs: 9, outcome: 'finished', leftovers: 0 }], state)
  expect(ended.objects.rows.get('a')).toMatchObject({ holders: [], gone: false })
})

test('of a hundred thousand that came and went the last are kept, and all are counted', () => {
  const events = Array.from({ length: 100_000 }, (_, i) => [created(`o${i}`), gone(`o${i}`)]).flat()
  const { objects } = reduceAll([created('stays'), ...events])
  expect(objects.rows.size).toBe(LIMITS.ended.objects + 1)
  expect(objects.forgotten).toBe(100_000 - LIMITS.ended.objects)
  expect(objects.rows.has('stays')).toBe(true)
})

test('a process waits for several things at once, for a bounded number of them by name', () => {
  const wait = { on: { kind: 'queue' as const, id: 'q', end: 'put' }, sinceUs: 5, timeoutMs: 100 }
  const waits = (list: (typeof wait)[], more?: number): TelemetryEvent => ({
    ...{ type: 'process.waits', atUs: 6, process: '0', waits: list },
    ...(more !== undefined && { more }),
  })
  const rowAfter = (...events: TelemetryEvent[]) => reduceAll([started('0'), ...events]).processes.rows.get('0')
  expect(rowAfter(waits([wait, wait], 3))).toMatchObject({ waits: [wait, wait], moreWaits: 3 })
  const many = rowAfter(waits(Array(LIMITS.listed + 7).fill(wait), 3))
  expect([many?.waits.length, many?.moreWaits]).toEqual([LIMITS.listed, 10])
  expect(rowAfter(waits([wait]), waits([]))).toMatchObject({ waits: [], moreWaits: 0 })
  expect(rowAfter(waits([wait]), exited('0'), waits([wait]))).toMatchObject({ waits: [], moreWaits: 0 })
})
