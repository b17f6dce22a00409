import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { identityOf, ProcessTree, type TreeProcess } from '../../../src/sources/process-tree/process-tree.ts'
import { findPySpy } from '../../../src/sources/stacks/find-py-spy.ts'
import { readListeningPorts } from '../../../src/sources/stacks/listening-ports.ts'
import { readStack } from '../../../src/sources/stacks/read-stack.ts'
import { isAlive, waitUntil } from '../../wait-until.ts'

const children: ChildProcess[] = []
const folders: string[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const BUSY = `process.title = 'busy'
function spin(until) { while (Date.now() < until); }
function main() { console.log('begun'); spin(Infinity) }
main()`

/** Each opens its inspector on a port of its own, or two of these tests could meet on one. */
const NODE_FLAGS = ['--inspect-port=0']

async function begin(program: string, name: string, text: string, ...flags: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'forkscope-stacks-'))
  folders.push(folder)
  const file = join(folder, name)
  writeFileSync(file, text)
  const own = program === process.execPath ? NODE_FLAGS : []
  const child = spawn(program, [...own, ...flags, file], { stdio: ['pipe', 'pipe', 'pipe'] })
  children.push(child)
  const heard = { err: '' }
  child.stderr.on('data', (data) => (heard.err += data))
  await new Promise((resolve) => child.stdout.once('data', resolve))
  return { child, pid: child.pid as number, file, heard }
}

function seen(pid: number): TreeProcess {
  const root = identityOf(pid)
  const tree = new ProcessTree({ roots: root ? [root] : [] })
  const [process] = tree.scan().appeared
  tree.close()
  if (!process) throw new Error(`There is no process ${pid}.`)
  return process
}

