import { expect, test } from 'vitest'
import { queueRates } from '../../src/session/queues.ts'
import type { QueueRow } from '../../src/shared/session-state.ts'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'
import { reduceAll } from './reduced.ts'

const S = 1_000_000
const created: TelemetryEvent = { type: 'queue.created', atUs: S, queue: 'q', name: 'pages', maxsize: 3, process: '0' }

function changed(atUs: number, puts: number, gets: number, depth = puts - gets): TelemetryEvent {
  return {
    ...{ type: 'queue.changed', atUs, queue: 'q', depth, depthMax: depth + 2, depthMin: 0, puts, gets },
    ...{
      waitingToPut: [{ process: '1', sinceUs: 5 }],
      waitingToGet: [],
      producers: ['1'],
      consumers: [],
      residence: [1],
    },
  }
}

function rowAfter(...events: TelemetryEvent[]): QueueRow {
  const row = reduceAll([created, ...events]).queues.rows.get('q')
  if (!row) throw new Error('no row')
  return row
}

test('rates are those of the last two seconds, and fall to nothing while nothing is put or got', () => {
  const steady = Array.from({ length: 50 }, (_, i) => changed(S + (i + 1) * 100_000, i + 1, (i + 1) / 2))
  const row = rowAfter(...steady)
  expect(queueRates(row, 6 * S).puts).toBeCloseTo(10, 0)
  expect(queueRates(row, 6 * S).gets).toBeCloseTo(5, 0)
  expect(queueRates(row, 7 * S).puts).toBeCloseTo(5, 0)
  expect(queueRates(row, 8 * S)).toEqual({ puts: 0, gets: 0 })
  expect(queueRates(row, 1e12)).toEqual({ puts: 0, gets: 0 })
})

test('a queue that is new has the rate of its short life, of a second at least', () => {
  expect(queueRates(rowAfter(), S)).toEqual({ puts: 0, gets: 0 })
  expect(queueRates(rowAfter(changed(S + 1, 3, 0)), S + 2)).toEqual({ puts: 3, gets: 0 })
  expect(queueRates(rowAfter(changed(S + 1, 9, 0)), S + S * 1.5)).toEqual({ puts: 6, gets: 0 })
})

test('depths are points over time: each step where they are known, else the extremes between two reports', () => {
  const steps = [1, 2].map((depth) => ({ atUs: S + depth, depth }))
  const state = reduceAll([created, { ...changed(2 * S, 2, 0), steps } as TelemetryEvent, changed(3 * S, 4, 3)])
  expect(state.depths.get('q')?.items.map(({ atUs, depth, max, min }) => [atUs, depth, max, min])).toEqual([
    [S, 0, 0, 0],
    [S + 1, 1, 1, 1],
    [S + 2, 2, 2, 2],
    [3 * S, 1, 3, 0],
  ])
  expect(state.queues.rows.get('q')).toMatchObject({ depth: 1, depthMax: 4, puts: 4, gets: 3 })
})

test('when the session has ended nobody waits, nothing flows, and the depth holds to the end', () => {
  const ended: TelemetryEvent = { type: 'session.ended', atUs: 5 * S, outcome: 'finished', leftovers: 0 }
  const state = reduceAll([created, changed(4 * S, 9, 1), ended])
  const row = state.queues.rows.get('q') as QueueRow
  expect(row).toMatchObject({ depth: 8, waitingToPut: [], waitingToGet: [] })
  expect(queueRates(row, 5 * S)).toEqual({ puts: 0, gets: 0 })
  expect(state.depths.get('q')?.items.at(-1)).toMatchObject({ atUs: 5 * S, depth: 8, max: 8, min: 8 })
})
