import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { ConnectedEnd } from '../../../src/shared/telemetry.ts'
import {
  type GoneProcess,
  identityOf,
  ProcessTree,
  type TreeProcess,
} from '../../../src/sources/process-tree/process-tree.ts'
import { waitUntil } from '../../wait-until.ts'

const isLinux = process.platform === 'linux'
const children: ChildProcess[] = []
const strays: number[] = []
const trees: ProcessTree[] = []
let folder: string | undefined

afterEach(() => {
  for (const { pid } of children.splice(0)) end(-(pid as number))
  for (const pid of strays.splice(0)) end(pid)
  for (const tree of trees.splice(0)) tree.close()
  if (folder) rmSync(folder, { recursive: true })
  folder = undefined
})

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

function begin(
  argv: [string, ...string[]],
  env: NodeJS.ProcessEnv = process.env,
): { child: ChildProcess; pid: number } {
  const child = spawn(argv[0], argv.slice(1), { detached: true, stdio: ['pipe', 'pipe', 'inherit'], env })
  children.push(child)
  return { child, pid: child.pid as number }
}

/** A tree that is looked at as often as one asks, at a clock that goes as fast as one asks. */
function watched(pid: number, options: { mark?: string; nameOf?: (id: string) => string | undefined } = {}) {
  const root = identityOf(pid)
  if (!root) throw new Error(`There is no process ${pid}.`)
  const tree = new ProcessTree({ roots: [root], ...options })
  trees.push(tree)
  let nowMs = 0
  const gone: GoneProcess[] = []
  const connected = new Map<string, ConnectedEnd[]>()
  const look = (): TreeProcess[] => {
    const changes = tree.scan((nowMs += 2_500))
    gone.push(...changes.gone)
    for (const { id } of changes.gone) connected.delete(id)
    for (const { id, ends } of changes.connected) connected.set(id, ends)
    return [...tree.processes]
  }
  return { look, gone, connected }
}

