import { type ChildProcess, spawn } from 'node:child_process'
import { afterEach, describe, expect, test } from 'vitest'
import type { TelemetryEvent } from '../../../src/shared/telemetry.ts'
import { isTelemetryEvent } from '../../../src/shared/telemetry-check.ts'
import { type AttachOptions, attachTo } from '../../../src/sources/attach/attach-source.ts'
import { processesOfUser } from '../../../src/sources/attach/processes-of-user.ts'
import { identityOf } from '../../../src/sources/process-tree/process-tree.ts'
import type { Running } from '../../../src/sources/source.ts'
import { waitUntil } from '../../wait-until.ts'

const children: ChildProcess[] = []
const running: Running[] = []

afterEach(async () => {
  for (const one of running.splice(0)) await one.stop()
  for (const { pid } of children.splice(0)) {
    try {
      process.kill(-(pid as number), 'SIGKILL')
    } catch {
      // It has ended already.
    }
  }
})

function begin(...argv: [string, ...string[]]): number {
  const child = spawn(argv[0], argv.slice(1), { detached: true, stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  return child.pid as number
}

async function attach(pid: number, options?: AttachOptions) {
  const events: TelemetryEvent[] = []
  const identity = identityOf(pid)
  if (!identity) throw new Error(`There is no process ${pid}.`)
  const source = attachTo(identity, options)
  const run = await source.start({ emit: (event) => events.push(event as TelemetryEvent) })
  running.push(run)
  return { events, run, id: `${pid}.${identity.start}` }
}

describe.runIf(process.platform === 'linux')('a process that runs already', () => {
  test('it and its descendants are told of at once, with what each does and is', async () => {
    const pid = begin('sh', '-c', 'sleep 1000 | cat')
    await waitUntil(
      'its children run',
      () => processesOfUser().processes.filter(({ ppid }) => ppid === pid).length === 2,
    )
    const { events, id } = await attach(pid)
    await waitUntil('all that they do is told', () =>
      events.some(
        ({ type, ...event }) => type === 'process.state' && JSON.stringify(event).includes('reads a pipe from sleep'),
      ),
    )
    const started = events.filter((event) => event.type === 'process.started')
    expect(started.map(({ kind, parent }) => [kind, parent])).toEqual([
      ['main', null],
      ['process', id],
      ['process', id],
    ])
    expect(events).toContainEqual(expect.objectContaining({ type: 'process.described', command: 'sleep 1000' }))
    for (const event of events) expect(isTelemetryEvent(event)).toBe(true)
  })

  test('letting go of it leaves it alone, and it cannot be signalled unless that was asked for', async () => {
    const pid = begin('cat')
    const { run } = await attach(pid)
    expect([...run.can]).toEqual(['stack'])
    expect(await run.stop()).toEqual({ leftovers: 0 })
    expect(await run.ended).toEqual({ outcome: 'stopped', leftovers: 0 })
    // Who was killed does not answer any more.
    const cat = children.at(-1)
    const answer = new Promise((resolve) => {
      cat?.stdout?.once('data', resolve)
      cat?.stdout?.once('end', () => resolve('nothing'))
    })
    cat?.stdin?.write('still here')
    expect(String(await answer)).toBe('still here')
  })

  test('one that has ended is told to have, although its parent does not wait for it', async () => {
    const pid = begin('python3', '-c', 'import os, time\nif os.fork() == 0: os._exit(7)\ntime.sleep(1000)')
    const { events, id } = await attach(pid)
    // What `python3` is may be a script, whose own children have come and gone before.
    const isIt = (event: TelemetryEvent) => event.type === 'process.exited' && event.exitCode === 7
    const exited = await waitUntil('its end is told', () => events.find(isIt))
    expect(exited).toMatchObject({ signal: null })
    expect(exited).not.toMatchObject({ process: id })
  })

  test('it ends when the last of the tree has, and how those ended that were seen is told', async () => {
    const pid = begin('sh', '-c', 'sleep 1000')
    const { run, id, events } = await attach(pid, { maySignal: true })
    expect(run.can.has('signal')).toBe(true)
    expect(await run.do({ type: 'signal', process: id, signal: 'SIGSTOP' })).toMatchObject({
      ok: false,
      code: 'bad-input',
    })
    expect(await run.do({ type: 'signal', process: id, signal: 'SIGKILL' })).toEqual({ ok: true })
    const left = events.flatMap((event) =>
      event.type === 'process.started' && event.process !== id ? [event.pid] : [],
    )
    for (const one of left) process.kill(one, 'SIGKILL')
    expect(await run.ended).toEqual({ outcome: 'finished', leftovers: 0 })
    expect(events.filter(({ type }) => type === 'process.exited')).toHaveLength(1 + left.length)
    expect(await run.do({ type: 'signal', process: id, signal: 'SIGKILL' })).toMatchObject({
      ok: false,
      code: 'not-found',
    })
  })

  test('one that is not there, and one whose number is another’s by now, are refused in a sentence', async () => {
    const sink = { emit: () => undefined }
    await expect(attachTo({ pid: 2 ** 22 + 1, start: 1 }).start(sink)).rejects.toThrow(
      /^There is no process 4194305\.$/,
    )
    await expect(attachTo({ pid: process.pid, start: 1 }).start(sink)).rejects.toThrow("another process's")
  })

  test('the processes of this user can be chosen from', async () => {
    const pid = begin(process.execPath, '-e', 'setInterval(() => {}, 1000)')
    const found = await waitUntil('it is listed', () =>
      processesOfUser().processes.find((one) => one.pid === pid && one.runtime),
    )
    expect(found).toMatchObject({ ...identityOf(pid), ppid: process.pid, runtime: 'node' })
    expect(found.command).toContain('setInterval')
    const { processes } = processesOfUser()
    expect(processes.some((one) => one.pid === process.pid)).toBe(false)
    expect(processes.every(({ memoryBytes, ageMs }) => memoryBytes >= 0 && ageMs >= 0)).toBe(true)
  })
})
