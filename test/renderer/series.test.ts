import { describe, expect, test } from 'vitest'
import { colourClass, PALETTE_SIZE, paletteIndex } from '../../src/renderer/series/colours.ts'
import { depthAt, depthCeiling, depthSteps } from '../../src/renderer/series/depths.ts'
import {
  formatAge,
  formatClock,
  formatDuration,
  formatMemory,
  formatPercent,
  formatRest,
} from '../../src/renderer/series/format.ts'
import { kindOf, laneShapes, segmentAt } from '../../src/renderer/series/lanes.ts'
import { outputView } from '../../src/renderer/series/output-view.ts'
import { queueBlocks } from '../../src/renderer/series/queue-blocks.ts'
import { residenceBars } from '../../src/renderer/series/residence.ts'
import { nearestStop, sliderStops } from '../../src/renderer/series/slider.ts'
import { styledRuns } from '../../src/renderer/series/styled-text.ts'
import { ticks, timeOf, timeWindow, xOf } from '../../src/renderer/series/time-axis.ts'
import { shortCall } from '../../src/renderer/series/words.ts'
import { append, createLog } from '../../src/session/log.ts'
import type { LaneSegment, OutputLine } from '../../src/shared/session-state.ts'
import type { LiveState, WaitTarget } from '../../src/shared/telemetry.ts'

const S = 1_000_000

function segment(state: LiveState, fromUs: number, toUs: number | null, task: string | null = null): LaneSegment {
  return { rev: 1, state, fromUs, toUs, waitingOn: null, task, busyPercent: null }
}

describe('the time axis', () => {
  test('shows a short run whole and of a long one the last minute', () => {
    expect(timeWindow(2 * S, false, false)).toEqual({ fromUs: 0, toUs: 5 * S })
    expect(timeWindow(2 * S, true, false)).toEqual({ fromUs: 0, toUs: 2 * S })
    expect(timeWindow(90 * S, false, false)).toEqual({ fromUs: 30 * S, toUs: 90 * S })
    expect(timeWindow(90 * S, false, true)).toEqual({ fromUs: 0, toUs: 90 * S })
  })

  test('its ticks are at round times, no more than asked for, the first with the unit', () => {
    for (const toUs of [0.3 * S, 5 * S, 61 * S, 3_700 * S]) {
      const found = ticks({ fromUs: 0, toUs }, 6)
      expect(found.length).toBeLessThanOrEqual(7)
      expect(found.length).toBeGreaterThanOrEqual(2)
      expect(found[0]?.label).toMatch(/^0 (s|min)$/)
    }
    expect(ticks({ fromUs: 30 * S, toUs: 90 * S }, 6).map(({ label }) => label)).toEqual([
      '30 s',
      '40',
      '50',
      '60',
      '70',
      '80',
      '90',
    ])
  })

  test('a pixel and its time are inverse', () => {
    const window = { fromUs: 3 * S, toUs: 8 * S }
    expect(timeOf(xOf(5 * S, window, 400), window, 400)).toBeCloseTo(5 * S)
  })
})

