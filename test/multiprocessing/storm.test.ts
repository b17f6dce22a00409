/** The storm in short; `npm run storm` goes on for as long as one likes. */
import { expect, test } from 'vitest'
import { runStorm } from '../storm/storm.ts'

test.each([1, 2, 3])(
  'storm %i: every item is accounted for once, every task has ended, nothing is left',
  async (seed) => {
    const report = await runStorm({ seed, forMs: 2_000 })
    expect(report.faults).toEqual([])
    expect(report.kills).toBeGreaterThan(3)
    expect(report.arrived).toBeGreaterThan(500)
    expect(report.tasks.done + report.tasks.failed).toBe(150)
  },
  60_000,
)
