/** The storm in short; `npm run storm` goes on for as long as one likes. */
import { expect, test } from 'vitest'
import { stormOf } from '../storm/own-process.ts'

const PATIENCE_MS = 300_000

test.each([1, 2])(
  'storm %i: every item is accounted for once, every task has ended, nothing is left',
  async (seed) => {
    const { put, got, killed, stopped, tasks, faults } = await stormOf(seed, 4_000, ['leaves', 'workers', 'stops'])
    expect(faults).toEqual([])
    // A storm in which little happens finds nothing.
    expect(killed.leaves + killed.workers).toBeGreaterThan(0)
    expect(stopped).toBeGreaterThan(2)
    expect(put).toBeGreaterThan(1_000)
    expect(got).toBeGreaterThan(1_000)
    expect(tasks.done).toBeGreaterThan(50)
  },
  PATIENCE_MS,
)
