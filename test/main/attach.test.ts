/** `forkscope attach` as a user runs it, beside programs that know nothing of it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'
import { whyNotAttached } from '../../src/sources/attach/why-not-attached.ts'
import { findPySpy } from '../../src/sources/stacks/find-py-spy.ts'
import { readListeningPorts } from '../../src/sources/stacks/listening-ports.ts'
import { isAlive, waitUntil } from '../wait-until.ts'

const CLI = join(import.meta.dirname, '..', '..', 'src', 'main', 'cli.ts')
const folder = mkdtempSync(join(tmpdir(), 'forkscope-attach-'))
const children: ChildProcess[] = []

afterEach(() => {
  for (const { pid } of children.splice(0)) {
    try {
      process.kill(-(pid as number), 'SIGKILL')
    } catch {
      // It has ended already.
    }
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A program of somebody's: it prints a line when it has begun. */
async function begin(...argv: [string, ...string[]]) {
  const child = spawn(argv[0], argv.slice(1), { detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  children.push(child)
  const said = await new Promise<string>((resolve) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (text.includes('\n')) resolve(text)
    })
  })
  return { child, pid: child.pid as number, said }
}

function attach(...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=forkscope-source', CLI, 'attach', ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => (said.out += chunk))
  child.stderr.on('data', (chunk) => (said.err += chunk))
  const code = once(child, 'close').then(([exit]) => exit as number | null)
  return { child, said, code }
}

