/** One browser tab: the API over its WebSocket, as JSON text. */
import type { WebSocket } from 'ws'
import type { SocketMessage, SocketRequest } from '../../shared/api.ts'
import type { Api } from '../api.ts'

/** A tab that has this much waiting to be sent to it gets nothing more until it has taken some: no pushes, and no answers. */
const BUSY_BYTES = 256 * 1024
/** So many calls of a tab are under way at most; no more are read from it until one is answered. */
const MOST_CALLS = 16
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
  const isBusy = () => socket.bufferedAmount > BUSY_BYTES
  const send = (message: SocketMessage) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message), answerNext)
  }
  const connection = api.connect({ push: (push, value) => send({ type: 'push', push, value }), busy: isBusy })

  /** What had been read when it was paused; the rest waits at the tab. */
  const waiting: SocketRequest[] = []
  let underWay = 0
  const answerNext = () => {
    while (waiting.length > 0 && underWay < MOST_CALLS && !isBusy()) {
      const { id, call, input } = waiting.shift() as SocketRequest
      underWay++
      void connection.call(call, input).then((answer) => {
        underWay--
        send({ type: 'answer', id, answer })
      })
    }
    if (waiting.length > 0) socket.pause()
    else socket.resume()
  }

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
    waiting.length = 0
    connection.close()
  })
  socket.on('message', (data, isBinary) => {
    if (isBinary) {
      socket.close(CLOSE.notText, 'Only text is understood.')
      return
    }
    const request = parseRequest(String(data))
    if (!request) {
      socket.close(CLOSE.nonsense, 'That is not a call.')
      return
    }
    waiting.push(request)
    answerNext()
  })
}
