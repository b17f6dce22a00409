import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { late } from '../fixtures/late-errors.ts'

test('what a program throws late ends its own session, of many that run at once, and not the app', async () => {
  const app = join(import.meta.dirname, '..', 'fixtures', 'late-app.ts')
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--conditions=forkscope-source', app])
  const seen = JSON.parse(stdout) as Record<string, { phase: string; problems: string[] }>
  const failed = { phase: 'failed', problems: ['main failed: Error: on purpose'] }
  const wanted = Object.fromEntries(late.map((how) => [how, failed]))
  expect(seen).toEqual({
    ...wanted,
    exit: { phase: 'failed', problems: ['main failed: Error: process.exit(3)'] },
    exitAtOnce: { phase: 'failed', problems: ['main failed: Error: process.exit(3)'] },
    exitWell: { phase: 'finished', problems: [] },
    nothing: { phase: 'running', problems: [] },
    // A failed task is a problem of its own.
    poolErrorCallback: { phase: 'failed', problems: expect.arrayContaining(failed.problems) },
  })
  expect(stderr).toBe('')
})