describe.runIf(isLinux)('a tree of processes', () => {
  test('says who reads a pipe from whom, and who started whom', async () => {
    const { pid } = begin(['sh', '-c', 'sleep 1000 | cat'])
    const { look, connected } = watched(pid)
    const cat = await waitUntil('cat reads', () =>
      look().find(({ name, doing }) => name === 'cat' && doing.words.includes(' from sleep')),
    )
    const sleep = look().find(({ name }) => name === 'sleep') as TreeProcess
    expect(cat.doing).toMatchObject({ state: 'waiting', words: `waiting: reads a pipe from sleep (${sleep.pid})` })
    expect(sleep.doing).toMatchObject({ state: 'sleeping' })
    expect(cat.parent).toBe(look().find((one) => one.pid === pid)?.id)
    const link = readlinkSync(`/proc/${cat.pid}/fd/0`)
    expect(connected.get(cat.id)).toEqual([{ link, end: 'read', descriptors: [0], with: [sleep.id] }])
    expect(connected.get(sleep.id)).toEqual([{ link, end: 'write', descriptors: [1], with: [cat.id] }])
  })

  test.each([
    ['a pair of sockets', 'a, b = socket.socketpair()'],
    [
      'a connection to itself',
      's = socket.create_server(("127.0.0.1", 0)); a = socket.create_connection(s.getsockname()); b = s.accept()[0]',
    ],
  ])('says who is at the other end of %s, and how much was not read', async (_, sockets) => {
    const script = `
import os, socket, time
${sockets}
if os.fork() == 0:
    a.close(); time.sleep(1000)
b.close()
a.send(b'x' * 1234)
time.sleep(1000)`
    const { pid } = begin(['python3', '-c', script])
    const { look, connected } = watched(pid)
    const [child] = await waitUntil('there is a child that has something to read', () => {
      const found = look().filter((one) => one.ppid === pid)
      return found.some(({ id }) => connected.get(id)?.some(({ unreadBytes }) => unreadBytes === 1_234)) && found
    })
    const parent = look().find((one) => one.pid === pid)
    expect(connected.get(child?.id ?? '')).toMatchObject([{ end: 'both', with: [parent?.id] }])
    expect(connected.get(parent?.id ?? '')).toMatchObject([{ end: 'both', with: [child?.id], unreadBytes: 0 }])
  })

  test('a pipe that very many have: some of them are named, and that there are more', async () => {
    const { pid } = begin(['sh', '-c', '(for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 1000 & done; wait) | cat'])
    const { look, connected } = watched(pid)
    const ofCat = await waitUntil('cat has them all', () => {
      const cat = look().find(({ name }) => name === 'cat')
      const [end] = (cat && connected.get(cat.id)) ?? []
      return end?.isMore === true && end
    })
    expect(ofCat.with.length).toBe(8)
  })

  test('speaks of others by the names that they are given', async () => {
    const { pid } = begin(['sh', '-c', 'sleep 1000 | cat'])
    const { look } = watched(pid, { nameOf: () => 'worker 2' })
    await waitUntil('it is named', () =>
      look().some(({ doing }) => /reads a pipe from worker 2 \(\d+\)$/.test(doing.words)),
    )
  })

  test('what a process waits for, in words', async () => {
    const script = `
import os, socket, threading, time, signal
def begin(what):
    if os.fork() == 0:
        signal.alarm(0); what(); os._exit(0)
s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()
def lock():
    l = threading.Lock(); l.acquire(); l.acquire()
begin(s.accept)
begin(lock)
begin(lambda: time.sleep(1000))
begin(signal.pause)
def busy():
    while True: pass
begin(busy)
os.wait()`
    const { pid } = begin(['python3', '-c', script])
    const { look } = watched(pid)
    const wanted = [
      'running',
      'sleeps',
      'waiting: a child to end',
      'waiting: a lock or a thread (futex)',
      'waiting: a signal',
      'waiting: accepts connections',
    ]
    await waitUntil('all of them are told', () => {
      const words = look()
        .map(({ doing }) => doing.words)
        .sort()
      return JSON.stringify(words) === JSON.stringify(wanted)
    })
  })

  test('one that is stopped, and goes on', async () => {
    const { pid } = begin(['sleep', '1000'])
    const { look } = watched(pid)
    process.kill(pid, 'SIGSTOP')
    await waitUntil('it is stopped', () => look()[0]?.doing.words === 'stopped')
    process.kill(pid, 'SIGCONT')
    await waitUntil('it sleeps again', () => look()[0]?.doing.state === 'sleeping')
  })

  test('one that has ended and is not waited for is called as before', async () => {
    const { child } = begin(['sh', '-c', 'exec 3<&0; head -c 1 <&3 >/dev/null & exec sleep 1000'])
    const { look } = watched(child.pid as number)
    const head = await waitUntil('head reads', () => look().find(({ command }) => command === 'head -c 1'))
    child.stdin?.write('x')
    await waitUntil('it has ended', () => look().find(({ id }) => id === head.id)?.doing.state === 'ended')
    expect(look().find(({ id }) => id === head.id)).toMatchObject({ command: 'head -c 1', executable: head.executable })
  })

  test('how one ended that nobody waits for: its code, or its signal', async () => {
    const { pid } = begin([
      'python3',
      '-c',
      'import os, time\nfor end in (lambda: os._exit(7), lambda: os.kill(os.getpid(), 9)):\n  if os.fork() == 0: end()\ntime.sleep(1000)',
    ])
    const { look, gone } = watched(pid)
    await waitUntil('both have ended', () => look().filter(({ ended }) => ended).length === 2)
    const ended = look().flatMap((one) => (one.ended ? [one] : []))
    expect(ended.map((one) => one.ended)).toEqual([
      { exitCode: 7, signal: null },
      { exitCode: null, signal: 'SIGKILL' },
    ])
    expect(ended[0]?.doing.words).toBe('ended, not yet waited for by its parent')
    end(pid)
    await waitUntil('all are gone', () => look().length === 0)
    expect(gone.find(({ id }) => id === ended[0]?.id)?.ended).toEqual({ exitCode: 7, signal: null })
  })

  test('a daemon that has left its parents is found by the mark in its environment, and by nothing else', async () => {
    const mark = `/nowhere/run-${process.pid}`
    const daemon = `import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), flush=True); time.sleep(1000)
    os._exit(0)
os.wait(); time.sleep(1000)`
    const { child, pid } = begin(['python3', '-c', daemon], { ...process.env, FORKSCOPE_RUN: mark })
    const stray = Number(await new Promise<Buffer>((resolve) => child.stdout?.once('data', resolve)))
    strays.push(stray)
    await waitUntil(
      'it has left',
      () => identityOf(stray) && !readFileSync(`/proc/${stray}/stat`, 'latin1').includes(` S ${pid} `),
    )
    const byMark = watched(pid, { mark })
    const byAnother = watched(pid, { mark: mark.slice(0, -1) })
    await waitUntil('it is found', () => byMark.look().some((one) => one.pid === stray))
    expect(byAnother.look().map((one) => one.pid)).toEqual([pid])
  })

  test('one that was seen with its parent stays when that has ended, and keeps its parent', async () => {
    const family = `import os, time
if os.fork() == 0:
    if os.fork() == 0: print(os.getpid(), flush=True)
time.sleep(1000)`
    const { child, pid } = begin(['python3', '-c', family])
    const grandchild = Number(await new Promise<Buffer>((resolve) => child.stdout?.once('data', resolve)))
    const { look } = watched(pid)
    const before = await waitUntil('it is there', () => look().find((one) => one.pid === grandchild))
    const parent = before.parent
    end(Number(parent?.split('.')[0]))
    await waitUntil(
      'its parent is gone',
      () => look().find((one) => one.pid === grandchild)?.ppid !== Number(parent?.split('.')[0]),
    )
    expect(look().find((one) => one.pid === grandchild)).toMatchObject({ id: before.id, parent })
  })

  test('an exec changes what it is called and runs, and not who it is', async () => {
    const { child, pid } = begin(['sh', '-c', 'read x; exec sleep 1000'])
    const { look } = watched(pid)
    const [before] = look()
    expect(before?.name).toBe('sh')
    const id = before?.id
    child.stdin?.write('\n')
    // In the middle of an exec the kernel has the new name already, and still the old words.
    const isOther = ({ name, command }: TreeProcess) => name === 'sleep' && command === 'sleep 1000'
    const after = await waitUntil('it is another program', () => look().find(isOther))
    expect(after).toMatchObject({ id })
    expect(after.executable).toMatch(/\/(?:sleep|coreutils|busybox)$/)
  })

  test('a name with brackets, spaces and line ends, and arguments of two megabytes', async () => {
    folder = mkdtempSync(join(tmpdir(), 'forkscope-tree-'))
    const program = join(folder, 'a) S 1\n2 (b')
    copyFileSync('/bin/sleep', program)
    const { pid } = begin([program, '1000', ...new Array<string>(20).fill('0'.repeat(100_000))])
    const { look } = watched(pid)
    const one = await waitUntil('it runs', () =>
      look().find(({ name, doing }) => name.startsWith('a)') && doing.words === 'sleeps'),
    )
    expect(one.name).toBe('a) S 1\n2 (b')
    expect(one.command.length).toBeLessThanOrEqual(4_096)
    expect(one.command).toContain('1000 000')
  })

  test('figures are those of /proc', async () => {
    const { pid } = begin([
      'python3',
      '-c',
      'import threading, time\nfor _ in range(3): threading.Thread(target=time.sleep, args=(1000,)).start()',
    ])
    const { look } = watched(pid)
    const one = await waitUntil('its threads run', () => look().find(({ threads }) => threads === 4))
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    const value = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
    expect([one.ppid, one.uid, one.threads]).toEqual([value('PPid'), value('Uid'), value('Threads')])
    // The kernel counts a resident set by processor, and sums it up now and then.
    expect(Math.abs(one.memoryBytes / 1024 - value('VmRSS'))).toBeLessThan(2_048)
  })

  test('a pid with another start time is another process', async () => {
    const { pid } = begin(['sleep', '1000'])
    const root = identityOf(pid)
    if (!root) throw new Error('It has not begun.')
    const tree = new ProcessTree({ roots: [{ pid, start: root.start - 1 }] })
    trees.push(tree)
    expect(tree.scan().appeared).toEqual([])
  })

  test('five hundred that come and go while they are looked at', async () => {
    const { pid } = begin([
      'sh',
      '-c',
      'i=0; while [ $i -lt 500 ]; do /bin/true & i=$((i+1)); done; wait; exec sleep 1000',
    ])
    const { look, connected } = watched(pid)
    await waitUntil('only one is left', () => look().length === 1 && look()[0]?.name === 'sleep')
    expect([...connected.values()].flat()).toEqual([])
  })
})
