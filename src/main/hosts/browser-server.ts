/**
 * The page and its API on loopback, for a browser.
 *
 * Any web page that the user has open can reach a loopback port, so: only requests that are addressed to this server by
 * its own name (which a rebound DNS name is not) and that come from its own page are answered, and the socket needs a token
 * that only who was given the URL knows.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Api } from '../api.ts'
import { serveSocket } from './browser-socket.ts'
import { loadPageFiles, type PageFile, pageHeaders } from './page-files.ts'

export interface BrowserServer {
  /** With the token; this is what the user opens, and it is never written anywhere else. */
  url: string
  port: number
  close(): Promise<void>
}

/** The port is taken, or not ours to take. The message is one sentence. */
export class PortError extends Error {
  override name = 'PortError'
}

const MAX_MESSAGE_BYTES = 1024 * 1024
/** Tabs at a time. */
const MOST_TABS = 32
/** Connections at a time, those of tabs among them: a browser opens a few more to fetch the page. */
const MOST_CONNECTIONS = 4 * MOST_TABS
/** WebSocket close code: try again later. */
const TOO_MANY = 1013

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = { EADDRINUSE: 'is in use', EACCES: 'may not be used by you' }[error.code ?? ''] ?? error.message
      reject(new PortError(`Port ${port} ${why}; name another one with --port, or leave it out.`))
    })
    server.listen(port, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${text}\n`)
}

function refuseUpgrade(socket: Duplex, status: string): void {
  // Whoever was refused may never close its own end.
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function servePage(
  files: ReadonlyMap<string, PageFile>,
  port: number,
  request: IncomingMessage,
  response: ServerResponse,
) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only GET is answered here.')
  const path = (request.url ?? '/').split('?', 1)[0] as string
  const file = files.get(path)
  if (!file) return refuse(response, 404, 'There is no such file.')
  const headers = pageHeaders([`ws://127.0.0.1:${port}`, `ws://localhost:${port}`])
  response.writeHead(200, { ...headers, 'content-type': file.contentType, 'content-length': file.body.byteLength })
  response.end(request.method === 'HEAD' ? undefined : file.body)
}

/**
 * @param folder the built page
 * @param port 0 for a free one
 * @throws PortError if the port cannot be had; Error if the page is not built
 */
export async function startBrowserServer(api: Api, folder: string, port: number): Promise<BrowserServer> {
  const files = await loadPageFiles(folder)
  const token = randomBytes(32).toString('base64url')
  const server = createServer()
  server.maxConnections = MOST_CONNECTIONS
  const actual = await listen(server, port)
  const hosts = new Set([`127.0.0.1:${actual}`, `localhost:${actual}`])
  const isOwn = ({ headers }: IncomingMessage) =>
    hosts.has(headers.host ?? '') &&
    (headers.origin === undefined || hosts.has(headers.origin.replace(/^http:\/\//, '')))

  server.on('request', (request, response) => {
    if (isOwn(request)) servePage(files, actual, request, response)
    else refuse(response, 403, 'This address is not the one that Forkscope printed.')
  })

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: () => 'forkscope',
  })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {})
    if (!isOwn(request)) return refuseUpgrade(socket, '403 Forbidden')
    if (request.url !== '/socket') return refuseUpgrade(socket, '404 Not Found')
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((text) => text.trim())
    const given = offered.find((text) => text.startsWith('token.'))?.slice('token.'.length) ?? ''
    if (!offered.includes('forkscope') || !isSame(given, token)) return refuseUpgrade(socket, '401 Unauthorized')
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      if (sockets.clients.size <= MOST_TABS) return serveSocket(api, webSocket)
      webSocket.on('error', () => {})
      webSocket.close(TOO_MANY, `Forkscope is open in ${MOST_TABS} tabs already.`)
    })
  })

  return {
    url: `http://127.0.0.1:${actual}/#token=${token}`,
    port: actual,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}
