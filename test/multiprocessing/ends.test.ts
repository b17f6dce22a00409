/** Ends tell the truth: nothing that was printed is cut, nothing that was begun is dropped, and the exit code says how it went. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Pool, Process, Queue, Thread } from '../../src/multiprocessing/index.ts'
import * as ends from '../fixtures/ends.ts'
import { isAlive, waitUntil } from '../wait-until.ts'
import { runObserved as run } from './observed.ts'

const folder = mkdtempSync(join(tmpdir(), 'forkscope-ends-'))
afterAll(() => rmSync(folder, { recursive: true }))

const fixture = join(import.meta.dirname, '..', 'fixtures', 'ends.ts')
const isOurs = (line: string) => !line.startsWith(' ') && line !== ''

/** Runs a case as a program of its own. @param slowly reads its stdout only when it says that all is written */
async function runCase(name: string, slowly = false): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const program = spawn(process.execPath, ['--conditions=forkscope-source', fixture], {
    env: { ...process.env, ENDS_CASE: name },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  const read = () => program.stdout.on('data', (chunk) => (stdout += chunk))
  if (!slowly) read()
  program.stderr.on('data', (chunk) => {
    stderr += chunk
    if (slowly && stderr.includes('all written') && program.stdout.listenerCount('data') === 0) read()
  })
  const [exitCode] = (await once(program, 'close')) as [number]
  return { exitCode, stdout, stderr }
}

describe('what was printed', () => {
  test.each([
    ['returns', 'printAndReturn', 0],
    ['throws', 'printAndThrow', 1],
    ['leaves a rejection', 'printAndReject', 1],
  ])('arrives whole at a slow reader from a process that %s', async (_, name, status) => {
    const { exitCode, stdout } = await runCase(name, true)
    const lines = stdout.split('\n')
    expect([lines.length, lines.at(-2)?.slice(0, 6), exitCode]).toEqual([50_001, '49999 ', status])
  })

  test('arrives whole if it is the stack of a failure', async () => {
    const { exitCode, stderr } = await runCase('failAtLength')
    const whole = stderr.split('\n').filter((line) => line.length > 400_000 && line.endsWith(' the end'))
    // It prints it itself; what its parent says of it is shorter.
    expect([whole.length, exitCode]).toEqual([1, 1])
  })

  test('arrives whole at a run that is observed, and before the end is told', async () => {
    const { of } = await run(async () => {
      const child = new Process(ends.printAndReturn)
      child.start()
      await child.join()
      const thread = new Thread(ends.printAndReturn)
      thread.start()
      await thread.join()
    })
    for (const id of ['0.1', '0.2']) {
      const outputs = of('process.output').filter(({ process: from, stream }) => from === id && stream === 'stdout')
      const text = outputs.map((output) => output.text).join('')
      expect([text.split('\n').length, text.slice(-87, -81)]).toEqual([50_001, '49999 '])
    }
  })

  test('is told in whole characters, whatever pieces main writes it in', async () => {
    const { of, output } = await run(async () => {
      const bytes = Buffer.from('maïn 😀\n')
      for (const byte of bytes) process.stdout.write(Uint8Array.of(byte))
      process.stdout.write('68656c6c6f0a', 'hex')
      process.stderr.write(bytes.subarray(0, 7))
      process.stdout.write('in between\n')
      process.stderr.write(bytes.subarray(7))
      process.stdout.write(Buffer.from('😀').subarray(0, 2))
    })
    expect(output()).toBe('maïn 😀\nhello\nmaïn in between\n😀\n\ufffd')
    expect(of('process.output').map(({ stream }) => stream)).toContain('stderr')
  })

  test('by a grandchild is shown as long as the run lives, and holds up no end', async () => {
    let grandchild = 0
    const go = join(folder, 'go')
    const { output, of } = await run(async (observed) => {
      const child = new Process(ends.leaveGrandchild, [go])
      child.start()
      await child.join()
      expect(observed.of('process.exited')).toHaveLength(1)
      const [, pid] = await waitUntil('begun', () => /grandchild (\d+)/.exec(observed.output()))
      writeFileSync(go, '')
      await waitUntil('printed', () => observed.output().includes('still here'))
      grandchild = Number(pid)
    })
    expect(isAlive(grandchild)).toBe(true)
    process.kill(grandchild, 'SIGKILL')
    expect([output().split('\n').length, of('process.exited').length]).toEqual([3, 2])
  })
})

describe('the exit code of a program', () => {
  test('a process ends with the exit code that its target has set', async () => {
    const { exitCode, stdout } = await runCase('exitCodes')
    expect([stdout, exitCode]).toEqual(['3,3\n', 1])
  })

  test.each([
    ['a thread that set an exit code', 'threadSetsExitCode', 'setExitCode exited with 3'],
    ['a thread that called process.exit', 'threadExits', 'exitNow exited with 3'],
    ['a thread that threw later', 'threadThrowsLater', 'throwLater failed: Error: on purpose'],
    ['a task in the pool of a thread', 'threadFailsInPool', 'fail() failed: Error: on purpose'],
    ['a task in the pool of a process', 'processFailsInPool', 'fail() failed: Error: on purpose'],
    ['a task in the pool of a worker that is ended', 'workerFailsInPool', 'fail() failed: Error: on purpose'],
    ['a process that is started after main', 'failAfterMain', 'fail failed: Error: on purpose'],
  ])('is 1 for %s, and that is told', async (_, name, sentence) => {
    const { exitCode, stderr } = await runCase(name)
    expect(stderr.split('\n').filter((line) => line === sentence)).toHaveLength(1)
    expect(exitCode).toBe(1)
  })

  test('what failed below a process and was told there does not change its own exit code', async () => {
    expect((await runCase('processFailsInPool')).stdout).toBe('0\n')
  })
})

describe('who waits for what can never come', () => {
  const never = 'has not finished: it awaits something that nothing is left to settle.'
  test.each([
    ['getNothing', 'main is waiting to get from answers, and no process is left that could put to it.'],
    ['getNothingAtTopLevel', 'main is waiting to get from answers, and no process is left that could put to it.'],
    ['neverDone', `main ${never}`],
  ])('%s: main says so in one sentence', async (name, sentence) => {
    expect(await runCase(name)).toEqual({ exitCode: 1, stdout: '', stderr: `${sentence}\n` })
  })

  test('who awaits the end of a daemon waits for what will come', async () => {
    expect((await runCase('awaitDaemon')).stdout).toBe('3\n')
  })

  test.each(['processIsNeverDone', 'threadIsNeverDone'])('%s: it fails with that sentence', async (name) => {
    const { exitCode, stderr } = await runCase(name)
    expect(stderr).toContain(`neverDone failed: MultiprocessingError: neverDone ${never}`)
    expect(exitCode).toBe(1)
  })
})

test('main that fails says so at once, and who is still waited for', async () => {
  const file = join(folder, 'go-on')
  const program = spawn(process.execPath, ['--conditions=forkscope-source', fixture], {
    env: { ...process.env, ENDS_CASE: 'throwBesideAProcess', ENDS_FILE: file },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  program.stderr.on('data', (chunk) => (stderr += chunk))
  const closed = once(program, 'close')
  await waitUntil('main says that it failed', () =>
    stderr.includes('main failed: Error: on purpose; its program ends when patient will have ended.\n'),
  )
  expect(program.exitCode).toBe(null)
  writeFileSync(file, '')
  expect(await closed).toEqual([1, null])
  expect(stderr).toContain('    at fail ')
})

describe('what a target left behind', () => {
  test('a callback puts, and its item arrives', async () => {
    const queue = new Queue<string>()
    const child = new Process(ends.putLater, [queue])
    child.start()
    await child.join()
    expect([child.exitCode, await queue.getNowait()]).toEqual([0, 'by a callback'])
  })

  test('what waits for an item gets it', async () => {
    const [there, back] = [new Queue<string>(), new Queue<string>()]
    const child = new Process(ends.getLater, [there, back])
    child.start()
    await there.put('late')
    await child.join()
    expect(await back.getNowait()).toBe('late')
  })

  test('a server is served until it is closed', async () => {
    const ports = new Queue<number>()
    const child = new Process(ends.serveOnce, [ports])
    child.start()
    const socket = connect(await ports.get(), '127.0.0.1')
    expect(String((await once(socket, 'data'))[0])).toBe('answered')
    expect(child.exitCode).toBeNull()
    await child.join()
    expect(child.exitCode).toBe(0)
  })

  test('a rejection is a failure that is told', async () => {
    const observed = await run(async () => {
      const child = new Process(ends.rejectLater)
      child.start()
      await child.join()
      expect(child.exitCode).toBe(1)
    })
    expect(observed.of('problem.raised').map(({ message }) => message)).toEqual([
      'rejectLater failed: Error: nobody awaited me',
    ])
  })

  test('a listener to `beforeExit` does what it likes to', async () => {
    expect(await runCase('workOnAtEnd')).toEqual({ exitCode: 0, stdout: 'at the very end\n', stderr: '' })
  })

  test('a worker that is told to end waits for what its tasks put and printed, and for nothing else', async () => {
    const { output } = await run(async () => {
      const [pool, queue] = [new Pool(1), new Queue<number>()]
      expect(await pool.apply(ends.leaveTimer, [queue])).toBe('done')
      pool.close()
      await pool.join()
      expect(await queue.getNowait()).toBe(1)
    })
    expect(output()).toBe('printed by a task\n')
  })
})

test('listeners of the program’s own say what becomes of its errors', async () => {
  const { exitCode, stdout, stderr } = await runCase('handleOwnErrors')
  expect(stdout.split('\n').filter(isOurs)).toEqual(['uncaught: on purpose', 'unhandled: nobody awaited me', 'went on'])
  expect([exitCode, stderr]).toEqual([0, ''])
})
