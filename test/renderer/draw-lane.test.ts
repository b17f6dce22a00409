import { expect, test } from 'vitest'
import type { CanvasColours } from '../../src/renderer/draw/colours.ts'
import { drawLane } from '../../src/renderer/draw/draw-lane.ts'

const AXIS = 200
const LETTER = 6

/** @returns what is painted for an end at `x`: where each rectangle and text begins and ends */
function paintEnd(x: number, words: string): { from: number; to: number; text?: string }[] {
  const painted: { from: number; to: number; text?: string }[] = []
  const context = {
    fillRect: (from: number, _: number, width: number) => painted.push({ from, to: from + width }),
    fillText: (text: string, from: number) => painted.push({ from, to: from + LETTER * text.length, text }),
    measureText: (text: string) => ({ width: LETTER * text.length }),
  } as unknown as CanvasRenderingContext2D
  const end = { kind: 'end', x, width: 2.5, words } as const
  drawLane(context, [end], { own: '#000', axis: AXIS, ended: true }, {} as CanvasColours)
  return painted
}

test('how a process ended is written behind its end, and covers nothing of what it did', () => {
  expect(paintEnd(50, 'SIGKILL')).toContainEqual(expect.objectContaining({ text: 'SIGKILL' }))
  for (const x of [50, 150, 160, 180, AXIS - 2.5]) {
    for (const { from, to } of paintEnd(x, 'SIGKILL')) {
      expect(from).toBeGreaterThanOrEqual(x)
      expect(to).toBeLessThanOrEqual(AXIS)
    }
  }
})
