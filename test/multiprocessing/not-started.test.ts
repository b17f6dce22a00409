/** Processes that the system cannot start: why is said, nothing half started stays, and what keeps children from outliving their parent comes back. */
import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { Pool, Process } from '../../src/multiprocessing/index.ts'
import { currentRun } from '../../src/multiprocessing/run/run.ts'
import * as starting from '../fixtures/starting.ts'
import { isAlive, parentOf, waitUntil } from '../wait-until.ts'
import { runObserved } from './observed.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url))

afterEach(() => {
  delete process.env.FORKSCOPE_NODE
})

/** @returns the lines that a program printed, both streams in one */
async function run(command: string, ...args: string[]): Promise<string[]> {
  const text = await new Promise<string>((resolve) => {
    execFile(command, args, (_error, out, err) => resolve(out + err))
  })
  return text.trimEnd().split('\n')
}

describe('a start that the system refuses', () => {
  test.each([
    [
      '/nowhere/node',
      /could not be started with \/nowhere\/node: there is no such file \(ENOENT\)\. FORKSCOPE_NODE must be/,
    ],
    ['no-such-node', /no such file \(ENOENT\)/],
    ['/etc/passwd', /not a program which may be run \(EACCES\)/],
    ['/tmp', /not a program which may be run \(EACCES\)/],
  ])('with FORKSCOPE_NODE=%s says which it was, and leaves nothing', async (node, message) => {
    await runObserved(async () => {
      const files = readdirSync('/proc/self/fd').length
      process.env.FORKSCOPE_NODE = node
      const child = new Process(starting.nothing)
      expect(() => child.start()).toThrow(message)
      expect(child.isAlive()).toBe(false)
      expect(currentRun().children.size).toBe(0)
      expect(readdirSync('/proc/self/fd')).toHaveLength(files)
      delete process.env.FORKSCOPE_NODE
      child.start()
      expect(await child.exited).toBe(0)
    })
  })

  test('because of too many open files says so, leaves none, and can be tried again', async () => {
    const lines = await run('/bin/sh', '-c', `ulimit -n 64; exec "$0" "$1"`, process.execPath, fixture('out-of-files'))
    expect(lines[0]).toMatch(/has as many files open as it may \(EMFILE\).*ulimit -n/)
    expect(lines.slice(1)).toEqual(['0 false', '0'])
  })

  test('a deleted working folder is no reason, unless the path of Node begins there, which is said', async () => {
    const lines = await run(process.execPath, fixture('gone-folder'))
    expect(lines.slice(0, 2)).toEqual(['0', '0'])
    expect(lines[2]).toMatch(
      /could not be started with \.\/node: the working folder of this process was deleted \(ENOENT\)/,
    )
  })

  test('what can be run but is no Node is told as that, by a process and by a pool', async () => {
    const { of } = await runObserved(async () => {
      process.env.FORKSCOPE_NODE = '/bin/true'
      const child = new Process(starting.nothing)
      child.start()
      expect(await child.exited).toBe(0)
      const pool = new Pool(1)
      await expect(pool.apply(starting.nothing, [])).rejects.toThrow(/exited with 0 before it had loaded the library/)
      pool.close()
      await pool.join()
    })
    expect(of('problem.raised')[0]?.message).toMatch(
      /exited with 0 before it had loaded the library\. \/bin\/true must be a Node/,
    )
  })
})

/** The guardians of a process. */
function guardiansOf(pid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((each) => each > 0 && parentOf(each) === pid)
    .filter((each) => readFileSync(`/proc/${each}/cmdline`, 'utf8').includes('forkscope-guardian'))
}

const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0

test.runIf(hasPrlimit)(
  'a guardian that cannot be started is said once, started as soon as it can be, and then guards',
  async () => {
    const program = spawn(process.execPath, [fixture('orphans')], { stdio: ['ignore', 'pipe', 'pipe'] })
    const said: string[] = []
    createInterface({ input: program.stderr }).on('line', (line) => said.push(line))
    const [line] = (await once(createInterface({ input: program.stdout }), 'line')) as [string]
    const { pids, folder } = JSON.parse(line) as { pids: number[]; folder: string }
    rmSync(folder, { recursive: true })
    const pid = program.pid as number
    const limit = (files: string) => spawnSync('prlimit', ['--pid', String(pid), `--nofile=${files}:`])
    const [first] = await waitUntil('there is a guardian', () => guardiansOf(pid).length === 1 && guardiansOf(pid))
    limit('5')
    process.kill(first as number, 'SIGKILL')
    await waitUntil('that there is none is said', () => said.length > 0)
    expect(guardiansOf(pid)).toEqual([])
    limit('1024')
    await waitUntil('there is one again', () => guardiansOf(pid).length === 1)
    expect(said).toEqual([expect.stringMatching(/guardian of the processes could not be started \(.*EMFILE.*\)/)])
    program.kill('SIGKILL')
    await waitUntil('no child is left', () => !pids.some(isAlive))
  },
)