describe('a lane', () => {
  const window = { fromUs: 0, toUs: 10 * S }
  const view = (endUs: number, end: string | null = null) => ({
    window,
    width: 1000,
    endUs,
    busyAtUs: null as number | null,
    end,
    chosen: 't1',
  })

  test('is its states in order, each task with a frame around all that it did', () => {
    const lane = [
      segment('starting', 0, S),
      segment('running', S, 2 * S),
      segment('running', 2 * S, 3 * S, 't1'),
      segment('waiting', 3 * S, 4 * S, 't1'),
      segment('running', 4 * S, 5 * S, 't1'),
      { ...segment('sleeping', 5 * S, null, 't2'), failed: true as const },
    ]
    const shapes = laneShapes(lane, view(6 * S))
    expect(shapes).toEqual([
      { kind: 'starting', x: 0, width: 100 },
      { kind: 'running', x: 100, width: 100, busyPercent: null },
      { kind: 'running', x: 200, width: 100, busyPercent: null },
      { kind: 'signal', x: 300, width: 100 },
      { kind: 'running', x: 400, width: 100, busyPercent: null },
      { kind: 'sleeping', x: 500, width: 100 },
      { kind: 'frame', x: 200, width: 300, failed: false, chosen: true },
      { kind: 'frame', x: 500, width: 100, failed: true, chosen: false },
    ])
  })

  test('says how busy it was only as far as that was told', () => {
    const lane = [{ ...segment('running', 0, null), busyPercent: 3 }]
    expect(laneShapes(lane, { ...view(9 * S), busyAtUs: 4 * S })).toEqual([
      { kind: 'running', x: 0, width: 400, busyPercent: 3 },
      { kind: 'running', x: 400, width: 500, busyPercent: null },
    ])
    expect(laneShapes(lane, { ...view(5 * S), busyAtUs: 4 * S })).toHaveLength(1)
  })

  test('tells the kinds of waiting apart, also one that a later version tells', () => {
    const kinds = (['put', 'get', 'receive', 'acquire', 'join', 'barrier', 'toString'] as const).map((what) =>
      kindOf({ state: 'waiting', waitingOn: { what, label: '' } as WaitTarget }),
    )
    expect(kinds).toEqual(['blocked', 'hungry', 'hungry', 'locked', 'joining', 'signal', 'signal'])
  })

  test('marks an end with how it was, and only one that is in the window', () => {
    const lane = [segment('running', 0, 4 * S)]
    expect(laneShapes(lane, view(4 * S, 'SIGKILL')).at(-1)).toMatchObject({ kind: 'end', words: 'SIGKILL' })
    expect(laneShapes(lane, view(4 * S, '')).at(-1)).toMatchObject({ kind: 'end', words: '' })
    expect(laneShapes(lane, view(4 * S)).at(-1)).toMatchObject({ kind: 'running' })
    expect(laneShapes(lane, { ...view(4 * S, 'SIGKILL'), window: { fromUs: 5 * S, toUs: 9 * S } })).toEqual([])
  })

  test('draws many stretches within a pixel as few', () => {
    const lane = Array.from({ length: 10_000 }, (_, i) => segment('running', i * 100, (i + 1) * 100))
    expect(laneShapes(lane, view(S)).length).toBeLessThan(250)
  })

  test('knows what a moment belongs to', () => {
    const lane = [segment('running', S, 2 * S), segment('sleeping', 2 * S, null)]
    expect(segmentAt(lane, 1.5 * S, 9 * S)?.state).toBe('running')
    expect(segmentAt(lane, 8 * S, 9 * S)?.state).toBe('sleeping')
    expect(segmentAt(lane, 0.5 * S, 9 * S)).toBeUndefined()
    expect(segmentAt(lane, 10 * S, 9 * S)).toBeUndefined()
  })
})

describe('a depth', () => {
  const point = (atUs: number, depth: number, max = depth, min = depth) => ({ rev: 1, atUs, depth, max, min })

  test('holds until the next report and up to now', () => {
    expect(depthSteps([point(0, 0), point(S, 2), point(3 * S, 1)], 0, 4 * S)).toEqual({
      x: [0, 1, 3, 4],
      y: [0, 2, 1, 1],
    })
  })

  test('in a window begins with what held before it', () => {
    expect(depthSteps([point(0, 3), point(S, 5)], 2 * S, 4 * S)).toEqual({ x: [2, 4], y: [5, 5] })
  })

  test('shows a peak between two reports, and no longer than an interval of reports', () => {
    const { x, y } = depthSteps([point(0, 0), point(5 * S, 0, 7)], 0, 6 * S)
    expect(y).toEqual([0, 7, 0, 0])
    expect(5 - (x[1] as number)).toBeLessThanOrEqual(0.1)
  })

  test('at a time is the last one told', () => {
    expect(depthAt([point(S, 4), point(2 * S, 6)], 1.9 * S)).toBe(4)
    expect(depthAt([point(S, 4)], 0)).toBeUndefined()
  })

  test('has the capacity as its top, else a round number', () => {
    expect(depthCeiling(6, 0)).toBe(6)
    expect(depthCeiling(0, 2)).toBe(4)
    expect(depthCeiling(0, 137)).toBe(200)
  })
})

test('figures have one form each', () => {
  expect(formatClock(6.84 * S)).toBe('00:06.8')
  expect(formatClock(3_723 * S)).toBe('1:02:03')
  expect(formatDuration(420)).toBe('420 µs')
  expect(formatDuration(12_300)).toBe('12 ms')
  expect(formatDuration(185 * S)).toBe('3 min 05 s')
  expect([0, 89_000, 91_000, 5_000_000, 7_200_000, 260_000_000].map(formatAge)).toEqual([
    '0 s',
    '89 s',
    '2 min',
    '83 min',
    '2 h',
    '3 d',
  ])
  expect(formatRest(0.2 * S)).toBe('1 s')
  expect(formatPercent(null)).toBe('–')
  expect(formatPercent(99.97)).toBe('100 %')
  expect(formatMemory(61_400_000)).toBe('61 MB')
})

