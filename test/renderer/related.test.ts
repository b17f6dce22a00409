import { expect, test } from 'vitest'
import {
  relatedTo,
  selectionOfLine,
  selectionOfProblem,
  selectionOfStretch,
} from '../../src/renderer/series/related.ts'
import type { LaneSegment, OutputLine, ProblemRow, SessionState, TaskRow } from '../../src/shared/session-state.ts'

function task(id: string, process: string, taskOfProcess: number): [string, TaskRow] {
  return [id, { id, process, taskOfProcess } as TaskRow]
}

const queue = { id: 'q', waitingToPut: [{ process: 'w2', sinceUs: 0 }], waitingToGet: [] }
const state = {
  tasks: { rows: new Map([task('a', 'w1', 1), task('b', 'w1', 2), task('c', 'w2', 1)]) },
  queues: { rows: new Map([['q', queue]]) },
} as unknown as SessionState

function line(process: string, taskOfProcess?: number): OutputLine {
  const printer = taskOfProcess !== undefined && { taskOfProcess }
  return { rev: 1, process, atUs: 0, stream: 'stdout', text: '', ...printer }
}

test('of a task: its worker, its cell, what it printed, its problem', () => {
  const related = relatedTo({ kind: 'task', id: 'a' }, state)
  expect(['w1', 'w2'].map(related.process)).toEqual([true, false])
  expect([...state.tasks.rows.values()].map(related.task)).toEqual([true, false, false])
  expect([undefined, 1, 2].map((printer) => related.line(line('w1', printer)))).toEqual([false, true, false])
  expect(related.line(line('w2', 1))).toBe(false)
  expect(related.problem({ task: 'a', process: null } as ProblemRow)).toBe(true)
  expect(related.problem({ task: 'b', process: 'w1' } as ProblemRow)).toBe(false)
})

test('of a process: its tasks, its lines, its problems and theirs, the queues it waits for', () => {
  const related = relatedTo({ kind: 'process', id: 'w2' }, state)
  expect([...state.tasks.rows.values()].map(related.task)).toEqual([false, false, true])
  expect(related.line(line('w2'))).toBe(true)
  expect(related.problem({ task: 'c', process: null } as ProblemRow)).toBe(true)
  expect(related.queue('q')).toBe(true)
  expect(relatedTo({ kind: 'process', id: 'w1' }, state).queue('q')).toBe(false)
})

test('of a queue: who waits for it; of nothing, nothing', () => {
  expect(['w1', 'w2'].map(relatedTo({ kind: 'queue', id: 'q' }, state).process)).toEqual([false, true])
  expect(relatedTo(null, state).line(line('w1', 1))).toBe(false)
  expect(relatedTo({ kind: 'task', id: 'gone' }, state).process('w1')).toBe(false)
})

test('a line selects its task, where that is known; a stretch and a problem what they are about', () => {
  expect(selectionOfLine(line('w1', 1), state)).toEqual({ kind: 'task', id: 'a' })
  expect(selectionOfLine(line('w1', 7), state)).toEqual({ kind: 'process', id: 'w1' })
  expect(selectionOfLine(line('main'), state)).toEqual({ kind: 'process', id: 'main' })
  expect(selectionOfStretch('w1', { task: 'a' } as LaneSegment)).toEqual({ kind: 'task', id: 'a' })
  expect(selectionOfStretch('w1', undefined)).toEqual({ kind: 'process', id: 'w1' })
  expect(selectionOfProblem({ task: null, process: 'w1' } as ProblemRow)).toEqual({ kind: 'process', id: 'w1' })
  expect(selectionOfProblem({ task: null, process: null } as ProblemRow)).toBeNull()
})
