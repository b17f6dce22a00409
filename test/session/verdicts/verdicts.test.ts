/** What is said to be wrong for good, and what is not. */
import { expect, test } from 'vitest'
import { findVerdicts } from '../../../src/session/verdicts/find-verdicts.ts'
import type { TelemetryEvent, Wait } from '../../../src/shared/telemetry.ts'
import { randomEvents } from '../random-events.ts'
import { reduceAll } from '../reduced.ts'

const SECOND = 1_000_000
const NOW = 10 * SECOND

const python = (process: string, runtime = 'Python 3.11.7'): TelemetryEvent[] => [
  { type: 'process.started', atUs: 0, process, name: process, pid: 1, parentPid: 0, parent: null, kind: 'process' },
  { type: 'process.described', atUs: 0, process, runtime },
]
const waits = (process: string, ...waits: Wait[]): TelemetryEvent => ({
  type: 'process.waits',
  atUs: 2,
  process,
  waits,
})
const wait = (kind: Wait['on']['kind'], id: string, more: Partial<Wait> & { end?: string } = {}): Wait => {
  const { end, ...rest } = more
  return { on: { kind, id, ...(end !== undefined && { end }) }, sinceUs: SECOND, ...rest }
}
const lock = (object: string, holder: string | null, waiting: string[] = [], kind = 'lock'): TelemetryEvent[] => [
  { type: 'object.created', atUs: 1, object, kind: kind as 'lock', name: object, process: 'main' },
  {
    ...{ type: 'object.changed', atUs: 2, object },
    holders: holder === null ? [] : [{ process: holder, sinceUs: 1 }],
    waiting: waiting.map((process) => ({ process, sinceUs: SECOND })),
  },
]
const killed = (process: string, atUs = 5 * SECOND): TelemetryEvent => ({
  ...{ type: 'process.exited', atUs, process, exitCode: null, signal: 'SIGKILL' },
})

function verdictsOn(...events: (TelemetryEvent | TelemetryEvent[])[]) {
  return findVerdicts(reduceAll(events.flat()), NOW)
}
const kindsOn = (...events: (TelemetryEvent | TelemetryEvent[])[]) => verdictsOn(...events).map(({ kind }) => kind)

const pair = (annWaits: Wait, runtime?: string) => [
  ...['Ann', 'Bob'].flatMap((name) => python(name, runtime)),
  ...[...lock('a', 'Ann', ['Bob']), ...lock('b', 'Bob', ['Ann'])],
  ...[waits('Ann', annWaits), waits('Bob', wait('lock', 'a'))],
]

test('two that wait for each other are a deadlock, named in order', () => {
  expect(verdictsOn(pair(wait('lock', 'b')))).toEqual([
    expect.objectContaining({
      id: 'deadlock/Ann/Bob',
      kind: 'deadlock',
      message: 'Deadlock: Ann waits for b, which Bob has; Bob waits for a, which Ann has.',
    }),
  ])
})

test('of a circle of three, with one that waits for it from outside, only the three are named', () => {
  const names = ['Ann', 'Bob', 'Cyd']
  const events = names.map((name, i) => {
    const next = names[(i + 1) % 3] as string
    return [python(name), lock(`of ${next}`, next, [name]), waits(name, wait('lock', `of ${next}`))].flat()
  })
  const outside = [python('Dan'), waits('Dan', wait('lock', 'of Ann'))]
  expect(verdictsOn(...outside, ...events).map(({ id }) => id)).toEqual(['deadlock/Ann/Bob/Cyd'])
})

test.each([
  ['a wait with a timeout', pair(wait('lock', 'b', { timeoutMs: 60_000 }))],
  ['one that has just begun', pair(wait('lock', 'b', { sinceUs: NOW - 1_000 }))],
  ['one of several', [...pair(wait('lock', 'b')), waits('Ann', wait('lock', 'b'), wait('event', 'e'))]],
  ['JavaScript, which may be doing something else', pair(wait('lock', 'b'), 'Node 24.1.0')],
  [
    'a lock of its own, which another may release',
    [...python('Ann'), ...lock('a', 'Ann'), waits('Ann', wait('lock', 'a'))],
  ],
  ['a semaphore', [...pair(wait('semaphore', 'b'))]],
])('%s is no deadlock', (_, events) => {
  expect(kindsOn(events)).toEqual([])
})

