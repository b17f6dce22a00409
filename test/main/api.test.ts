import { spawn } from 'node:child_process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Api, type Connection, createApi } from '../../src/main/api.ts'
import { attached } from '../../src/main/programs/attached.ts'
import { catalog } from '../../src/main/programs/catalog.ts'
import { Sessions } from '../../src/main/session/sessions.ts'
import type { Answer, AppInfo, Overview } from '../../src/shared/api.ts'
import { callNames } from '../../src/shared/api.ts'
import { callInputs } from '../../src/shared/api-inputs.ts'
import type { SessionPatch } from '../../src/shared/session-patch.ts'
import type { UserProcesses } from '../../src/shared/user-process.ts'
import { playedProgram } from '../fixtures/played-program.ts'
import { waitUntil } from '../wait-until.ts'

let sessions: Sessions
let api: Api
const connections: Connection[] = []

beforeEach(() => {
  sessions = new Sessions({ programs: catalog })
  api = createApi(sessions, { version: '1', host: 'browser', versions: {} })
})

afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close()
  await sessions.stopAll()
})

function connect() {
  const pushed: { overview: Overview[]; session: SessionPatch[] } = { overview: [], session: [] }
  const view = { busy: false }
  const connection = api.connect({
    push: (name, value) => (pushed[name] as unknown[]).push(value),
    busy: () => view.busy,
  })
  connections.push(connection)
  const value = async <T>(name: string, input: unknown) => {
    const answer = (await connection.call(name, input)) as Answer<T>
    if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`)
    return answer.value
  }
  return { connection, pushed, view, value }
}

test('the list of calls is the list of schemas', () => {
  expect([...callNames].sort()).toEqual(Object.keys(callInputs).sort())
})

test('whatever is sent is answered, and what does not fit is refused', async () => {
  const { connection } = connect()
  const code = async (name: unknown, input: unknown) => {
    const answer = await connection.call(name, input)
    return answer.ok ? 'ok' : answer.error.code
  }
  expect(await code('toString', {})).toBe('bad-input')
  expect(await code('__proto__', {})).toBe('bad-input')
  expect(await code(7, {})).toBe('bad-input')
  expect(await code('startProgram', undefined)).toBe('bad-input')
  expect(await code('startProgram', { program: 1, parameters: {} })).toBe('bad-input')
  expect(await code('startProgram', { program: 'dog-cat', parameters: { speed: 99 } })).toBe('bad-input')
  expect(await code('startProgram', { program: 'none', parameters: {} })).toBe('not-found')
  expect(await code('command', { session: 'x', command: { process: '0' } })).toBe('bad-input')
  expect(await code('command', { session: 'x', command: { type: 'signal', process: {} } })).toBe('bad-input')
  expect(await code('command', { session: 'x', command: { type: 'signal' } })).toBe('not-found')
  expect(await code('stopSession', { session: 'x' })).toBe('not-found')
  expect(await code('readSources', { program: '../../package.json' })).toBe('not-found')
  expect(await code('listProcesses', { pid: 1 })).toBe('bad-input')
  expect(await code('getAppInfo', {})).toBe('ok')
})

test('who watches a session is pushed its changes and nobody else is', async () => {
  const [one, other] = [connect(), connect()]
  const { session } = await one.value<{ session: string }>('startProgram', {
    program: 'download-analysis',
    parameters: { speed: 10 },
  })
  await one.value('watchSession', { session })
  expect(one.pushed.session[0]).toMatchObject({ session, since: 0 })
  await waitUntil('a later patch', () => one.pushed.session.some(({ since }) => since > 0))
  expect(other.pushed.session).toEqual([])
  await waitUntil('an overview for the other', () => other.pushed.overview.some(({ running }) => running === 1))
  await one.value('unwatchSession', { session })
  const count = one.pushed.session.length
  await waitUntil('the end', () => other.pushed.overview.at(-1)?.running === 0)
  expect(one.pushed.session).toHaveLength(count)
})

test('who is told that a session has ended knows it from the session itself already', async () => {
  const { value, pushed } = connect()
  const { session } = await value<{ session: string }>('startProgram', { program: 'dog-cat', parameters: {} })
  await value('watchSession', { session })
  await value('stopSession', { session })
  const { overview } = await value<AppInfo>('getAppInfo', {})
  expect(overview.sessions.find((info) => info.session === session)?.phase).toBe('stopped')
  expect(pushed.session.at(-1)?.head?.phase).toBe('stopped')
})

test('each patch follows the one before, also for a view that was busy for a while', async () => {
  const { value, pushed, view } = connect()
  const { session } = await value<{ session: string }>('startProgram', {
    program: 'dog-cat',
    parameters: { speed: 10 },
  })
  await value('watchSession', { session })
  view.busy = true
  await waitUntil('the end', () => sessions.overview().running === 0)
  expect(pushed.session).toHaveLength(1)
  view.busy = false
  await waitUntil('the rest', () => pushed.session.some(({ head }) => head?.phase === 'finished'))
  for (const [i, patch] of pushed.session.entries()) expect(patch.since).toBe(pushed.session[i - 1]?.rev ?? 0)
})

test('a source is given with its text, the TypeScript first and the Python beside it', async () => {
  const { value } = connect()
  for (const { id } of catalog) {
    const files = await value<{ name: string; language: string; text: string }[]>('readSources', { program: id })
    expect(files.map(({ language }) => language)).toEqual(['typescript', 'python'])
    for (const { text } of files) expect(text.length).toBeGreaterThan(200)
  }
})

test('a failed task can be run again from the API once, and only while its pool is there', async () => {
  const { value, connection, pushed } = connect()
  const { session } = await value<{ session: string }>('startProgram', { program: 'swallowed', parameters: {} })
  await value('watchSession', { session })
  const failed = await waitUntil('a failed task', () =>
    pushed.session.flatMap(({ tasks }) => tasks?.rows ?? []).find(({ state }) => state === 'failed'),
  )
  const { task } = await value<{ task: string }>('command', { session, command: { type: 'retry', task: failed.id } })
  await waitUntil('the new task', () =>
    pushed.session
      .flatMap(({ tasks }) => tasks?.rows ?? [])
      .some(({ id, retryOf }) => id === task && retryOf === failed.id),
  )
  const again = await connection.call('command', { session, command: { type: 'retry', task: failed.id } })
  expect(again).toMatchObject({ ok: false, error: { code: 'conflict' } })
})

test('that main was held up for long is told, and is over some seconds later', async () => {
  const { value, pushed } = connect()
  await value('getAppInfo', {})
  await waitUntil('an overview', () => pushed.overview.length > 0)
  const endMs = performance.now() + 3_000
  while (performance.now() < endMs);
  const { heldMs } = await waitUntil('it is told', () => pushed.overview.find((overview) => overview.heldMs > 0))
  expect(heldMs).toBeGreaterThanOrEqual(2_000)
  await waitUntil('it is over', () => pushed.overview.at(-1)?.heldMs === 0)
})

test('while something runs, views hear of it, also if nothing changes', async () => {
  const still = new Sessions({ programs: [playedProgram('still', [])] })
  const pushed: Overview[] = []
  const push = (name: string, overview: unknown) => void (name === 'overview' && pushed.push(overview as Overview))
  const connection = createApi(still, { version: '1', host: 'browser', versions: {} }).connect({
    push,
    busy: () => false,
  })
  connections.push(connection)
  await connection.call('startProgram', { program: 'still', parameters: {} })
  await waitUntil('the same again', () => {
    const [last, before] = [pushed.at(-1), pushed.at(-2)]
    return last?.running === 1 && JSON.stringify(last) === JSON.stringify(before)
  })
  await still.stopAll()
})

test.runIf(process.platform === 'linux')(
  'of the processes of this user it lists neither itself nor what it has started, and refuses these too',
  async () => {
    sessions = new Sessions({ programs: [attached] })
    api = createApi(sessions, { version: '1', host: 'browser', versions: {} })
    const { value, connection } = connect()
    const child = spawn('sleep', ['1000'])
    try {
      const own = child.pid as number
      const { processes } = await value<UserProcesses>('listProcesses', {})
      const pids = new Set(processes.map(({ pid }) => pid))
      expect(pids.has(process.ppid)).toBe(true)
      expect([pids.has(process.pid), pids.has(own)]).toEqual([false, false])
      const refusals: string[] = []
      for (const name of [`${process.pid}`, `${own}`, `${process.ppid}.1`, '4194305', '', '0', '7.x', '-1', '1e3']) {
        const input = { program: 'attached', parameters: { process: name } }
        const answer = (await connection.call('startProgram', input)) as Answer<unknown>
        refusals.push(answer.ok ? 'ok' : `${answer.error.code}: ${answer.error.message}`)
      }
      expect(refusals).toEqual([
        `failed: Not attached: Process ${process.pid} is Forkscope itself.`,
        `failed: Not attached: Process ${own} belongs to Forkscope itself or was started in it.`,
        `failed: Not attached: Process ${process.ppid} has ended; its number is another process's by now.`,
        'failed: Not attached: There is no process 4194305.',
        'failed: Not attached: choose a process, or type its PID.',
        ...['0', '7.x', '-1', '1e3'].map((given) => `bad-input: Process is a number, its PID; "${given}" is none.`),
      ])
    } finally {
      child.kill('SIGKILL')
    }
  },
)
