/** Whatever a source sends, the session takes what fits and nothing else, and ends for none of it. */
import { expect, test } from 'vitest'
import { Door } from '../../src/session/door.ts'
import { reduce } from '../../src/session/reduce.ts'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'
import { chance } from '../seeded.ts'
import { randomEvents } from './random-events.ts'
import { emptyState, reduceAll } from './reduced.ts'

function open() {
  const state = emptyState()
  const taken: TelemetryEvent[] = []
  const take = (event: TelemetryEvent) => {
    taken.push(event)
    reduce(state, event)
  }
  return { state, taken, door: new Door({ source: 'A recording', nowUs: () => 7, take }) }
}

const closed = { type: 'queue.closed', atUs: 1, queue: 'q' }

const told = { type: 'process.started', atUs: 1, process: 'p', name: 'p', pid: 1, parentPid: 0, kind: 'process' }

function deep(levels: number): unknown {
  let value: unknown = 'end'
  for (let i = 0; i < levels; i++) value = [value]
  return value
}

function around(): unknown {
  const value: { all: unknown[] } = { all: [] }
  value.all.push(value, value)
  return value
}

function unreadable(field: string): unknown {
  return Object.defineProperty({ ...closed }, field, {
    get() {
      throw new Error('no')
    },
  })
}

test.each<[what: string, event: unknown]>([
  ['nothing', null],
  ['a text', 'queue.closed'],
  ['a list', [closed]],
  ['no type', { atUs: 1 }],
  ['no time', { type: 'queue.closed', queue: 'q' }],
  ['no time of a type to come', { type: 'from.tomorrow', atUs: Number.NaN }],
  ['a field less', { type: 'queue.closed', atUs: 1 }],
  ['a field of another type', { ...closed, queue: 5 }],
  ['an id without end', { ...closed, queue: 'q'.repeat(100_000) }],
  ['a type without end', { type: 'q'.repeat(100_000), atUs: 1 }],
  ['an id without end inside', { ...told, parent: 'p'.repeat(100_000) }],
  ['a list of ids without end', { ...closed, producers: ['p'.repeat(100_000)] }],
  ['what is nested without end', { ...closed, colour: deep(200_000) }],
  ['what is nested in itself', { ...closed, colour: around() }],
  ['what throws when it is read', unreadable('queue')],
  ['what throws when its type is read', unreadable('type')],
])('%s is counted, told once, and ends nothing', (_, event) => {
  const { state, door } = open()
  for (let i = 0; i < 1_000; i++) door.enter(event)
  door.enter(closed)
  expect(door.malformed).toBe(1_000)
  expect([...state.problems.rows.values()]).toMatchObject([{ atUs: 7, kind: 'malformed-event' }])
  expect(state.problems.rows.get('door/malformed')?.message).toMatch(
    /^A recording told something that is no event: .{5,200}$/,
  )
  expect(state.rev).toBe(2)
})

test('what fits comes in as it is, fields and types that are not known with it', () => {
  const { door, taken } = open()
  const known = { ...closed, colour: 'red' }
  const later = { type: 'from.tomorrow', atUs: 1, colour: 'red' }
  for (const event of [known, later]) door.enter(event)
  expect(taken).toEqual([known, later])
  expect(door.malformed).toBe(0)
})

test('whatever is broken of any event, what comes in is reduced without an error', () => {
  const { below, pick } = chance(5)
  const { state, taken, door } = open()
  for (const event of randomEvents(5, 5_000)) {
    const broken: Record<string, unknown> = { ...event }
    const junk = [null, -1, 1e300, 'x', {}, [], [null], { process: 1 }, undefined, Number.NaN, true]
    if (below(2) > 0) broken[pick(Object.keys(broken))] = pick(junk)
    door.enter(broken)
  }
  expect(door.malformed).toBeGreaterThan(1_000)
  expect(taken.length).toBeGreaterThan(2_000)
  expect(reduceAll(taken)).toEqual(state)
})

test('an error that is told with properties 200,000 levels deep enters as what is kept of it', () => {
  const { door, taken, state } = open()
  const error = {
    name: 'Error',
    message: 'deep',
    stack: 'x'.repeat(1e6),
    properties: { deep: deep(200_000), id: 'x'.repeat(5_000) },
  }
  door.enter({ ...{ type: 'task.submitted', atUs: 1, task: 't', pool: 'w', name: 'f()' } })
  door.enter({ type: 'task.failed', atUs: 1, task: 't', error })
  expect(door.malformed).toBe(0)
  expect(state.tasks.rows.get('t')).toMatchObject({ state: 'failed', error: { message: 'deep' } })
  expect(JSON.stringify(taken).length).toBeLessThan(20_000)
})

test('how many events do not fit is told when somebody looks, however many there are', () => {
  const { state, taken, door } = open()
  for (let i = 0; i < 100_000; i++) door.enter({ type: 'queue.closed', atUs: i })
  expect(taken.map(({ type }) => type)).toEqual(['problem.raised'])
  door.tellMalformed()
  door.tellMalformed()
  expect(taken.map(({ type }) => type)).toEqual(['problem.raised', 'problem.repeated'])
  expect([...state.problems.rows.values()]).toMatchObject([{ kind: 'malformed-event', count: 100_000 }])
})
