/** A short choice of CPython's own tests, which gives the same results under the agent as without. `npm run cpython-tests` runs all of them. */
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { chosenPythons, type Python } from '../sources/python/pythons.ts'
import { compare } from './compare.ts'

const CHOICE: [file: string, match: string[]][] = [
  ['test_queue', []],
  ['test_subprocess', ['*encoding_warning*', '*pass_fds*', '*test_repr*', '*close_fds*', '*communicate*']],
  ['test_concurrent_futures', ['*submit_keyword*', '*ProcessPoolForkExecutorTest*', '*ThreadPoolExecutorTest*']],
  [
    'test_multiprocessing_fork',
    ['*WithProcessesTestQueue*', '*WithProcessesTestLock*', '*WithProcessesTestCondition*'],
  ],
]

/** Not every installation has all of them. */
function hasTests({ command }: Python, file: string): boolean {
  const find = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("test." + sys.argv[1]) is None)'
  return spawnSync(command, ['-c', find, file]).status === 0
}

const runs = chosenPythons().flatMap((python) =>
  CHOICE.filter(([file]) => hasTests(python, file)).map(([file, match]) => ({ python, file, match })),
)

describe.each(runs)('Python $python.version', ({ python, file, match }) => {
  test(`${file} says the same`, { timeout: 300_000 }, async () => {
    const { without, differences } = await compare(python, file, match)
    expect(without.size).toBeGreaterThan(0)
    expect(differences).toEqual([])
  })
})
