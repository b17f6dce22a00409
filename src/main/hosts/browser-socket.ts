/** One browser tab: the API over its WebSocket, as JSON text. */
import type { WebSocket } from 'ws'
import type { SocketMessage, SocketRequest } from '../../shared/api.ts'
import type { Api } from '../api.ts'

/** A tab that has this much waiting to be sent to it gets nothing more until it has taken some. */
const BUSY_BYTES = 256 * 1024
/** A tab that is gone without a word is noticed after two of these. */
const PING_EVERY_MS = 15_000
/** WebSocket close codes, RFC 6455 section 7.4.1. */
const CLOSE = { notText: 1003, nonsense: 1008 } as const

function parseRequest(text: string): SocketRequest | null {
  try {
    const value = JSON.parse(text) as Partial<SocketRequest> | null
    if (typeof value !== 'object' || value === null) return null
    const { id, call, input } = value
    return typeof id === 'number' && Number.isSafeInteger(id) && typeof call === 'string' ? { id, call, input } : null
  } catch {
    return null
  }
}

/** Serves the API to one tab until it goes. What it sends that is no call closes its socket and harms nobody else. */
export function serveSocket(api: Api, socket: WebSocket): void {
  const send = (message: SocketMessage) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
  }
  const connection = api.connect({
    push: (push, value) => send({ type: 'push', push, value }),
    busy: () => socket.bufferedAmount > BUSY_BYTES,
  })
  let alive = true
  const pings = setInterval(() => {
    if (!alive) {
      socket.terminate()
      return
    }
    alive = false
    socket.ping()
  }, PING_EVERY_MS)
  socket.on('pong', () => (alive = true))
  // Too large a message, or bytes that are no WebSocket: `ws` closes the socket itself, with the right code.
  socket.on('error', () => {})
  socket.on('close', () => {
    clearInterval(pings)
    connection.close()
  })
  socket.on('message', async (data, isBinary) => {
    if (isBinary) {
      socket.close(CLOSE.notText, 'Only text is understood.')
      return
    }
    const request = parseRequest(String(data))
    if (!request) {
      socket.close(CLOSE.nonsense, 'That is not a call.')
      return
    }
    send({ type: 'answer', id: request.id, answer: await connection.call(request.call, request.input) })
  })
}
