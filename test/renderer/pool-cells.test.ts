import { expect, test } from 'vitest'
import { type PoolCells, poolCells } from '../../src/renderer/series/pool-cells.ts'
import type { PoolRow, TaskRow } from '../../src/shared/session-state.ts'

type States = Record<number, TaskRow['state'] | 'forgotten'>

/** @returns the cells of a pool with so many tasks, all of them done but those that are named */
function cellsOf(count: number, states: States, kept: string | null = null): PoolCells {
  const tasks = new Map<string, TaskRow>()
  for (let number = 1; number <= count; number++) {
    const state = states[number] ?? 'done'
    if (state === 'forgotten') continue
    tasks.set(`t${number}`, { id: `t${number}`, pool: 'p', number, state } as TaskRow)
  }
  const running = Object.values(states).filter((state) => state === 'running').length
  return poolCells({ id: 'p', submitted: count, running } as PoolRow, tasks, kept)
}

function numbers({ rows }: PoolCells): (number | undefined)[] {
  return rows.flatMap(({ cells }) => cells.map((task) => task?.number))
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

test('few tasks have all their cells, with room for a number', () => {
  const cells = cellsOf(12, { 3: 'running' })
  expect(cells.columns).toBe(10)
  expect(cells.left).toBe(0)
  expect(numbers(cells)).toEqual(range(1, 12))
})

test('of many tasks the rows around what runs have cells, whatever was submitted before and after', () => {
  const cells = cellsOf(1_000, { 441: 'running', 455: 'running' })
  expect(numbers(cells)).toEqual(range(401, 480))
  expect(cells.rows.map(({ from }) => from)).toEqual([401, 421, 441, 461])
  expect(cells.left).toBe(920)
})

test('what runs far apart is all there', () => {
  const cells = cellsOf(1_000, { 2: 'running', 500: 'running', 999: 'running', 1000: 'waiting' })
  expect(numbers(cells)).toEqual(expect.arrayContaining([2, 500, 999]))
  expect(cells.rows).toHaveLength(4)
  const apart = Object.fromEntries(range(0, 7).map((row) => [row * 100 + 1, 'running' as const]))
  expect(cellsOf(1_000, apart).rows).toHaveLength(8)
})

test('more than there are rows for is packed, and what has no cell is counted', () => {
  const all = cellsOf(3_000, Object.fromEntries(range(0, 149).map((row) => [row * 20 + 1, 'running' as const])))
  expect(numbers(all)).toHaveLength(150)
  expect(all.runningLeft).toBe(0)
  const more = cellsOf(6_000, Object.fromEntries(range(0, 299).map((row) => [row * 20 + 1, 'running' as const])))
  expect(numbers(more)).toHaveLength(160)
  expect(more).toMatchObject({ left: 5_840, runningLeft: 140 })
})

test('with nothing that runs it is what is next, or what was last', () => {
  expect(numbers(cellsOf(1_000, { 601: 'waiting' }))).toEqual(range(561, 640))
  expect(numbers(cellsOf(1_000, {}))).toEqual(range(921, 1_000))
})

test('the selected task has a cell; one that is not kept any more has an empty one', () => {
  expect(numbers(cellsOf(1_000, { 900: 'running' }, 't17'))).toEqual(expect.arrayContaining([17, 900]))
  expect(numbers(cellsOf(50, { 2: 'forgotten' })).slice(0, 3)).toEqual([1, undefined, 3])
})
