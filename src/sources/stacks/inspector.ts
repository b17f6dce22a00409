/** As much of Node's inspector as tells where a program is: the Debugger and Runtime domains of the Chrome DevTools Protocol. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { z } from 'zod'

export interface Frame {
  name: string
  url: string
  /** From 1, as editors count. */
  line: number
  column: number
}

const ANSWERS_WITHIN_MS = 2_000
const CLOSES_WITHIN_MS = 1_000
/** Who runs code is stopped at once; who is idle is not until it does. */
const PAUSES_WITHIN_MS = 400

const targets = z.array(z.object({ webSocketDebuggerUrl: z.string() })).min(1)
const message = z.object({ id: z.number().optional(), method: z.string().optional(), params: z.unknown().optional() })
const paused = z.object({
  callFrames: z.array(
    z.object({
      functionName: z.string(),
      location: z.object({ scriptId: z.string(), lineNumber: z.number(), columnNumber: z.number().default(0) }),
    }),
  ),
})

const parsed = z.object({ scriptId: z.string(), url: z.string() })

export class Inspector {
  readonly #socket: WebSocket
  /** Where each script is, by its id: a place in one names the script by that alone. */
  readonly #urls = new Map<string, string>()
  readonly #answers = new Map<number, () => void>()
  #onPaused: ((frames: Frame[]) => void) | undefined
  #id = 0

  /** @throws Error if nothing that speaks as an inspector does answers on that port of this machine */
  static async connect(port: number): Promise<Inspector> {
    const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS)
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`, { signal })
    const [target] = targets.parse(await answer.json())
    const path = new URL(target?.webSocketDebuggerUrl ?? '').pathname
    // The answer is not to lead anywhere else.
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { handshakeTimeout: ANSWERS_WITHIN_MS })
    await once(socket, 'open', { signal })
    return new Inspector(socket)
  }

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('error', () => socket.terminate())
    socket.on('message', (data) => this.#hear(String(data)))
  }

  /** @returns where the main thread is, which goes on at once; null if it runs no JavaScript now */
  async pause(): Promise<Frame[] | null> {
    const { promise, resolve } = Promise.withResolvers<Frame[] | null>()
    this.#onPaused = resolve
    void this.#send('Debugger.enable')
    void this.#send('Debugger.pause')
    const timer = setTimeout(() => resolve(null), PAUSES_WITHIN_MS)
    const frames = await promise
    clearTimeout(timer)
    this.#onPaused = undefined
    void this.#send('Debugger.disable')
    return frames
  }

  /** Whether it answers: then its event loop had only been waiting. */
  isIdle(): Promise<boolean> {
    return within(this.#send('Runtime.evaluate', { expression: '0' }), PAUSES_WITHIN_MS)
  }

  /** @param whole the inspector itself is closed as well, so that its port is */
  async close(whole: boolean): Promise<void> {
    const closed = once(this.#socket, 'close').then(() => undefined)
    if (whole) {
      const expression = "(process.getBuiltinModule ?? require)('inspector').close()"
      void this.#send('Runtime.evaluate', { expression, includeCommandLineAPI: true })
      // Who leaves before that has begun takes it along: closing closes this connection as well.
      if (await within(closed, CLOSES_WITHIN_MS)) return
    }
    this.#socket.close()
    if (!(await within(closed, ANSWERS_WITHIN_MS))) this.#socket.terminate()
  }

  #send(method: string, params: Record<string, unknown> = {}): Promise<void> {
    const id = ++this.#id
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#answers.set(id, resolve)
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ id, method, params }))
    return promise
  }

  #hear(text: string): void {
    const { success, data } = message.safeParse(safeJson(text))
    if (!success) return
    if (data.id !== undefined) this.#answers.get(data.id)?.()
    const script = data.method === 'Debugger.scriptParsed' ? parsed.safeParse(data.params) : undefined
    if (script?.success) this.#urls.set(script.data.scriptId, script.data.url)
    if (data.method !== 'Debugger.paused') return
    // Whatever it stopped for, and whatever it tells: it goes on.
    void this.#send('Debugger.resume')
    const found = paused.safeParse(data.params)
    if (!found.success) return
    this.#onPaused?.(
      found.data.callFrames.map(({ functionName, location }) => {
        const url = this.#urls.get(location.scriptId) ?? ''
        return { name: functionName, url, line: location.lineNumber + 1, column: location.columnNumber + 1 }
      }),
    )
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** @returns whether it resolved in that time */
async function within(promise: Promise<void>, timeMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeMs)
  })
  const isDone = await Promise.race([promise.then(() => true), late])
  clearTimeout(timer)
  return isDone
}
