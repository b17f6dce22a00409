/** Memory that processes share is there to be fast: where it cannot be had, everything is right all the same. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const PROGRAM = join(import.meta.dirname, '../fixtures/little-memory.ts')
const RIGHT = ['pipe 18', 'pool 18', 'queue 18', 'numbers 4501500', ''].join('\n')

test.runIf(process.platform === 'linux').each([
  ['there is none', 'true'],
  ['no file may grow', 'ulimit -f 0'],
  ['a process may have few files', 'ulimit -n 40'],
])(
  'where %s',
  async (_where, limit) => {
    const command = ['-c', `${limit} && exec "$@"`, 'sh', process.execPath, '--conditions=forkscope-source', PROGRAM]
    const env = {
      ...process.env,
      PARTS: 'pipe pool queue numbers',
      NODE_DISABLE_COMPILE_CACHE: '1',
      ...(limit === 'true' && { FORKSCOPE_NO_MAPPED_MEMORY: '1' }),
    }
    expect(await promisify(execFile)('sh', command, { env, timeout: 60_000 })).toEqual({ stdout: RIGHT, stderr: '' })
  },
  60_000,
)