test('main has a colour of its own; its children take the others in turn', () => {
  expect(paletteIndex(0)).toBe(0)
  expect(Array.from({ length: PALETTE_SIZE }, (_, i) => paletteIndex(i + 1))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 1])
  expect(colourClass(undefined)).toBe('c0')
})

test('a queue’s blocks never need more room than there is', () => {
  expect(queueBlocks(4, 6, 18)).toEqual({ filled: 4, room: 6, perBlock: 1, more: 0 })
  expect(queueBlocks(1_000, 0, 18)).toEqual({ filled: 18, room: null, perBlock: 1, more: 982 })
  const { filled, room, perBlock } = queueBlocks(100, 100, 18)
  expect(room).toBeLessThanOrEqual(18)
  expect(filled).toBe(room)
  expect(perBlock).toBe(6)
})

test('residence bars go from the first to the last that is not empty', () => {
  expect(residenceBars([0, 0])).toEqual([])
  expect(residenceBars([2, 0, 4, 0])).toEqual([
    { label: 'under 1 ms', count: 2, share: 0.5 },
    { label: '1 ms to 2 ms', count: 0, share: 0 },
    { label: '2 ms to 4 ms', count: 4, share: 1 },
  ])
})

test('a slider stops at round numbers and knows the nearest', () => {
  const stops = sliderStops(0.25, 20)
  expect(stops[0]).toBe(0.25)
  expect(stops.at(-1)).toBe(20)
  expect(stops).toContain(1)
  expect(stops[nearestStop(stops, 1.02)]).toBe(1)
})

test('a call is cut to what can be told apart', () => {
  expect(shortCall('spider(pages, 7, "http://127.0.0.1:1/page/{n}")')).toBe('spider(pages, 7)')
  expect(shortCall('work(3)')).toBe('work(3)')
})

describe('output', () => {
  const log = createLog<OutputLine>()
  for (let i = 0; i < 1_000; i++) {
    append(log, { rev: 1, atUs: i, process: i % 2 ? 'a' : 'b', stream: 'stdout', text: `${i}` }, 5_000)
  }

  test('shows the end while it follows, and from where it is held otherwise', () => {
    const end = outputView(log, () => true, null)
    expect(end.lines.at(-1)?.line.text).toBe('999')
    expect(end.earlier).toBe(600)
    const held = outputView(log, () => true, 100)
    expect(held.lines[0]?.position).toBe(100)
    expect(held.later).toBe(500)
  })

  test('can be of one process', () => {
    const { lines } = outputView(log, ({ process }) => process === 'a', null)
    expect(new Set(lines.map(({ line }) => line.process))).toEqual(new Set(['a']))
  })

  test('survives that its front was dropped', () => {
    const dropped = { first: 900, items: log.items.slice(900) }
    expect(outputView(dropped, () => true, 10).lines[0]?.position).toBe(900)
  })
})

describe('what is printed in colours', () => {
  test.each([
    [
      'red, then bold too',
      'a \x1b[31mred\x1b[1m bold\x1b[0m b',
      [
        ['a ', ''],
        ['red', 'ansi-red'],
        [' bold', 'ansi-bold ansi-red'],
        [' b', ''],
      ],
    ],
    ['bright, on a ground', '\x1b[92;44mx', [['x', 'ansi-green ansi-on-blue']]],
    [
      'of 256',
      '\x1b[38;5;208mx\x1b[38;5;244my\x1b[48;5;21mz',
      [
        ['x', 'ansi-yellow'],
        ['y', 'ansi-white'],
        ['z', 'ansi-white ansi-on-blue'],
      ],
    ],
    ['any', '\x1b[38;2;200;20;190mx', [['x', 'ansi-magenta']]],
    ['what a page would take for its own', '\x1b[31m<b>&', [['<b>&', 'ansi-red']]],
  ])('%s', (_, styled, runs) => {
    expect(styledRuns(styled).map((run) => [run.text, run.class])).toEqual(runs)
  })
})
