/** Every example runs by itself, and says at its end what it should. */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const folder = join(import.meta.dirname, '..', 'examples')
const examples = readdirSync(folder).filter((name) => name.endsWith('.ts'))

/** How its last line begins. */
const LAST: Record<string, string> = {
  'counter.ts': 'with the lock: 400',
  'crawler.ts': '8 pages visited once each, the deepest 3 links away',
  'dog-cat.ts': 'both are done',
  'download-analysis.ts': 'analysed 10 numbers',
  'gate.ts': '6 came, never more than two at a time',
  'ping-pong.ts': 'pong answered 10 times',
  'pipeline.ts': '80 words',
  'primes.ts': '9592 primes below 100,000',
  'simulation.ts': 'heat in all: 100.0',
  'spider.ts': '10 pages, 55 words',
  'word-count.ts': `${examples.length} files; the most frequent word is`,
}

test('each example is tested, and short', () => {
  expect(Object.keys(LAST).sort()).toEqual(examples.sort())
  for (const name of examples) {
    expect(readFileSync(join(folder, name), 'utf8').split('\n').length, name).toBeLessThan(60)
  }
})

test.each(examples)('%s', async (name) => {
  // Who waits two seconds for the next number must not do so in vain because the machine is busy.
  const speed = name === 'download-analysis.ts' ? 2 : 10
  const args = ['--conditions=forkscope-source', join(folder, name), '--speed', String(speed)]
  const { stdout, stderr } = await run(process.execPath, args, { timeout: 50_000 })
  expect(stderr).toBe('')
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^${LAST[name]}`))
})
