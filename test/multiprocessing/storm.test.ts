/** The storm in short; `npm run storm` goes on for as long as one likes. */
import { expect, test } from 'vitest'
import { canMountShm } from '../small-shm.ts'
import { stormOf } from '../storm/own-process.ts'

const PATIENCE_MS = 300_000

test.each([1])(
  'storm %i: every item is accounted for once, every task has ended, nothing is left',
  async (seed) => {
    const { put, got, killed, stopped, full, tasks, faults } = await stormOf(seed, 40)
    expect(faults).toEqual([])
    // A storm in which little happens finds nothing.
    expect(killed.inner).toBeGreaterThan(5)
    expect(killed.leaves + killed.workers).toBeGreaterThan(3)
    expect(stopped).toBeGreaterThan(10)
    expect(full).toBeGreaterThan(canMountShm() ? 1 : -1)
    expect(put).toBeGreaterThan(200)
    expect(got).toBeGreaterThan(200)
    expect(tasks.done).toBeGreaterThan(50)
  },
  PATIENCE_MS,
)