describe.runIf(process.platform === 'linux')('the stack of a process', () => {
  test('of a Node in a busy loop, which goes on, and whose inspector is closed again', async () => {
    const { pid, file, heard } = await begin(process.execPath, 'busy.cjs', BUSY)
    for (const time of ['first', 'second']) {
      const answer = await readStack(seen(pid), true)
      expect(answer, time).toMatchObject({ ok: true })
      expect(answer.ok && answer.value?.text).toMatch(
        /^main: runs\n {4}spin \(.*busy\.cjs:2:\d+\)\n {4}main \(.*busy\.cjs:3:\d+\)/,
      )
      expect(answer.ok && answer.value?.text).toContain(file)
      await waitUntil('the port is closed', () => readListeningPorts(pid).size === 0)
    }
    expect(seen(pid).doing.words).toBe('running')
    expect(heard.err).toContain('Debugger listening')
  })

  test('of a Node that waits, which is what it says', async () => {
    const { pid } = await begin(process.execPath, 'idle.mjs', `console.log('begun'); setInterval(() => {}, 1e9)`)
    const answer = await readStack(seen(pid), true)
    expect(answer).toMatchObject({ ok: true })
    expect(answer.ok && answer.value?.text).toBe('main: runs nothing, its event loop waits for something to happen')
    await waitUntil('the port is closed', () => readListeningPorts(pid).size === 0)
  })

  test('of a Node that waits outside of JavaScript is refused with what the kernel tells, and its inspector does not stay open', async () => {
    const text = `console.log('begun'); require('node:child_process').execFileSync('head', ['-c1'], { stdio: [0, 1, 2] })
setInterval(() => {}, 1e9)`
    const { pid, heard, child } = await begin(process.execPath, 'held.cjs', text)
    expect(await readStack(seen(pid), true)).toMatchObject({
      ok: false,
      message: expect.stringContaining('has not opened'),
    })
    expect(isAlive(pid)).toBe(true)
    child.stdin?.write('x')
    await waitUntil('it opens when the call is over', () => heard.err.includes('Debugger listening'))
    await waitUntil('and is closed', () => readListeningPorts(pid).size === 0)
  })

  test('of a Node is not read before it was said what that opens', async () => {
    const { pid, heard } = await begin(process.execPath, 'busy.cjs', BUSY)
    expect(await readStack(seen(pid), false)).toMatchObject({
      ok: false,
      message: expect.stringContaining('every local user'),
    })
    expect([heard.err, readListeningPorts(pid).size]).toEqual(['', 0])
  })

  test('a Node that the signal would end is not sent it', async () => {
    const { pid } = await begin(process.execPath, 'busy.cjs', BUSY, '--disable-sigusr1')
    expect(readFileSync(`/proc/${pid}/status`, 'latin1')).toMatch(/SigCgt:.*[0-9a-f]/)
    expect(await readStack(seen(pid), true)).toMatchObject({
      ok: false,
      message: expect.stringContaining('would end it'),
    })
    expect(isAlive(pid)).toBe(true)
  })

  test('what is neither Python nor Node is told by the kernel, and sent nothing', async () => {
    const { pid } = await begin('sh', 'sleeps.sh', 'echo begun; exec sleep 1000')
    const process = await waitUntil('it sleeps', () => [seen(pid)].find(({ doing }) => doing.words === 'sleeps'))
    expect(await readStack(process, true)).toMatchObject({
      ok: false,
      message: expect.stringContaining('By the kernel: sleeps'),
    })
    expect(isAlive(pid)).toBe(true)
  })

  test('of a Python without py-spy: how to get it', async () => {
    const { pid } = await begin('python3', 'waits.py', 'print("begun", flush=True); input()')
    const { PATH, HOME } = process.env
    try {
      process.env.PATH = process.env.HOME = '/nowhere'
      expect(await readStack({ ...seen(pid), uid: -1 }, true)).toMatchObject({
        ok: false,
        message: expect.stringContaining('pip install py-spy'),
      })
    } finally {
      Object.assign(process.env, { PATH, HOME })
    }
  })

  test('of a Python, each thread', async ({ skip }) => {
    const text = `import threading
def held(lock): lock.acquire()
lock = threading.Lock(); lock.acquire()
threading.Thread(target=held, args=(lock,), name='second', daemon=True).start()
print("begun", flush=True)
input()`
    const { pid } = await begin('python3', 'waits.py', text)
    if (!findPySpy(seen(pid))) return skip('py-spy is not installed')
    const answer = await readStack(seen(pid), false)
    expect(answer).toMatchObject({ ok: true })
    expect(answer.ok && answer.value?.text).toMatch(/MainThread: .*\n {4}<module> \(.*waits\.py:6\)/)
    expect(answer.ok && answer.value?.text).toMatch(/second: .*\n {4}held \(.*waits\.py:2\)/)
  })

  test.runIf(process.getuid?.() === 0)('of another user’s is refused, with why and what to do', async () => {
    const { pid } = await begin(process.execPath, 'busy.cjs', BUSY)
    const script = `
import { readStack } from ${JSON.stringify(new URL('../../../src/sources/stacks/read-stack.ts', import.meta.url).href)}
import { identityOf, ProcessTree } from ${JSON.stringify(new URL('../../../src/sources/process-tree/process-tree.ts', import.meta.url).href)}
process.setgroups([]); process.setgid(65534); process.setuid(65534)
const tree = new ProcessTree({ roots: [identityOf(${pid})] })
const [found] = tree.scan().appeared
console.log(JSON.stringify([found.unseen, await readStack(found, true), await readStack({ ...found, executable: '/usr/bin/node' }, true)]))`
    const told = execFileSync(
      process.execPath,
      ['--conditions=forkscope-source', '--input-type=module', '-e', script],
      { encoding: 'utf8' },
    )
    const [unseen, answer, asNode] = JSON.parse(told)
    expect(unseen).toBe(
      'What it waits for and what it has open is not seen: it belongs to another user (root). Start Forkscope as that user, or as root.',
    )
    expect(answer).toMatchObject({ ok: false, message: unseen })
    expect(asNode).toMatchObject({
      ok: false,
      message: 'Its stack cannot be read: it belongs to another user (root). Start Forkscope as that user, or as root.',
    })
    expect(isAlive(pid)).toBe(true)
  })
})
