import { expect, test } from 'vitest'
import { nameParts } from '../../src/renderer/series/name-parts.ts'
import { endWords, stateWords } from '../../src/renderer/series/words.ts'
import type { ProcessRow, SessionState } from '../../src/shared/session-state.ts'

test('of a name that has no room, the number at its end is kept', () => {
  expect(nameParts('ForkPoolWorker-2')).toEqual(['ForkPoolWorker', '-2'])
  expect(nameParts('Queue (pages.py:36)')).toEqual(['Queue (pages.py', ':36)'])
  expect(nameParts('lock (app.py:16 #2)')).toEqual(['lock (app.py:16 ', '#2)'])
  expect(nameParts('worker 12')).toEqual(['worker', ' 12'])
  for (const whole of ['reads a pipe from Ann (27429)', 'insert_data', 'a1', '4000001', 'x-1234567890', ''])
    expect(nameParts(whole)).toEqual([whole, ''])
})

const row = { exitCode: null, signal: null, stoppedBy: null, isApp: false, kind: 'worker', command: null } as ProcessRow
const state = { tasks: { rows: new Map([['t', { name: 'spider(pages, 7)' }]]) }, processes: { rows: new Map() } }
const words = (changes: Partial<ProcessRow>) =>
  stateWords({ ...row, waits: [], ...changes } as ProcessRow, state as unknown as SessionState, 0)

test('what is said of a process begins, where there is little room, with what matters', () => {
  expect(endWords({ ...row, signal: 'SIGKILL' })).toMatchObject({ text: 'ended by SIGKILL', short: 'SIGKILL' })
  expect(endWords({ ...row, exitCode: 3 })).toMatchObject({ text: 'exited with 3', short: 'exit 3' })
  expect(words({ state: 'sleeping', task: 't' })).toEqual({
    ...{ sign: 'sleeping', text: 'spider(pages, 7), sleeping' },
    ...{ short: 'spider(pages, 7)', rest: ', sleeping' },
  })
  const waits = ['a', 'b', 'c'].map((id) => ({ on: { kind: 'process' as const, id }, sinceUs: 0 }))
  expect(words({ state: 'waiting', waits, moreWaits: 0 })).toMatchObject({
    ...{ text: 'join a process and 2 more', short: 'join a process +2' },
  })
})
