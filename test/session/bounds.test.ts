/** Whatever a program tells, what is kept of it is bounded, in rows and in bytes. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { LIMITS } from '../../src/session/limits.ts'
import { reduce } from '../../src/session/reduce.ts'
import { boundedError } from '../../src/session/texts.ts'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'
import { emptyState, reduceAll } from './reduced.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

function megabytesInUse(): number {
  collect()
  // A long text is external memory; what was read into, which is freed some time later, is left out.
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return (heapUsed + external - arrayBuffers) / 1e6
}

/** A text of almost eight million characters that is one piece of memory, as one that was read from somewhere. */
function long(fill: string): string {
  return Buffer.alloc(LIMITS.outputCharacters - 10_000, fill).toString('latin1')
}

const ERROR = { name: 'Error', message: '', stack: '' }

test.each<[what: string, event: (i: number) => TelemetryEvent]>([
  ['a line that was drawn anew', (i) => output(`${long('a')}\rwhat is left of it, line ${i} of them\n`)],
  ['half a colour', (i) => ({ ...output(`${long('a')}\r a line that has no end yet \u001b[3`), process: `${i}` })],
  [
    'a name',
    (i) => ({ type: 'task.submitted', atUs: i, task: `${i}`, pool: 'w', name: `f("${long('b').slice(0, 40)}…")` }),
  ],
  ['a longer name', (i) => ({ type: 'task.submitted', atUs: i, task: `${i}`, pool: 'w', name: long('b') })],
  [
    'a message',
    (i) => ({ ...{ type: 'problem.raised', atUs: i, problem: `${i}` }, kind: 'task-failed', message: long('c') }),
  ],
  [
    'an error',
    (i) => ({
      ...{ type: 'problem.raised', atUs: i, problem: `${i}`, kind: 'task-failed', message: '' },
      error: { ...ERROR, stack: long('d'), cause: { ...ERROR, message: long('e') }, properties: { all: [long('f')] } },
    }),
  ],
])('%s keeps nothing alive of the long text that it was part of', (_, event) => {
  const state = emptyState()
  const before = megabytesInUse()
  for (let i = 0; i < 30; i++) reduce(state, event(i))
  // Thirty such texts are 240 MB.
  expect(megabytesInUse() - before).toBeLessThan(100)
  expect(state.rev).toBe(30)
})

function output(text: string): Extract<TelemetryEvent, { type: 'process.output' }> {
  return { type: 'process.output', atUs: 1, process: '0', stream: 'stdout', text }
}

test('lines are kept up to a number of characters, the last ones, and up to a number of lines', () => {
  const state = emptyState()
  for (let i = 0; i < 3_000; i++) reduce(state, output(`${i} ${'x'.repeat(3_900)}\n`))
  const characters = state.output.items.reduce((sum, { text }) => sum + text.length, 0)
  expect(state.outputCharacters).toBe(characters)
  expect(characters).toBeLessThanOrEqual(LIMITS.outputCharacters * 1.25)
  expect(characters).toBeGreaterThan(LIMITS.outputCharacters * 0.9)
  expect(state.output.items.at(-1)?.text).toMatch(/^2999 x/)
  reduce(state, output('y\n'.repeat(1_000_000)))
  expect(state.output.items.length).toBeLessThanOrEqual(LIMITS.outputLines * 1.25)
  expect(state.output.first + state.output.items.length).toBe(1_003_000)
  expect(state.outputCharacters).toBe(state.output.items.length)
})

test('a program that prints colours and never a line break costs no more with every piece', () => {
  const state = emptyState()
  for (let i = 0; i < 20_000; i++) reduce(state, output('\u001b[31m\u001b[0m\u001b]0;title\u0007'))
  reduce(state, output(`done\u001b]8;;${'x'.repeat(100_000)}`))
  expect(state.openLines.values().next().value?.raw.length).toBeLessThan(LIMITS.lineCharacters * 2)
})

test('lines without an end are kept open for so many processes, and no more', () => {
  const state = emptyState()
  for (let i = 0; i < LIMITS.openLines * 2; i++) reduce(state, { ...output('x'), process: `${i}` })
  expect(state.openLines.size).toBe(LIMITS.openLines)
})

test('an error is bounded in every direction, and one that is small stays as it is', () => {
  let deep: unknown = 'end'
  for (let i = 0; i < 200_000; i++) deep = { deep }
  const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`${i}`, i]))
  let chain: typeof ERROR & { cause?: unknown } = ERROR
  for (let i = 0; i < 8; i++) chain = { ...ERROR, cause: chain }
  const error = boundedError({ ...ERROR, errors: Array(10_000).fill(chain), properties: { deep, wide, odd: 10n } })
  expect(JSON.stringify(error).length).toBeLessThan(10_000)
  const small = { ...ERROR, cause: ERROR, errors: [ERROR], properties: { code: 'ENOENT', at: [1, null, { a: true }] } }
  expect(boundedError(small)).toEqual(small)
})

test('a queue with a hundred thousand waiters, producers and changes keeps a bounded number of each', () => {
  const many = Array.from({ length: 100_000 }, (_, i) => ({ process: `${i}`, sinceUs: 0 }))
  const names = many.map(({ process }) => process)
  const changed = (atUs: number): TelemetryEvent => ({
    ...{ type: 'queue.changed', atUs, queue: 'q', depth: 1, depthMax: 1, depthMin: 1, puts: atUs, gets: atUs },
    ...{ waitingToPut: many, waitingToGet: many, producers: names, consumers: names, residence: names.map(() => 1) },
  })
  const created: TelemetryEvent = { type: 'queue.created', atUs: 0, queue: 'q', name: 'q', maxsize: 0, process: '0' }
  const state = reduceAll([created, ...Array.from({ length: 300 }, (_, i) => changed(i * 1_000))])
  const row = state.queues.rows.get('q')
  for (const list of [row?.waitingToPut, row?.waitingToGet, row?.producers, row?.consumers, row?.residence]) {
    expect(list).toHaveLength(LIMITS.listed)
  }
  expect(row?.ratePoints.length).toBeLessThan(12)
})

