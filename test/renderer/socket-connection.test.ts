import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { ConnectionState } from '../../src/renderer/api/connection.ts'
import { connectSocket, type SocketLike } from '../../src/renderer/api/socket-connection.ts'
import { waitUntil } from '../wait-until.ts'

let server: WebSocketServer | undefined

async function serve(port = 0): Promise<number> {
  server = new WebSocketServer({ host: '127.0.0.1', port })
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const { id, call } = JSON.parse(String(data))
      if (call === 'getAppInfo')
        socket.send(JSON.stringify({ type: 'answer', id, answer: { ok: true, value: { id } } }))
      else if (call === 'stopSession') {
        socket.send(
          JSON.stringify({ type: 'answer', id, answer: { ok: false, error: { code: 'not-found', message: 'no' } } }),
        )
      }
    })
    socket.send(JSON.stringify({ type: 'push', push: 'overview', value: { running: 1 } }))
    socket.send(JSON.stringify({ type: 'push', push: 'tomorrow', value: 1 }))
  })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function drop(): Promise<void> {
  if (!server) return
  for (const socket of server.clients) socket.terminate()
  server.close()
  await once(server, 'close')
  server = undefined
}

afterEach(drop)

function connect(port: number, isServerThere = async () => false) {
  const states: ConnectionState[] = []
  const pushes: unknown[] = []
  const connection = connectSocket({
    open: () => new WebSocket(`ws://127.0.0.1:${port}`).on('error', () => {}) as unknown as SocketLike,
    isServerThere,
    events: {
      push: { overview: (value) => pushes.push(value), session: () => {} },
      state: (state) => states.push(state),
    },
    firstMs: 10,
    mostMs: 40,
  })
  return { connection, states, pushes }
}

test('calls are answered, errors are thrown as they came, and an unknown push is ignored', async () => {
  const { connection, states, pushes } = connect(await serve())
  await waitUntil('open', () => states.includes('open'))
  expect(await connection.call('getAppInfo', {})).toEqual({ id: 1 })
  await expect(connection.call('stopSession', { session: 'x' })).rejects.toMatchObject({
    code: 'not-found',
    message: 'no',
  })
  expect(pushes).toEqual([{ running: 1 }])
})

test('a lost connection rejects what waits and comes back by itself', async () => {
  const port = await serve()
  const { connection, states } = connect(port)
  await waitUntil('open', () => states.includes('open'))
  const waiting = connection.call('unwatchSession', { session: 'x' })
  const refused = expect(waiting).rejects.toThrow('lost before the answer')
  await drop()
  await refused
  await waitUntil('lost', () => states.includes('lost'))
  await expect(connection.call('getAppInfo', {})).rejects.toThrow('no connection')
  await serve(port)
  await waitUntil('open again', () => states.filter((state) => state === 'open').length === 2)
  expect(await connection.call('getAppInfo', {})).toMatchObject({ id: 2 })
})

test('a server that is there and does not want the token is not asked again', async () => {
  const port = await serve()
  await drop()
  const { states } = connect(port, async () => true)
  await waitUntil('refused', () => states.includes('refused'))
  expect(states).toEqual(['refused'])
})
