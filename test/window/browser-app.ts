/** The app as `npm start -- --browser --no-open` runs it, as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const LAUNCH = join(import.meta.dirname, '..', '..', 'src', 'main', 'launch.ts')

export interface BrowserApp {
  readonly url: string
  readonly pid: number
  readonly child: ChildProcess
  /** Everything it has printed, both streams. */
  printed(): string
  /** Ends it by a signal, and waits until it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>
}

/**
 * @param args further arguments
 * @param entry the module to run, if not the app itself
 * @param first what comes before all arguments
 * @throws Error with what it printed, if it ends before it is ready
 */
export async function startBrowserApp(
  args: readonly string[] = [],
  entry = LAUNCH,
  first: readonly string[] = [],
): Promise<BrowserApp> {
  const words = [entry, ...first, '--browser', '--no-open', ...args]
  const child = spawn(process.execPath, ['--conditions=forkscope-source', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      text += chunk
      const found = /^Forkscope is ready: (\S+)$/m.exec(text)
      if (found?.[1]) resolve(found[1])
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`Forkscope ended with ${code} before it was ready: ${text}`)))
  })
  return {
    url,
    pid: child.pid as number,
    child,
    printed: () => text,
    end: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill(signal)
      await once(child, 'exit')
    },
  }
}
