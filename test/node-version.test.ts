/** One Node version that is true: said alike everywhere, and checked wherever somebody may come with an older one. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { OLDEST_NODE } from '../src/multiprocessing/node-version.ts'

const ROOT = join(import.meta.dirname, '..')
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8')

test('the manifest, its lock, the README and the library name the same', () => {
  expect(JSON.parse(read('package.json')).engines.node).toBe(`>=${OLDEST_NODE}`)
  expect(JSON.parse(read('package-lock.json')).packages[''].engines.node).toBe(`>=${OLDEST_NODE}`)
  expect(read('README.md').match(/Node \d+(?:\.\d+)? or newer/g)).toEqual([`Node ${OLDEST_NODE} or newer`])
})

const older = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.17.1' } })`

test.each([
  ['the command', join(ROOT, 'bin', 'forkscope.js')],
  ['npm start', join(ROOT, 'bin', 'launch.js')],
  ['the library', join(ROOT, 'src', 'multiprocessing', 'index.ts')],
])('an older Node is told in one sentence by %s', (_what, module) => {
  const code = `${older}; import(${JSON.stringify(pathToFileURL(module).href)})`
  const { status, stderr } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toContain(`Forkscope needs Node ${OLDEST_NODE} or newer; this is 22.17.1.`)
})
