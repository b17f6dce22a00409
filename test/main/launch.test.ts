/** `npm start` with arguments that do not work out. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const LAUNCH = join(import.meta.dirname, '..', '..', 'src', 'main', 'launch.ts')

async function launch(...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=forkscope-source', LAUNCH, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  const [code] = await once(child, 'close')
  return { code, stdout, lines: stderr.replace('Building the app…\n', '').trim().split('\n') }
}

test('a port in use is one clear line and exit status 2', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const { code, stdout, lines } = await launch('--browser', '--no-open', '--port', String(port))
  taken.close()
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(lines).toEqual([`Port ${port} is in use; name another one with --port, or leave it out.`])
})

test.each([
  [['--port', '70000'], /from 0 to 65535/],
  [['--port', 'http'], /from 0 to 65535/],
  [['--window'], /--window/],
  [['spider'], /argument/],
])('%j is one clear line and exit status 2', async (args, words) => {
  const { code, lines } = await launch(...args)
  expect(code).toBe(2)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(words)
})
