import { expect, test } from 'vitest'
import { footQueues, footRoom } from '../../src/renderer/series/foot-queues.ts'

const queues = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const foot = (...kept: string[]) => [...footQueues(queues, new Set(kept), 4)].sort().join('')

test('at the foot of the table stand the queues that came first: one that comes takes no other’s place', () => {
  for (let n = 4; n <= queues.length; n++) {
    expect([...footQueues(queues.slice(0, n), new Set(), 4)]).toEqual(['a', 'b', 'c', 'd'])
  }
  expect([...footQueues(['a', 'b'], new Set(), 4)]).toEqual(['a', 'b'])
})

test('and those that the user keeps there, the latest if they are too many', () => {
  expect(foot('f')).toBe('abcf')
  expect(foot('f', 'b')).toBe('abcf')
  expect(foot('a', 'b', 'c', 'd', 'g')).toBe('bcdg')
  expect(foot('forgotten')).toBe('abcd')
})

test('they have a third of the table, one row at least', () => {
  expect([60, 190, 273, 410, 2_000].map(footRoom)).toEqual([1, 2, 3, 4, 4])
  expect([...footQueues(queues, new Set(['e', 'g']), 1)]).toEqual(['g'])
  expect([...footQueues(queues, new Set(['e']), 2)]).toEqual(['e', 'a'])
})
