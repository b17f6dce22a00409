/**
 * CPython's own tests of multiprocessing and its kin, each file without the agent and under it: what differs, test by test. What differs
 * once is tried again, by itself and three times each way, since some of these tests fail now and then anyway.
 *
 *     npm run cpython-tests -- --python 3.11 --only test_queue --match '*Event*'
 */
import { parseArgs } from 'node:util'
import { findPythons } from '../sources/python/pythons.ts'
import { compare } from './compare.ts'

const FILES = [
  'test_multiprocessing_fork',
  'test_multiprocessing_spawn',
  'test_multiprocessing_forkserver',
  'test_concurrent_futures',
  'test_threading',
  'test_subprocess',
  'test_queue',
]

const { values } = parseArgs({
  options: {
    python: { type: 'string', multiple: true },
    only: { type: 'string', multiple: true },
    match: { type: 'string', multiple: true },
  },
})

const pythons = findPythons().filter(({ version }) => (values.python ?? ['3.8', '3.11', '3.13']).includes(version))
let differ = 0
for (const python of pythons) {
  for (const file of values.only ?? FILES) {
    const { without, differences } = await compare(python, file, values.match)
    if (without.size === 0) {
      console.log(
        `${python.version} ${file}: without the agent, too, it has no results: this Python has not got it, or it does not end`,
      )
      differ += differences.length
      continue
    }
    const passed = [...without.values()].filter((result) => result === 'passed').length
    console.log(
      `${python.version} ${file}: ${without.size} tests, ${passed} pass without; ${differences.length} differ`,
    )
    for (const { test, without, under, text } of differences) {
      console.log(`  ${test}: ${without} without, ${under} under the agent\n${text.replace(/^/gm, '    ')}`)
    }
    differ += differences.length
  }
}
process.exitCode = differ > 0 ? 1 : 0
