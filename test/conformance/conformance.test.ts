/**
 * Each scenario of this folder twice, in Python and with ours, side by side: they print the same lines. Differences that are
 * meant are listed in docs/conformance.md, and written out in the scenarios.
 */
import { execFile, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const scenarios = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.py'))
  .map((name) => basename(name, '.py'))

const hasPython = spawnSync('python3', ['--version']).status === 0

async function linesOf(command: string, args: string[]): Promise<string[]> {
  // Ours exits with 1 where a process of it failed, Python with 0: that is one of the differences that are meant.
  // What Python compiles it would otherwise leave here.
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }
  const { stdout } = await run(command, args, { cwd: import.meta.dirname, timeout: 50_000, env }).catch(
    (error: { stdout: string }) => error,
  )
  return stdout.trimEnd().split('\n')
}

test.runIf(hasPython)('there are scenarios', () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(28)
})

test.runIf(hasPython).each(scenarios)(
  '%s: Python and ours say the same',
  async (name) => {
    const [python, ours] = await Promise.all([
      linesOf('python3', [join(import.meta.dirname, `${name}.py`)]),
      linesOf(process.execPath, ['--conditions=forkscope-source', join(import.meta.dirname, `${name}.ts`)]),
    ])
    expect(ours).toEqual(python)
  },
  60_000,
)
