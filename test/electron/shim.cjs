/**
 * What Electron 22 lacks of today's, for the verification in a real but older Electron. Loaded by `electron -r`; nothing in
 * `src/` knows of it.
 */
const { AsyncLocalStorage, AsyncResource } = require('node:async_hooks')
const fs = require('node:fs')
const os = require('node:os')
require('core-js/actual')
const { protocol } = require('electron')
const { fetch, Headers, Request, Response } = require('undici5')

Object.assign(globalThis, { fetch, Headers, Request, Response })

// Node 18.14.
os.availableParallelism ??= () => os.cpus().length

// Node 18.16.
AsyncLocalStorage.snapshot ??= () => {
  const here = new AsyncResource('snapshot')
  return (fn, ...args) => here.runInAsyncScope(fn, null, ...args)
}

// Node 20.16.
process.getBuiltinModule ??= require

// Node 22.19. The first thread's number is the process's; the kernel counts in ticks of 10 ms.
if (process.platform === 'linux')
  process.threadCpuUsage ??= () => {
    const [user, system] = fs
      .readFileSync(`/proc/self/task/${process.pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
      .slice(11, 13)
    return { user: user * 10_000, system: system * 10_000 }
  }

// protocol.handle, Electron 25, on top of what was there before it.
protocol.handle ??= (scheme, handler) => {
  protocol.registerBufferProtocol(scheme, async (request, answer) => {
    const response = await handler({ url: request.url, method: request.method })
    const headers = Object.fromEntries(response.headers)
    answer({
      statusCode: response.status,
      headers,
      mimeType: (headers['content-type'] ?? 'text/plain').split(';')[0],
      charset: 'utf-8',
      data: Buffer.from(await response.arrayBuffer()),
    })
  })
}
