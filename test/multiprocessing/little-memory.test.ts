/** Shared memory is there to be fast: without it, with little of it and when there is none left, everything is right all the same. */
import { expect, test } from 'vitest'
import { canMountShm, runWithShm } from '../small-shm.ts'

test.runIf(canMountShm()).each(['64m', '64k', 'full', 'read-only'] as const)(
  'with a /dev/shm that is %s',
  async (shm) => {
    const right = ['pipe 18', 'pool 18', ''].join('\n')
    const end = await runWithShm(shm, 'little-memory.ts', { PARTS: 'pipe pool' })
    expect(end).toEqual({ stdout: right, stderr: '', exitCode: 0 })
  },
  60_000,
)
