/** Shared memory is there to be fast: without it, with little of it and when there is none left, everything is right all the same. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { canMountShm, runWithShm } from '../small-shm.ts'

test.runIf(canMountShm()).each(['64m', '64k', 'full', 'read-only'] as const)(
  'with a /dev/shm that is %s',
  async (shm) => {
    const right = ['pipe 18', 'pool 18', 'queue 18', 'numbers 200010000', ''].join('\n')
    const end = await runWithShm(shm, 'little-memory.ts', { PARTS: 'pipe pool queue numbers' })
    expect(end).toEqual({ stdout: right, stderr: '', exitCode: 0 })
  },
  60_000,
)

test.runIf(canMountShm()).each(['0', '1'])(
  'with a /dev/shm that is used up after item %s',
  async (index) => {
    const end = await runWithShm('64m', 'little-memory.ts', { PARTS: 'pipe queue', USE_UP_AT: index })
    expect(end).toEqual({ stdout: ['pipe 18', 'queue 18', ''].join('\n'), stderr: '', exitCode: 0 })
  },
  60_000,
)

test.runIf(process.platform === 'linux')(
  'where no file may grow',
  async () => {
    const program = join(import.meta.dirname, '../fixtures/little-memory.ts')
    const limited = ['-c', 'ulimit -f 0 && exec "$@"', 'sh', process.execPath, '--conditions=forkscope-source', program]
    const env = { ...process.env, PARTS: 'pipe pool queue numbers', NODE_DISABLE_COMPILE_CACHE: '1' }
    const end = await promisify(execFile)('sh', limited, { env, timeout: 60_000 })
    expect(end).toEqual({ stdout: ['pipe 18', 'pool 18', 'queue 18', 'numbers 200010000', ''].join('\n'), stderr: '' })
  },
  60_000,
)
