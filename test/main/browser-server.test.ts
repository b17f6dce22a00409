import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createApi } from '../../src/main/api.ts'
import { type BrowserServer, PortError, startBrowserServer } from '../../src/main/hosts/browser-server.ts'
import { Sessions } from '../../src/main/session/sessions.ts'

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

function open(protocols: string[], headers: Record<string, string> = {}) {
  return new WebSocket(`ws://127.0.0.1:${server.port}/socket`, protocols, { headers })
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