test('a lock whose holder has ended and that somebody waits for is abandoned', () => {
  const events = [
    python('main'),
    python('Ann'),
    python('Bob'),
    lock('a', 'Ann', ['Bob']),
    waits('Bob', wait('lock', 'a')),
  ]
  expect(kindsOn(...events)).toEqual([])
  expect(verdictsOn(...events, killed('Ann'))).toMatchObject([
    { kind: 'lock-abandoned', message: 'Ann was ended by SIGKILL while it had a: Bob waits for it for ever.' },
  ])
  expect(kindsOn(...events, killed('Ann', NOW - 1_000))).toEqual([])
  expect(kindsOn(...events, killed('Ann'), killed('Bob'))).toEqual([])
  const semaphore = lock('s', 'Ann', ['Bob'], 'semaphore')
  expect(kindsOn(python('Ann'), python('Bob'), semaphore, waits('Bob', wait('semaphore', 's')), killed('Ann'))).toEqual(
    [],
  )
})

const pool = (noticesDeaths: boolean): TelemetryEvent[] => [
  { type: 'pool.created', atUs: 1, pool: 'p', name: 'Pool', size: 2, process: 'main', noticesDeaths },
  { type: 'task.submitted', atUs: 2, task: 't', pool: 'p', name: 'square(int)' },
  { type: 'task.started', atUs: 3, task: 't', process: 'Worker-1' },
]

test('a task whose worker died is lost, if its pool does not notice', () => {
  const idle = [...python('Worker-2'), waits('Worker-2', wait('pool', 'p', { end: 'task' }))]
  const events = [python('main'), python('Worker-1'), pool(false), idle, waits('main', wait('task', 't'))]
  expect(kindsOn(...events)).toEqual([])
  expect(verdictsOn(...events, killed('Worker-1'))).toMatchObject([
    {
      kind: 'task-lost',
      task: 't',
      message: 'Worker-1 was ended by SIGKILL while it ran square(int). Its pool does not notice: main waits for ever.',
    },
  ])
  expect(kindsOn(python('main'), python('Worker-1'), pool(true), killed('Worker-1'))).toEqual([])
  const terminated: TelemetryEvent = { type: 'pool.changed', atUs: 4, pool: 'p', state: 'terminated' }
  expect(kindsOn(...events, terminated, killed('Worker-1'))).toEqual([])
  expect(kindsOn(...events, { type: 'task.finished', atUs: 4, task: 't' }, killed('Worker-1'))).toEqual([])
})

test('who waits for a lost task with a timeout does not wait for ever', () => {
  const events = [
    python('main'),
    python('Worker-1'),
    pool(false),
    waits('main', wait('task', 't', { timeoutMs: 2_000 })),
  ]
  expect(verdictsOn(...events, killed('Worker-1'))).toMatchObject([
    { message: expect.stringContaining('whoever waits for its result waits for ever') },
  ])
})

test('a lock whose holder has ended as it meant to may be released by another one, if there is one that can', () => {
  const ended: TelemetryEvent = {
    ...{ type: 'process.exited', atUs: 5 * SECOND, process: 'Ann' },
    ...{ exitCode: 0, signal: null },
  }
  const events = [python('Ann'), python('Bob'), lock('a', 'Ann', ['Bob']), waits('Bob', wait('lock', 'a')), ended]
  expect(kindsOn(...events)).toEqual(['lock-abandoned'])
  expect(kindsOn(...events, python('Cyd'))).toEqual([])
  const [begun] = python('Cyd') as [TelemetryEvent]
  expect(kindsOn(...events, { ...begun, atUs: NOW - SECOND } as TelemetryEvent)).toEqual([])
  expect(kindsOn(...events, begun)).toEqual(['lock-abandoned'])
  expect(kindsOn(...events, python('Cyd'), waits('Cyd', wait('event', 'e', { timeoutMs: 9_000 })))).toEqual([])
  expect(kindsOn(...events, python('Cyd'), waits('Cyd', wait('process', 'Bob')))).toEqual(['lock-abandoned'])
  const helper = { type: 'process.described', atUs: 0, process: 'Cyd' } as const
  const command = 'python3 -c from multiprocessing.forkserver import main;main(5)'
  expect(kindsOn(...events, python('Cyd'), { ...helper, command })).toEqual([])
  expect(kindsOn(...events, python('Cyd'), { ...helper, command, name: 'fork server' })).toEqual(['lock-abandoned'])
  expect(kindsOn(...events.with(-1, killed('Ann')), python('Cyd'))).toEqual(['lock-abandoned'])
})

