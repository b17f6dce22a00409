import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Api, createApi, type View } from '../../src/main/api.ts'
import { type BrowserServer, PortError, startBrowserServer } from '../../src/main/hosts/browser-server.ts'
import { Sessions } from '../../src/main/session/sessions.ts'
import { waitUntil } from '../wait-until.ts'

const around = mkdtempSync(join(tmpdir(), 'forkscope-page-'))
const folder = join(around, 'page')
const api = createApi(new Sessions({ programs: [] }), { version: '1', host: 'browser', versions: {} })
let server: BrowserServer
let token: string

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Page</title>')
  writeFileSync(join(folder, 'assets', 'a.js'), 'export {}')
  writeFileSync(join(around, 'secret.json'), '{}')
  server = await startBrowserServer(api, folder, 0)
  token = server.url.replace(/^.*token=/, '')
})

afterAll(async () => {
  await server.close()
  rmSync(around, { recursive: true })
})

async function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const asked = request({ host: '127.0.0.1', port: server.port, path, headers, method }).end()
  const [response] = await once(asked, 'response')
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode as number, headers: response.headers, text }
}

function open(protocols: string[], headers: Record<string, string> = {}, port = server.port) {
  return new WebSocket(`ws://127.0.0.1:${port}/socket`, protocols, { headers })
}

/** @returns the status that a refused upgrade was answered with */
async function refusal(socket: WebSocket): Promise<number> {
  const [, response] = await once(socket, 'unexpected-response')
  socket.on('error', () => {})
  socket.terminate()
  return response.statusCode
}

async function closeCode(message: string | Buffer): Promise<number> {
  const socket = open(['forkscope', `token.${token}`])
  await once(socket, 'open')
  socket.send(message)
  const [code] = await once(socket, 'close')
  return code
}

test('the page is served under the policy, and nothing beside it is', async () => {
  const page = await ask('/')
  expect(page.status).toBe(200)
  expect(page.headers['content-security-policy']).toContain("default-src 'none'")
  expect((await ask('/assets/a.js')).headers['content-type']).toContain('text/javascript')
  for (const path of [
    '/../secret.json',
    '/%2e%2e/secret.json',
    '/assets/../../secret.json',
    '/nothing',
    '//etc/passwd',
  ]) {
    expect((await ask(path)).status).toBe(404)
  }
  expect((await ask('/', {}, 'POST')).status).toBe(405)
})

test('a request by another name or from another page is forbidden: DNS rebinding', async () => {
  expect((await ask('/', { host: `evil.example:${server.port}` })).status).toBe(403)
  expect((await ask('/', { origin: 'http://evil.example' })).status).toBe(403)
  expect((await ask('/', { origin: 'null' })).status).toBe(403)
  expect(await refusal(open(['forkscope', `token.${token}`], { host: `evil.example:${server.port}` }))).toBe(403)
  expect(await refusal(open(['forkscope', `token.${token}`], { origin: 'http://evil.example' }))).toBe(403)
})

test('the socket needs the token', async () => {
  expect(await refusal(open(['forkscope', 'token.wrong']))).toBe(401)
  expect(await refusal(open(['forkscope']))).toBe(401)
  expect(await refusal(open([`token.${token}`]))).toBe(401)
  const socket = open(['forkscope', `token.${token}`])
  await once(socket, 'open')
  expect(socket.protocol).toBe('forkscope')
  socket.close()
})

test('a tab that sends nonsense loses its socket, and others go on', async () => {
  const other = open(['forkscope', `token.${token}`])
  await once(other, 'open')
  for (const nonsense of [
    'not json',
    '7',
    'null',
    '[]',
    '{}',
    '{"id":"1","call":"getAppInfo"}',
    '{"id":1.5,"call":"x"}',
  ]) {
    expect(await closeCode(nonsense)).toBe(1008)
  }
  expect(await closeCode(Buffer.from([1, 2, 3]))).toBe(1003)
  expect(await closeCode(`"${'x'.repeat(2_000_000)}"`)).toBe(1009)
  other.send(JSON.stringify({ id: 1, call: 'getAppInfo', input: {} }))
  const [answer] = await once(other, 'message')
  expect(JSON.parse(String(answer))).toMatchObject({ type: 'answer', id: 1, answer: { ok: true } })
  other.close()
})

test('a port in use is said in a sentence', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  await expect(startBrowserServer(api, folder, port)).rejects.toThrow(PortError)
  await expect(startBrowserServer(api, folder, port)).rejects.toThrow(`Port ${port} is in use`)
  taken.close()
})

test('it listens on loopback only', async () => {
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address)
  // On Linux all of 127.0.0.0/8 is this machine: who listens to any address answers there too, even without a network.
  if (process.platform === 'linux') others.push('127.0.0.2')
  for (const host of others) {
    const asked = request({ host, port: server.port }).end()
    const answer = await Promise.race([once(asked, 'response').then(() => 'an answer'), once(asked, 'error')])
    expect(answer, host).toMatchObject([{ code: 'ECONNREFUSED' }])
  }
})

test('a page that is not built is said to be not built', async () => {
  await expect(startBrowserServer(api, join(folder, 'nothing'), 0)).rejects.toThrow('Run npm run build.')
})

/** The server with an API that answers half a megabyte to whatever it is asked, and counts. */
async function serveMuch() {
  const counts = { asked: 0, connected: 0 }
  const views: View[] = []
  const much: Api = {
    connect: (view) => {
      counts.connected++
      views.push(view)
      return {
        call: async () => {
          counts.asked++
          return { ok: true, value: 'x'.repeat(500_000) }
        },
        close: () => counts.connected--,
      }
    },
  }
  const own = await startBrowserServer(much, folder, 0)
  const openTab = () => open(['forkscope', `token.${own.url.replace(/^.*token=/, '')}`], {}, own.port)
  return { counts, views, openTab, own }
}

test('a tab that asks and does not read is asked to wait: its answers are not made before it takes some', async () => {
  const { counts, views, openTab, own } = await serveMuch()
  const tab = openTab()
  await once(tab, 'open')
  tab.pause()
  const calls = 300
  for (let id = 0; id < calls; id++) tab.send(JSON.stringify({ id, call: 'getAppInfo', input: {} }))
  await waitUntil('the tab is busy', () => views[0]?.busy() === true)
  for (let turn = 0; turn < 500; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(counts.asked).toBeLessThan(100)
  const answered = new Set<number>()
  tab.on('message', (data) => answered.add(JSON.parse(String(data)).id))
  tab.resume()
  await waitUntil('all answers', () => answered.size === calls)
  tab.close()
  await waitUntil('it is gone', () => counts.connected === 0)
  await own.close()
})

test('so many tabs there are and no more, and one that goes makes room', async () => {
  const { counts, openTab, own } = await serveMuch()
  const tabs = Array.from({ length: 32 }, openTab)
  await waitUntil('all are open', () => tabs.every((tab) => tab.readyState === tab.OPEN))
  const [code] = await once(openTab(), 'close')
  expect([code, counts.connected]).toEqual([1013, 32])
  tabs[0]?.close()
  await waitUntil('one is gone', () => counts.connected === 31)
  const again = openTab()
  await once(again, 'open')
  await waitUntil('it is served', () => counts.connected === 32)
  await own.close()
})
