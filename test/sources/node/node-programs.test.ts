/** Node programs, unedited: their processes, threads, and exact counts of messages. Which Nodes, `FORKSCOPE_NODES` says. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { NODE_AGENT_FOLDER, nodeEnvironment } from '../../../src/sources/node/inject.ts'
import { waitUntil } from '../../wait-until.ts'
import { OwnProgram } from '../command/own-program.ts'
import { chosenNodes } from './nodes.ts'

const fixture = (name: string) => join(import.meta.dirname, '../../fixtures/node', name)
const agents = { python: false, node: true }

describe.each(chosenNodes())('Node $version', ({ version, command }) => {
  const start = (...args: string[]) => OwnProgram.start([command, ...args], { agents })

  test('messages are counted exactly, also those of one that was killed', async () => {
    await using own = await start(fixture('messages.cjs'))
    expect(await own.session.ended).toBe('finished')
    expect([own.printed(), own.printed('stderr')]).toEqual(['echoed 1000, exit 0\nheard 300, SIGKILL\n', ''])
    const rows = own.processes
    expect(rows.map(({ name, exitCode, signal, runtime }) => [name, exitCode, signal, runtime?.split('.')[0]])).toEqual(
      [
        ['messages.cjs', 0, null, `Node ${version}`],
        ['messages.cjs', 0, null, `Node ${version}`],
        ['messages.cjs', null, 'SIGKILL', `Node ${version}`],
      ],
    )
    const [parent, echo, deaf] = rows.map(({ id }) => id)
    const queues = [...own.session.state.queues.rows.values()]
    const counts = queues.map(({ name, puts, gets, depth, producers, consumers }) => ({
      ...{ name, puts, gets, depth, producers, consumers },
    }))
    const [echoPid, deafPid] = rows.slice(1).map(({ pid }) => pid)
    const both = { [`messages to (${echoPid})`]: [parent, echo], [`messages from (${echoPid})`]: [echo, parent] }
    for (const [name, [from, to]] of Object.entries(both)) {
      const whole = { name, puts: 1000, gets: 1000, depth: 0, producers: [from], consumers: [to] }
      expect(counts).toContainEqual(whole)
    }
    expect(counts).toContainEqual({
      ...{ name: `messages from (${deafPid})`, puts: 301, gets: 301, depth: 0 },
      ...{ producers: [deaf], consumers: [parent] },
    })
    // It was in the first one, and never came back.
    expect(counts).toContainEqual({
      ...{ name: `messages to (${deafPid})`, puts: 50, gets: 1, depth: 49 },
      ...{ producers: [parent], consumers: [deaf] },
    })
    expect(own.problems.filter(({ kind }) => kind === 'agent-off')).toEqual([])
  })

  test('worker threads are rows with queues, also with an environment of their own, and one that computes is busy', async () => {
    await using own = await start(fixture('threads.mjs'))
    await waitUntil('it computes', () => own.printed().includes('thread 2 has OWN'))
    const thread = (number: number) => own.processes.find(({ name }) => name === `thread ${number}`)
    await waitUntil('the main thread is idle', () => (own.processes[0]?.busyPercent ?? 100) < 20)
    expect([thread(1)?.kind, thread(2)?.kind]).toEqual(['thread', 'thread'])
    const queue = (name: string) => [...own.session.state.queues.rows.values()].find((one) => one.name === name)
    const main = own.processes[0]?.id
    await waitUntil('all is counted', () => queue('messages from (thread 1)')?.gets === 500)
    expect(queue('messages to (thread 1)')).toMatchObject({ puts: 500, gets: 500, producers: [main] })
    expect(queue('messages to (thread 1)')?.consumers).toEqual([thread(1)?.id])
    const pid = own.processes[0]?.pid ?? 0
    process.kill(pid, 'SIGUSR2')
    await waitUntil('both threads are over', () =>
      own.processes.every(({ id, state }) => (state === 'exited') === (id !== main)),
    )
    await waitUntil('it has said so', () => own.printed().includes('1 1 500'))
    process.kill(pid, 'SIGUSR2')
    expect(await own.session.ended).toBe('failed')
    expect(own.printed()).toBe('thread 2 has OWN\n1 1 500\n')
    expect(own.processes.map(({ state }) => state)).toEqual(['exited', 'exited', 'exited'])
    expect(own.processes[0]).toMatchObject({ exitCode: 4 })
  })

  // Piscina 5 is for Node 20 and later.
  test.runIf(Number(version) >= 20)(
    'the tasks of Piscina are told, with who has done them, and what failed',
    async () => {
      await using own = await start(fixture('piscina.mjs'))
      expect(await own.session.ended).toBe('finished')
      expect([own.printed(), own.printed('stderr')]).toEqual(['99 done, failed: thirteen\n', ''])
      const pools = [...own.session.state.pools.rows.values()]
      expect(pools).toMatchObject([{ name: 'Piscina', size: 2 }])
      const started = own.of('task.started')
      expect(started.length).toBe(100)
      expect(started.every(({ process }) => process.startsWith(`${own.processes[0]?.id}/`))).toBe(true)
      expect(own.of('task.finished').length).toBe(99)
      expect(own.of('task.failed').map(({ error }) => [error.name, error.message])).toEqual([
        ['RangeError', 'thirteen'],
      ])
      expect(own.problems.filter(({ kind }) => kind === 'agent-off')).toEqual([])
    },
  )

  test('what nobody caught is how it ended', async () => {
    await using own = await start('-e', 'Promise.reject(new TypeError("oh"))')
    expect(await own.session.ended).toBe('failed')
    expect(own.of('process.exited')).toMatchObject([{ exitCode: 1, reason: 'nobody caught TypeError: oh' }])
    expect(own.problems.map(({ kind }) => kind)).toContain('unhandled-rejection')
  })

  test('a hook that is broken changes nothing, and is told once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'forkscope-broken-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    cpSync(NODE_AGENT_FOLDER, folder, { recursive: true })
    const broken = 'module.exports = { watchParent() {}, watchChild() { throw new Error("broken on purpose") } }'
    writeFileSync(join(folder, 'forkscope/ipc.cjs'), broken)
    const env = nodeEnvironment({ PATH: process.env.PATH }, [], folder) as Record<string, string>
    await using own = await OwnProgram.start([command, fixture('messages.cjs')], {
      ...{ env, agents: { python: false, node: false } },
    })
    expect(await own.session.ended).toBe('finished')
    expect([own.printed(), own.printed('stderr')]).toEqual(['echoed 1000, exit 0\nheard 300, SIGKILL\n', ''])
    const off = own.problems.filter(({ kind }) => kind === 'agent-off')
    expect(off.map(({ message }) => message)).toEqual([
      "Forkscope's agent does not watch child_process of this process: broken on purpose",
    ])
  })

  const programs: Record<string, string> = {
    'looks at itself': `console.log(process.listenerCount('exit'), process.eventNames(), process.execArgv, Object.keys(process),
      Object.keys(require.cache), process.emit.name, process.emit.length, process.getActiveResourcesInfo?.(),
      require('child_process').spawnSync.name, require('worker_threads').Worker.name, require('worker_threads').Worker.length)`,
    'has an own NODE_OPTIONS':
      'console.log(process.allowedNodeEnvironmentFlags.size > 0, new Error().stack.split("\\n").length)',
    'ends in its exit handler': 'process.on("exit", () => process.exit(7)); process.exit(3)',
    'throws in a timer': 'setTimeout(() => { throw new RangeError("late") }, 5)',
    'listens for what nobody caught':
      'process.on("uncaughtException", (e) => console.log("caught", e.message)); setTimeout(() => { throw new Error("x") })',
    'closes its output': 'require("fs").closeSync(1); require("fs").closeSync(2); process.exitCode = 6',
    'lists its descriptors in a child':
      'const cp = require("child_process"); console.log(String(cp.spawnSync("sh", ["-c", "ls /proc/self/fd; env | wc -l"], { env: {} }).stdout))',
    'starts one with an empty environment':
      'const cp = require("child_process"); console.log(String(cp.spawnSync(process.execPath, ["-p", "JSON.stringify(process.env)"], { env: {} }).stdout)); cp.spawn(process.execPath, ["-p", "JSON.stringify(process.env)"], { env: { NODE_OPTIONS: "--no-warnings", A: "1" }, stdio: "inherit" })',
    'has messages that object to being looked at':
      'const cp = require("child_process"); const c = cp.spawn(process.execPath, ["-e", "process.once(\'message\', (m) => console.log(m))"], { stdio: ["inherit", "inherit", "inherit", "ipc"] }); let n = 0; c.send({ get cmd() { n++; return "own" } }, () => c.disconnect()); c.on("exit", () => console.log(n))',
    'awaits at the end of its module':
      'Promise.resolve().then(() => queueMicrotask(() => process.nextTick(() => console.log("order")))); setImmediate(() => console.log("later"))',
    'starts a command that is not there':
      'require("child_process").spawn("no-such-command").on("error", (e) => console.log(e.code)); try { require("child_process").execSync("exit 9", { stdio: "pipe" }) } catch (e) { console.log(e.status) }',
    'fails in a message that is not sent': 'try { process.send("x") } catch (e) { console.log(e.name) }',
  }
  test.each(Object.entries(programs))('one that %s prints and ends as without', async (name, program) => {
    const options = name.includes('NODE_OPTIONS') ? { NODE_OPTIONS: '--stack-trace-limit=3' } : {}
    const env = { PATH: process.env.PATH ?? '', ...options }
    const alone = spawnSync(command, ['-e', program], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    await using own = await OwnProgram.start([command, '-e', program], { agents, env })
    await own.session.ended
    expect([own.printed(), own.printed('stderr')]).toEqual([alone.stdout, alone.stderr])
    expect(own.of('process.exited').find(({ process }) => process === own.processes[0]?.id)?.exitCode).toBe(
      alone.status,
    )
    expect(own.problems.filter(({ kind }) => kind === 'agent-off')).toEqual([])
  })

  test.runIf(Number(version) >= 22)('with --permission there is no agent, and the program runs', async () => {
    const child = `require('node:child_process').spawn(process.execPath, ['--permission', '-p', '1 + 1'], { stdio: 'inherit' })`
    await using parent = await start('-e', child)
    expect(await parent.session.ended).toBe('finished')
    expect([parent.printed(), parent.printed('stderr')]).toEqual(['2\n', ''])
    await using own = await start('--permission', '-p', '1 + 1')
    expect(await own.session.ended).toBe('finished')
    expect([own.printed(), own.printed('stderr')]).toEqual(['2\n', ''])
    expect(own.processes.map(({ runtime }) => runtime)).toEqual([null])
  })
})
