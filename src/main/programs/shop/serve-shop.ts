/** A small shop on loopback, for the spider to fetch: real HTTP, and slow enough to be watched. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toRealMs } from 'forkscope'
import { shopPage } from './shop-page.ts'

export interface Shop {
  /** The URL of its pages, with `{n}` for the number. */
  template: string
  /** Answers nothing more; resolves when it is closed. */
  close(): Promise<void>
}

/** How long a page takes, in program time: about a second, not all the same. */
function delayMs(page: number): number {
  return 800 + ((page * 7919) % 400)
}

/** Serves pages 1, 2, 3 … at `/page/{n}` until it is closed; everything else is not found. */
export async function serveShop(): Promise<Shop> {
  const server = createServer((request, response) => {
    const page = Number(/^\/page\/([1-9]\d{0,5})$/.exec(request.url ?? '')?.[1])
    if (!page || request.method !== 'GET') {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('There is no such page.\n')
      return
    }
    const timer = setTimeout(
      () => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(shopPage(page)),
      toRealMs(delayMs(page)),
    )
    response.once('close', () => clearTimeout(timer))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    template: `http://127.0.0.1:${port}/page/{n}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections?.()
      }),
  }
}