test('a pool whose workers end before they take a task is told, but not one of whose workers one is ready', () => {
  const worker = (number: number): TelemetryEvent[] => [
    {
      ...{ type: 'process.started', atUs: number, process: `w${number}`, name: `SpawnPoolWorker-${number}` },
      ...{ pid: number, parentPid: 1, parent: 'main', kind: 'process' },
    },
    { type: 'process.exited', atUs: number + 1, process: `w${number}`, exitCode: 1, signal: null },
  ]
  const [created, submitted, started] = pool(false) as [TelemetryEvent, TelemetryEvent, TelemetryEvent]
  const events = [...python('main'), created, submitted, ...worker(1), ...worker(2)]
  expect(kindsOn(events)).toEqual([])
  expect(verdictsOn(events, worker(3))).toMatchObject([
    {
      ...{ id: 'workers-die/p', kind: 'worker-died' },
      message:
        'The workers of Pool end before they take a task: 3 so far, the last of which, SpawnPoolWorker-3, ended with exit code 1. Others are started in their place, and its task waits.',
    },
  ])
  const ready = [worker(4)[0] as TelemetryEvent, waits('w4', wait('pool', 'p', { end: 'task' }))]
  const described: TelemetryEvent = { type: 'process.described', atUs: 5, process: 'w4', kind: 'worker', pool: 'p' }
  expect(kindsOn(events, worker(3), ready, described)).toEqual([])
  expect(kindsOn(events, worker(3), started)).toEqual([])
})

const changed = (change: Partial<Extract<TelemetryEvent, { type: 'queue.changed' }>>): TelemetryEvent => ({
  ...{
    type: 'queue.changed',
    atUs: SECOND,
    queue: 'q',
    depth: 2_000,
    depthMax: 2_000,
    depthMin: 0,
    puts: 2_000,
    gets: 0,
  },
  ...{ waitingToPut: [], waitingToGet: [], producers: ['maker'], consumers: [], residence: [] },
  ...change,
})
const drain = (...events: TelemetryEvent[]) => [
  ...python('main'),
  ...python('maker'),
  { type: 'queue.created', atUs: 1, queue: 'q', name: 'items', maxsize: 0, process: 'main' } as const,
  changed({}),
  waits('maker', wait('queue', 'q', { end: 'flush' })),
  waits('main', wait('process', 'maker')),
  ...events,
]

test('who is joined before what it put was got cannot end', () => {
  expect(verdictsOn(drain())).toMatchObject([
    {
      kind: 'cannot-end',
      message:
        'maker cannot end: 2,000 items in items are not got, and it ends only when what it put has left it. main waits for it to end, and gets none meanwhile.',
    },
  ])
})

test.each([
  ['nobody joins', drain(waits('main'))],
  ['somebody gets', drain(changed({ waitingToGet: [{ process: 'main', sinceUs: 1 }] }))],
  ['items were got just now', drain(changed({ atUs: NOW - 1_000, gets: 7 }))],
  ['a reader lives that waits for nothing', drain(...python('reader'), changed({ consumers: ['reader'] }))],
])('and may, if %s', (_, events) => {
  expect(kindsOn(events)).toEqual([])
})

test('whatever the events, there are verdicts or there are none, and judging changes nothing', () => {
  const found = new Set<string>()
  for (let seed = 0; seed < 60; seed++) {
    const state = reduceAll(randomEvents(seed, 600, 8))
    const before = structuredClone(state)
    for (const { kind } of findVerdicts(state, Number.MAX_SAFE_INTEGER)) found.add(kind)
    expect(state).toEqual(before)
  }
  expect([...found].sort()).toContain('task-lost')
})