test('an error with a hundred long causes is one of bounded size', () => {
  const long = 'é'.repeat(50_000)
  const one = { name: long, message: long, stack: long, properties: { a: long, b: [long] } }
  const error = boundedError({ ...one, errors: Array(100).fill({ ...one, cause: one }) })
  expect(JSON.stringify(error).length).toBeLessThan(20_000)
  expect(error.message.length).toBe(LIMITS.message)
})

const started = (process: string, atUs = 0): TelemetryEvent => ({
  ...{ type: 'process.started', atUs, process, name: 'p', pid: 1, parentPid: 0, parent: null, kind: 'process' },
})

test('what never ends is bounded too, and what has no row is counted', () => {
  const state = emptyState()
  for (let i = 0; i < 20_000; i++) {
    reduce(state, started(`p${i}`))
    reduce(state, { type: 'queue.created', atUs: 0, queue: `q${i}`, name: 'q', maxsize: 0, process: 'p0' })
    reduce(state, { type: 'pool.created', atUs: 0, pool: `w${i}`, name: 'w', size: 1, process: 'p0' })
  }
  for (const table of ['processes', 'queues', 'pools'] as const) {
    expect(state[table].rows.size).toBe(LIMITS.living[table])
    expect(state[table].forgotten).toBe(20_000 - LIMITS.living[table])
  }
  // What ends makes room.
  reduce(state, { type: 'queue.closed', atUs: 1, queue: 'q0' })
  reduce(state, { type: 'queue.created', atUs: 1, queue: 'one more', name: 'q', maxsize: 0, process: 'p0' })
  expect(state.queues.rows.has('one more')).toBe(true)
})

test('of a hundred thousand tasks that wait some have rows, all are counted, and each gets its row when it starts', () => {
  const count = 100_000
  const state = reduceAll([
    started('0'),
    { type: 'pool.created', atUs: 0, pool: 'w', name: 'pool', size: 1, process: '0' },
  ])
  const pool = () => state.pools.rows.get('w')
  for (let i = 0; i < count; i++) {
    reduce(state, { type: 'task.submitted', atUs: 0, task: `t${i}`, pool: 'w', name: `f(${i})` })
  }
  expect(state.tasks.rows.size).toBe(LIMITS.living.tasks)
  expect(pool()).toMatchObject({ waiting: count, submitted: count, unlisted: count - LIMITS.living.tasks })
  for (let i = 0; i < count - 10; i++) {
    const task = `t${i}`
    reduce(state, { type: 'task.started', atUs: i, task, process: '0', pool: 'w', name: `f(${i})` })
    if (i % 10_000 === 9_999) {
      expect(state.tasks.rows.get(task)).toMatchObject({ state: 'running', name: `f(${i})`, number: i + 1 })
      expect(state.processes.rows.get('0')?.task).toBe(task)
    }
    reduce(state, { type: 'task.finished', atUs: i + 1, task, pool: 'w' })
  }
  for (let i = count - 10; i < count; i++) {
    const error = { name: 'CancelledError', message: '', stack: '' }
    reduce(state, { type: 'task.failed', atUs: count, task: `t${i}`, pool: 'w', error })
  }
  expect(pool()).toMatchObject({ waiting: 0, running: 0, unlisted: 0, done: count - 10, failed: 10 })
  expect(state.tasks.rows.size + state.tasks.forgotten).toBe(count)
})

test('a thousand processes and queues have no more history together than there is room for, the ended ones less', () => {
  const state = emptyState()
  for (let i = 0; i < 1_000; i++) {
    reduce(state, started(`p${i}`))
    reduce(state, { type: 'queue.created', atUs: 0, queue: `q${i}`, name: 'q', maxsize: 0, process: `p${i}` })
  }
  const live = (from: number, to: number, rounds: number) => {
    for (let round = 1; round <= rounds; round++) {
      for (let i = from; i < to; i++) {
        const process = `p${i}`
        reduce(state, { type: 'process.state', atUs: round, process, state: round % 2 ? 'running' : 'sleeping' })
        reduce(state, {
          type: 'process.sampled',
          atUs: round,
          samples: [{ process, cpuPercent: 1, memoryBytes: round }],
        })
        const depths = { depth: round, depthMax: round, depthMin: 0, puts: round, gets: 0 }
        reduce(state, {
          ...{ type: 'queue.changed', atUs: round, queue: `q${i}`, ...depths, waitingToPut: [], waitingToGet: [] },
          ...{ producers: [], consumers: [], residence: [] },
        })
      }
    }
  }
  live(0, 300, 600)
  for (let i = 0; i < 300; i++)
    reduce(state, { type: 'process.exited', atUs: 601, process: `p${i}`, exitCode: 0, signal: null })
  live(300, 1_000, 200)
  for (const part of ['lanes', 'samples', 'depths'] as const) {
    const logs = [...state[part].values()]
    const items = logs.reduce((sum, log) => sum + log.items.length, 0)
    expect(items).toBeLessThanOrEqual(LIMITS.ofAll[part])
    expect(items).toBeGreaterThan(LIMITS.ofAll[part] / 2)
    const [ended, living] = part === 'depths' ? ['q0', 'q999'] : ['p0', 'p999']
    const left = (id: string) => state[part].get(id)?.items.length ?? 0
    expect(left(ended)).toBeLessThan(100)
    expect(left(living)).toBeGreaterThan(left(ended))
  }
})