function eventsOf(text: string): TelemetryEvent[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

const TREE = ['sh', '-c', 'sleep 1000 | cat & echo begun; exec sleep 1000'] as const

describe.runIf(process.platform === 'linux')('forkscope attach', () => {
  test('Ctrl-C lets go of it and ends nothing of it; its events are one a line, and recorded as they were told', async () => {
    const { pid } = await begin(...TREE)
    const file = join(folder, 'events.ndjson')
    const { child, said, code } = attach(String(pid), '--json', '--record', file)
    await waitUntil('its tree is told', () => said.out.includes('reads a pipe from sleep'))
    child.kill('SIGINT')
    expect(await code).toBe(0)
    const events = eventsOf(said.out)
    const started = events.flatMap((event) => (event.type === 'process.started' ? [event] : []))
    expect(started.map(({ name }) => name).sort()).toEqual(['cat', 'sleep', 'sleep'])
    expect(started[0]).toMatchObject({ pid, parent: null })
    for (const one of started) expect(isAlive(one.pid)).toBe(true)
    expect(events.at(-1)).toMatchObject({ type: 'session.ended', outcome: 'stopped', leftovers: 0 })
    expect(readFileSync(file, 'utf8')).toBe(said.out)
    expect(said.err).toBe('')
  })

  test('without a terminal it tells the tree, and who comes and goes; it ends with the last of them', async () => {
    const { pid, child } = await begin('sh', '-c', 'echo begun; read line; sleep 1000; exit 3')
    const { said, code } = attach(String(pid))
    await waitUntil('its table', () => said.out.includes(` ${pid} `))
    child.stdin?.write('go on\n')
    const [, sleeps] = await waitUntil('its child', () => /\nsleep \((\d+)\): started\n/.exec(said.out))
    process.kill(Number(sleeps), 'SIGKILL')
    expect(await code).toBe(0)
    expect(said.out).toMatch(/^Process \d+ .*\nname +pid +state/)
    expect(said.out).toMatch(/\nsh +\d+ /)
    expect(said.out).toMatch(/\nsh \(\d+\): (?:ended|exited with 3)\n/)
  })

  test('the stack of a busy Node: first it is said what that takes, then told, and all is as before', async () => {
    const busy = "function spin() { for (;;); }\nprocess.stdout.write('begun\\n', spin)"
    const { pid } = await begin(process.execPath, '--inspect-port=0', '-e', busy)
    const refused = attach(String(pid), '--stacks')
    expect(await refused.code).toBe(1)
    expect(refused.said.out).toContain('every local user could use meanwhile')
    expect(refused.said.out).toContain('Allow that by --open-inspector.')
    expect(readListeningPorts(pid).size).toBe(0)
    const allowed = attach(String(pid), '--stacks', '--open-inspector', '--json')
    expect(await allowed.code).toBe(0)
    const told = eventsOf(allowed.said.out).find(({ type }) => (type as string) === 'process.stack')
    expect(told).toMatchObject({ pid, text: expect.stringMatching(/^main: runs\n {4}spin \(/) })
    await waitUntil('the port is closed', () => readListeningPorts(pid).size === 0)
    expect(isAlive(pid)).toBe(true)
  })

  test('an inspector that opens only after it was asked for is closed before the command ends', async () => {
    const held =
      "console.log('begun'); require('node:child_process').execFileSync('head', ['-c1'], { stdio: [0, 1, 2] })"
    const { pid, child } = await begin(
      process.execPath,
      '--inspect-port=0',
      '-e',
      `${held}; setInterval(() => {}, 1e9)`,
    )
    const { said, code } = attach(String(pid), '--stacks', '--open-inspector')
    await waitUntil('it is told what it waits for', () => said.err.includes('waits for the inspector'))
    expect(said.out).toContain('Its inspector has not opened')
    child.stdin?.write('x')
    expect(await code).toBe(1)
    expect(readListeningPorts(pid).size).toBe(0)
    expect(isAlive(pid)).toBe(true)
  })

  test('the stacks of a Python, each thread', async ({ skip }) => {
    const text = `import threading
def waits(event): event.wait()
threading.Thread(target=waits, args=(threading.Event(),), name='second', daemon=True).start()
print('begun', flush=True)
input()`
    const { pid } = await begin('python3', '-c', text)
    if (!findPySpy({ pid, uid: process.getuid?.() ?? null })) return skip('py-spy is not installed')
    const { said, code } = attach(String(pid), '--stacks')
    expect(await code).toBe(0)
    expect(said.out).toMatch(/ {2}MainThread: .*\n {6}<module> /)
    expect(said.out).toMatch(/ {2}second: .*\n(?: {6}.*\n)* {6}waits /)
    expect(isAlive(pid)).toBe(true)
  })

  test.each([
    [['4194305'], 1, 'There is no process 4194305.'],
    [['spider'], 2, 'Say which process by its number (PID), as ps or top show it; "spider" is none.'],
    [['-7'], 2, '"-7" is none.'],
    [['0'], 2, '"0" is none.'],
    [[], 2, "missing required argument 'pid'"],
    [['1', '--open-inspector'], 2, '--open-inspector goes with --stacks.'],
  ])('%j is refused', async (args, status, sentence) => {
    const { said, code } = attach(...args)
    expect([await code, said.out]).toEqual([status, ''])
    expect(said.err).toContain(sentence)
    expect(said.err.trimEnd().split('\n')).toHaveLength(1)
  })

  test('one that has ended, and a thread, are refused with what they are', async () => {
    const ended = `import os, time
pid = os.fork()
if pid == 0: os._exit(0)
os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
print(pid, flush=True)
time.sleep(1000)`
    const thread = `import os, threading, time
t = threading.Thread(target=time.sleep, args=(1000,), daemon=True)
t.start()
print(os.getpid(), t.native_id, flush=True)
time.sleep(1000)`
    const zombie = await begin('python3', '-c', ended)
    const threaded = await begin('python3', '-c', thread)
    expect(whyNotAttached(Number(zombie.said))).toMatch(/^Process \d+ \(python3.*\) has ended already\.$/)
    const [owner, tid] = threaded.said.split(' ').map(Number)
    expect(whyNotAttached(tid as number)).toBe(`${tid} is a thread of process ${owner}: attach to that.`)
  })

  test('Forkscope itself, and what it has started, are refused', async () => {
    const { pid } = await begin('sh', '-c', 'sleep 1000 & echo $!; wait')
    expect(whyNotAttached(process.pid)).toBe(`Process ${process.pid} is Forkscope itself.`)
    expect(whyNotAttached(pid)).toBe(`Process ${pid} belongs to Forkscope itself or was started in it.`)
  })

  test.runIf(process.getuid?.() === 0)('another user’s is refused, with whose it is and what to do', async () => {
    const { pid } = await begin('sh', '-c', 'echo begun; exec sleep 1000')
    const source = new URL('../../src/sources/attach/why-not-attached.ts', import.meta.url).href
    const script = `
import { whyNotAttached } from ${JSON.stringify(source)}
process.setgroups([]); process.setgid(65534); process.setuid(65534)
process.stdout.write(String(whyNotAttached(${pid})))`
    const command = ['--conditions=forkscope-source', '--input-type=module', '-e', script]
    // A process of its own, so that it is no descendant of who asks.
    expect(execFileSync(process.execPath, command, { encoding: 'utf8' })).toBe(
      `Process ${pid} (sleep) belongs to another user (root). Start Forkscope as that user, or as root.`,
    )
  })
})
