import { expect, test } from 'vitest'
import {
  listedObjects,
  objectStateWords,
  objectWords,
  othersOf,
  selectionOfWait,
  waitsWords,
  waitWords,
} from '../../src/renderer/series/waits.ts'
import { stateWords } from '../../src/renderer/series/words.ts'
import type { ObjectRow, ProcessRow, SessionState } from '../../src/shared/session-state.ts'
import type { Wait } from '../../src/shared/telemetry.ts'

function table<T extends { id: string }>(...rows: T[]) {
  return { rows: new Map(rows.map((row) => [row.id, row])), forgotten: 0 }
}

function object(id: string, kind: string, more: Partial<ObjectRow> = {}): ObjectRow {
  return { id, kind, name: id, holders: [], waiting: [], gone: false, order: 0, ...more } as ObjectRow
}

const at = (process: string, end?: string) => ({ process, sinceUs: 0, ...(end !== undefined && { end }) })
const state = {
  processes: table({ id: '0.1', name: 'worker 1' }),
  queues: table({ id: 'q', name: 'pages', producers: ['a'], consumers: ['b'] }),
  objects: table(
    object('database', 'lock', { holders: [at('a'), at('a')] }),
    object('line', 'pipe', { holders: [at('a', '0'), at('b', '1')] }),
  ),
  pools: table({ id: 'p', name: 'pool' }),
  tasks: table({ id: 't', name: 'spider(1)', process: '0.1' }),
} as unknown as SessionState

function wait(kind: string, id: string, end?: string): Wait {
  return { on: { kind, id, ...(end !== undefined && { end }) }, sinceUs: 0 } as Wait
}

const waits = {
  put: wait('queue', 'q', 'put'),
  get: wait('queue', 'q', 'get'),
  answer: wait('queue', 'q'),
  join: wait('process', '0.1'),
  pool: wait('pool', 'p'),
  results: wait('pool', 'p', 'result'),
  next: wait('pool', 'p', 'task'),
  result: wait('task', 't'),
  lock: wait('lock', 'database'),
  pipe: wait('pipe', 'line', '0'),
  gone: wait('rlock', 'gone'),
  later: wait('mutex', 'x'),
}

test('each wait is told by the name of what it is for, also of what is not known any more', () => {
  expect(Object.values(waits).map((each) => waitWords(each, state))).toEqual([
    ...['put to pages', 'get from pages', 'hear from pages'],
    ...['join worker 1', 'join pool', 'results of pool', 'next task', 'result of spider(1)'],
    ...['lock database', 'pipe line', 'a lock', 'a mutex'],
  ])
  expect(objectWords({ kind: 'lock', name: 'lock 2' })).toBe('lock 2')
})

test('it leads to what it is for, if that is still there', () => {
  expect(Object.values(waits).map((each) => selectionOfWait(each, state)?.kind)).toEqual([
    ...[
      'queue',
      'queue',
      'queue',
      'process',
      undefined,
      undefined,
      undefined,
      'task',
      'object',
      'object',
      undefined,
      undefined,
    ],
  ])
})

test('who could end it is told once each: who holds, gets, puts, runs, or has the other end', () => {
  expect(othersOf(waits.put, state)).toEqual({ words: 'got by', processes: ['b'] })
  expect(othersOf(waits.get, state)).toEqual({ words: 'put by', processes: ['a'] })
  expect(othersOf(waits.lock, state)).toEqual({ words: 'held by', processes: ['a'] })
  expect(othersOf(waits.pipe, state)).toEqual({ words: 'the other end is with', processes: ['b'] })
  expect(othersOf(waits.result, state)).toEqual({ words: 'run by', processes: ['0.1'] })
  expect([waits.answer, waits.join, waits.pool, waits.gone].map((each) => othersOf(each, state))).toEqual([
    null,
    null,
    null,
    null,
  ])
})

test('a row says the first wait and how many more; one that only awaits is not called running', () => {
  const row = { state: 'waiting', waits: [waits.put, waits.lock], moreWaits: 1, task: null } as unknown as ProcessRow
  expect(waitsWords(row, state)).toEqual({ text: 'put to pages and 2 more', short: 'put to pages +2' })
  expect(stateWords(row, state, 0).text).toBe('put to pages and 2 more')
  const old = { ...row, waits: [], moreWaits: 0, waitingOn: { what: 'get', label: 'get from pages' } } as ProcessRow
  expect(stateWords(old, state, 0).text).toBe('get from pages')
  const S = 1_000_000
  const running = { state: 'running', task: 't', busyPercent: 1, busyAtUs: 5 * S, stateSinceUs: 4 * S } as ProcessRow
  const awaiting = { sign: 'awaiting', text: 'spider(1), awaiting' }
  expect(stateWords(running, state, 6 * S)).toMatchObject(awaiting)
  expect(stateWords({ ...running, busyPercent: 60 }, state, 6 * S).text).toBe('spider(1)')
  expect(stateWords({ ...running, busyPercent: null, task: null }, state, 6 * S).text).toBe('running')
  // What was told is of before, or it tells nothing any more: then it may well be in a loop.
  expect(stateWords({ ...running, stateSinceUs: 5 * S }, state, 6 * S).text).toBe('spider(1)')
  expect(stateWords(running, state, 9 * S).text).toBe('spider(1)')
})

test('objects are listed by how much they matter, and said to be held only where that can be', () => {
  const [free, held, waited, gone] = [
    object('a', 'event'),
    object('b', 'lock', { holders: [at('p')] }),
    object('c', 'lock', { waiting: [at('p')], order: 9 }),
    object('d', 'lock', { gone: true }),
  ] as const
  expect(listedObjects([gone, free, held, waited]).map(({ id }) => id)).toEqual(['c', 'b', 'a', 'd'])
  expect([free, held, waited, gone].map(objectStateWords)).toEqual(['nobody waits', 'held by 1', '1 waits', 'gone'])
  expect(objectStateWords(object('e', 'lock'))).toBe('free')
})
