import { expect, test } from 'vitest'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'
import { reduceAll } from './reduced.ts'

const started: TelemetryEvent = {
  ...{ type: 'session.started', atUs: 0, program: 'spider', title: 'Spider' },
  ...{ parameters: { pages: 10, url: 'x'.repeat(5_000) }, startedAt: '2026-01-01T00:00:00Z' },
}
const stopping: TelemetryEvent = { type: 'session.stopping', atUs: 5 }
const ended: TelemetryEvent = { type: 'session.ended', atUs: 9, outcome: 'stopped', leftovers: 0 }
const headOf = (...events: TelemetryEvent[]) => reduceAll(events).head

test('a session starts, is being stopped, and has ended; then it stays so', () => {
  expect(headOf()).toMatchObject({ phase: 'starting', endedAtUs: null })
  expect(headOf(started)).toMatchObject({ phase: 'running', title: 'Spider', parameters: { pages: 10 } })
  expect(headOf(started, stopping)).toMatchObject({ phase: 'stopping', endedAtUs: null })
  expect(headOf(started, stopping, ended, stopping, started)).toMatchObject({ phase: 'stopped', endedAtUs: 9 })
})

test('a parameter is kept within its limit', () => {
  expect(String(headOf(started).parameters.url).length).toBe(1_000)
})

test('a head that was taken before does not change', () => {
  const state = reduceAll([started])
  const { head } = state
  reduceAll([stopping], state)
  expect([head.phase, state.head.phase]).toEqual(['running', 'stopping'])
})
