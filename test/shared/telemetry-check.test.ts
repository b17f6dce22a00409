import { expect, test } from 'vitest'
import { catalog } from '../../src/main/programs/catalog.ts'
import { isErrorInfo, isTelemetryEvent, subjectOf } from '../../src/shared/telemetry-check.ts'
import { chance } from '../seeded.ts'
import { eventsOf as eventsOfProgram } from '../session/catalog-events.ts'

function eventsOf(id: string) {
  const program = catalog.find((candidate) => candidate.id === id)
  if (!program) throw new Error(id)
  return eventsOfProgram(program)
}

test('every event of real programs passes; with a field less or of another type it does not', async () => {
  const events = [...(await eventsOf('swallowed')), ...(await eventsOf('download-analysis'))]
  expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThan(10)
  const { pick } = chance(1)
  for (const event of events) {
    expect(isTelemetryEvent(event), JSON.stringify(event)).toBe(true)
    for (const name of Object.keys(event)) {
      const broken = { ...event, [name]: pick([Symbol('none'), () => 1]) }
      expect(isTelemetryEvent(broken), `${event.type}.${name}`).toBe(false)
    }
  }
})

test('what is no event is none', () => {
  for (const value of [null, undefined, 7, 'x', [], {}, { type: 'toString', atUs: 1 }, { type: 'queue.closed' }]) {
    expect(isTelemetryEvent(value)).toBe(false)
  }
})

test('an error may have causes, but not without end', () => {
  const deep = (levels: number): object => ({
    name: 'Error',
    message: '',
    stack: '',
    ...(levels > 0 && { cause: deep(levels - 1) }),
  })
  expect(isErrorInfo(deep(5))).toBe(true)
  expect(isErrorInfo(deep(50))).toBe(false)
  expect(isErrorInfo({ name: 'Error', message: '', stack: 1 })).toBe(false)
})

test('an error may have properties, but not without end', () => {
  const withProperties = (properties: unknown) => isErrorInfo({ name: 'Error', message: '', stack: '', properties })
  expect(withProperties({ code: 'ENOENT' })).toBe(true)
  expect(withProperties(Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`${i}`, i])))).toBe(false)
  for (const none of [null, [], 'code', 7]) expect(withProperties(none)).toBe(false)
})

test('the subject of an event is what it is about', () => {
  expect(subjectOf({ type: 'task.started', atUs: 1, task: '0.2/task1', process: '0.2.1' })).toBe('0.2/task1')
  expect(subjectOf({ type: 'queue.closed', atUs: 1, queue: '0/queue1' })).toBe('0/queue1')
  expect(subjectOf({ type: 'session.ended', atUs: 1, outcome: 'finished', leftovers: 0 })).toBeNull()
})
