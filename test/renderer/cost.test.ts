import { describe, expect, test } from 'vitest'
import { cpuFigure, memoryFigure } from '../../src/renderer/series/cost.ts'
import { timeShares } from '../../src/renderer/series/shares.ts'
import type { ProcessRow } from '../../src/shared/session-state.ts'

const S = 1_000_000
const alive = {
  ...{ kind: 'process', startedAtUs: S, endedAtUs: null, cpuPercent: 12.34, memoryBytes: 61e6 },
  ...{ cpuMs: 850, peakMemoryBytes: 70e6 },
} as ProcessRow
const ended: ProcessRow = { ...alive, endedAtUs: 9 * S, cpuPercent: null, memoryBytes: null }
const unmeasured: ProcessRow = { ...ended, cpuMs: null, peakMemoryBytes: null }

describe('what a process costs', () => {
  test('is what it uses now, and of an ended one what was measured of it', () => {
    expect([cpuFigure(alive, 2).text, memoryFigure(alive).text]).toEqual(['12.3 %', '61 MB'])
    expect([cpuFigure(ended, 2).text, memoryFigure(ended).text]).toEqual(['0.85 s', '70 MB'])
    expect(cpuFigure(ended, 2).help).toContain('last measured')
  })

  test('of one that was over before it was measured is no more than all cores for as long as it lived', () => {
    const lived = (us: number, cores: number) => cpuFigure({ ...unmeasured, endedAtUs: S + us }, cores).text
    expect(lived(0, 1)).toBe('< 0.1 s')
    expect(lived(0.12 * S, 2)).toBe('< 0.3 s')
    expect(lived(1.1 * S, 2)).toBe('< 3 s')
    expect(memoryFigure(unmeasured)).toEqual({ text: '–', help: 'It was over before it was measured' })
  })

  test('is not guessed of one that lived for long and was never measured', () => {
    expect(cpuFigure(unmeasured, 2)).toEqual({ text: '–', help: 'It was not measured' })
  })

  test('of a thread is its process’s, and is not said to have been missed', () => {
    for (const row of [alive, ended, unmeasured]) {
      expect(cpuFigure({ ...row, kind: 'thread' }, 2)).toMatchObject({
        text: '–',
        help: expect.stringContaining('process'),
      })
    }
  })
})

describe('how a process spent its time', () => {
  const row = {
    ...{ state: 'waiting', stateSinceUs: 6 * S, busyUs: 2 * S, busyPercent: null },
    spentUs: { starting: 0, running: 4 * S, sleeping: S, waiting: S },
  } as ProcessRow
  const shares = (changes: Partial<ProcessRow>, nowUs = 8 * S) =>
    Object.fromEntries(timeShares({ ...row, ...changes }, nowUs).map(({ kind, share }) => [kind, share]))

  test('counts what goes on up to now, and all of it is one', () => {
    expect(shares({})).toEqual({ busy: 0.25, awaiting: 0.25, waiting: 0.375, sleeping: 0.125 })
  })

  test('of an ended one stands still', () => {
    expect(shares({ state: 'exited' }, 800 * S)).toEqual({
      busy: 2 / 6,
      awaiting: 2 / 6,
      waiting: 1 / 6,
      sleeping: 1 / 6,
    })
  })

  test('does not tell busy from awaiting where nobody told, and knows one that was never busy', () => {
    expect(shares({ busyUs: 0 })).toEqual({ running: 0.5, waiting: 0.375, sleeping: 0.125 })
    expect(shares({ busyUs: 0, busyPercent: 0 })).toEqual({ awaiting: 0.5, waiting: 0.375, sleeping: 0.125 })
  })

  test('never says more than it ran', () => {
    expect(shares({ busyUs: 9 * S })).toEqual({ busy: 0.5, waiting: 0.375, sleeping: 0.125 })
  })

  test('leaves out what is less than half a percent, and is empty of one that has just begun', () => {
    expect(shares({ spentUs: { starting: 1_000, running: 4 * S, sleeping: S, waiting: S } })).not.toHaveProperty(
      'starting',
    )
    const none = { starting: 0, running: 0, sleeping: 0, waiting: 0 }
    expect(shares({ spentUs: none, busyUs: 0, stateSinceUs: 8 * S })).toEqual({})
  })
})
