/** Whatever a view has missed, and at whatever cadence it is brought up to date, it ends as the state is. */
import { expect, test } from 'vitest'
import { LIMITS } from '../../src/session/limits.ts'
import { applyPatch, patchSince } from '../../src/session/patch.ts'
import { piecesOfPatch } from '../../src/session/patch-pieces.ts'
import { reduce } from '../../src/session/reduce.ts'
import { createSessionState, type ReducedState } from '../../src/session/state.ts'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'
import { chance } from '../seeded.ts'
import { manyTasks, randomEvents } from './random-events.ts'
import { emptyState, reduceAll, shown } from './reduced.ts'

/** A view that takes a patch after every so many events, as JSON carries it. */
class View {
  readonly state = createSessionState('s', '', '')
  readonly every: () => number
  /** Characters of the pieces in which it takes a patch. */
  readonly most: number
  left: number
  #follows = 0

  constructor(every: () => number, most: number) {
    this.every = every
    this.most = most
    this.left = every()
  }

  follow(state: ReducedState): void {
    for (const piece of piecesOfPatch(patchSince(state, this.state.rev, 0), this.most)) {
      expect(applyPatch(this.state, JSON.parse(JSON.stringify(piece)))).toBe(true)
    }
    this.left = this.every()
    // To compare is what costs: every time it would be most of the test.
    if (this.#follows++ % 16 === 0) expect(shown(this.state)).toEqual(shown(state))
  }
}

function expectViewsFollow(events: readonly TelemetryEvent[], cadences: (() => number)[]) {
  const state = emptyState()
  const views = cadences.map((every, i) => new View(every, [1e6, 1, 3_000][i % 3] as number))
  for (const event of events) {
    reduce(state, event)
    for (const view of views) if (--view.left <= 0) view.follow(state)
  }
  const whole = shown(state)
  for (const view of views) {
    if (view.state.rev !== state.rev) view.follow(state)
    expect(shown(view.state)).toEqual(whole)
  }
}

test.each(Array.from({ length: 30 }, (_, seed) => seed))('random events, seed %i', (seed) => {
  const { below } = chance(seed)
  const upTo = (most: number) => () => 1 + below(most)
  expectViewsFollow(randomEvents(seed, 1_000, seed < 15 ? 8 : 400), [upTo(1), upTo(5), upTo(60), upTo(700)])
})

test('6,000 tasks and 600 problems in patches of any size', () => {
  const { below } = chance(7)
  expectViewsFollow(manyTasks(6_000), [() => 900, () => 40, () => 17_000, () => 1 + below(9_000)])
})

test('rows that were forgotten and come again are other rows, with logs of their own', () => {
  const started = (process: string, atUs: number): TelemetryEvent => ({
    ...{ type: 'process.started', atUs, process, name: 'p', pid: 1, parentPid: 0 },
    ...{ parent: null, kind: 'process' },
  })
  const life = (process: string, atUs: number): TelemetryEvent[] => [
    started(process, atUs),
    { type: 'process.sampled', atUs, samples: [{ process, cpuPercent: 1, memoryBytes: 1 }] },
    { type: 'process.state', atUs: atUs + 1, process, state: 'sleeping' },
    { type: 'process.exited', atUs: atUs + 2, process, exitCode: 0, signal: null },
  ]
  const others = Array.from({ length: LIMITS.ended.processes }, (_, i) => life(`other ${i}`, i)).flat()
  const events = [...life('a', 0), ...others, started('a', 1e6)]
  const state = reduceAll(events)
  expect(state.processes.rows.get('a')).toMatchObject({ startedAtUs: 1e6, state: 'starting' })
  expect(state.lanes.get('a')?.items).toHaveLength(1)
  expect(state.samples.has('a')).toBe(false)
  expectViewsFollow(events, [() => 1, () => 4, () => 30, () => events.length])
})

test('a stretch that is taken back and not replaced is taken back in the view', () => {
  const does = (atUs: number, state: 'running' | 'sleeping'): TelemetryEvent => ({
    ...{ type: 'process.state', atUs, process: '0', state },
  })
  const begun = [...manyTasks(0), does(10, 'running'), does(20, 'sleeping')]
  expectViewsFollow([...begun, does(15, 'running')], [() => 1, () => begun.length])
})

test('a patch costs by what changed', () => {
  const state = reduceAll(manyTasks(6_000))
  const before = state.rev
  reduce(state, { type: 'task.submitted', atUs: 9, task: 'one more', pool: 'w', name: 'f()' })
  const { tasks, pools, processes, problems, lanes } = patchSince(state, before, 0)
  expect(tasks?.rows.map(({ id }) => id)).toEqual(['one more'])
  expect([tasks?.all, tasks?.gone, pools?.rows.length, processes, problems, lanes]).toEqual([
    ...[undefined, undefined, 1, undefined, undefined, undefined],
  ])
})

test('a view that has missed more than is known is given that table whole, and only that', () => {
  const state = reduceAll(manyTasks(10))
  const before = state.rev
  for (const event of manyTasks(20_000).slice(2)) reduce(state, event)
  reduce(state, { type: 'process.waited', atUs: 1, process: '0', waits: 1, waitedUs: 1 })
  const { tasks, processes } = patchSince(state, before, 0)
  expect(tasks).toMatchObject({ all: true, forgotten: 18_000 })
  expect(tasks?.rows).toHaveLength(LIMITS.ended.tasks)
  expect(processes?.all).toBeUndefined()
})

test('a patch that does not follow what the view has is refused, and changes nothing', () => {
  const state = reduceAll(manyTasks(3))
  const view = createSessionState('s', '', '')
  expect(applyPatch(view, patchSince(state, 2, 0))).toBe(false)
  expect(applyPatch(view, { ...patchSince(state, 0, 0), session: 'another' })).toBe(false)
  expect(view).toEqual(createSessionState('s', '', ''))
})

test('a patch comes in pieces of bounded size, made as the view takes them, whatever becomes of the state meanwhile', () => {
  const state = reduceAll([...manyTasks(3_000), ...randomEvents(3, 2_000, 100)])
  for (let i = 0; i < 4_000; i++) {
    reduce(state, { type: 'process.output', atUs: i, process: '0', stream: 'stdout', text: `${'x'.repeat(1_000)}\n` })
  }
  const then = structuredClone(shown(state))
  const view = createSessionState('s', '', '')
  const sizes: number[] = []
  for (const piece of piecesOfPatch(patchSince(state, 0, 0), 200_000)) {
    sizes.push(JSON.stringify(piece).length)
    expect(applyPatch(view, JSON.parse(JSON.stringify(piece)))).toBe(true)
    for (const event of randomEvents(sizes.length, 50, 100)) reduce(state, event)
  }
  expect(sizes.length).toBeGreaterThan(20)
  // A group of fifty lines is put as a whole.
  expect(Math.max(...sizes)).toBeLessThan(260_000)
  expect(shown(view)).toEqual(then)
  for (const piece of piecesOfPatch(patchSince(state, view.rev, 0), 200_000)) expect(applyPatch(view, piece)).toBe(true)
  expect(shown(view)).toEqual(shown(state))
})
