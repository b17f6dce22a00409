/** State is a function of events and of nothing else. */
import { expect, test } from 'vitest'
import { reduce } from '../../src/session/reduce.ts'
import { chance } from '../seeded.ts'
import { catalogEvents } from './catalog-events.ts'
import { manyTasks, randomEvents } from './random-events.ts'
import { emptyState, reduceAll } from './reduced.ts'

function expectSameFromAnywhere(events: Parameters<typeof reduceAll>[0], seed: number, copies: number) {
  const { below } = chance(seed)
  const before = structuredClone(events)
  const whole = reduceAll(events)
  expect(reduceAll(events)).toEqual(whole)
  for (let i = 0; i < copies; i++) {
    const cut = below(events.length)
    const begun = reduceAll(events.slice(0, cut))
    const copy = structuredClone(begun)
    expect(reduceAll(events.slice(cut), copy)).toEqual(whole)
    // What was copied is a state of its own.
    expect(begun).toEqual(reduceAll(events.slice(0, cut)))
  }
  expect(events).toEqual(before)
}

test.each(Array.from({ length: 30 }, (_, seed) => seed))('random events, seed %i', (seed) => {
  expectSameFromAnywhere(randomEvents(seed, 600, seed < 20 ? 8 : 200), seed, 3)
})

test('more tasks and problems than are kept', () => {
  expectSameFromAnywhere(manyTasks(6_000), 1, 2)
})

test('the events of every program, reduced from anywhere', async () => {
  for (const { program, events } of await catalogEvents()) {
    expect(events.at(-1), program).toMatchObject({ type: 'session.ended' })
    expectSameFromAnywhere(events, 1, 4)
    for (const seed of [1, 2, 3]) {
      // As a recording that lost some, and was put together in another order.
      const { below } = chance(seed)
      const some = events.filter(() => below(3) > 0)
      const mixed = some.map((event) => ({ event, place: below(1_000) })).sort((a, b) => a.place - b.place)
      expectSameFromAnywhere(
        mixed.map(({ event }) => event),
        seed,
        2,
      )
    }
  }
}, 120_000)

test('an event of a type that is not known changes nothing but the revision', () => {
  const state = reduceAll(randomEvents(1, 100))
  const before = structuredClone(state)
  for (const type of ['from.tomorrow', 'toString', '__proto__']) reduce(state, { type, atUs: 1 } as never)
  expect(state).toEqual({ ...before, rev: before.rev + 3 })
  expect(emptyState()).toEqual(reduceAll([]))
})
