/** Opens the app's window: in Electron where that can be had, else in a browser. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { packageRoot } from './app-info.ts'
import { type AskedFor, askingEnvironment } from './asked-for.ts'
import { runBrowserHost } from './hosts/browser.ts'
import { hasDisplay, sandboxArguments } from './hosts/display.ts'
import { findElectron } from './hosts/electron-binary.ts'

export interface WindowOptions {
  /** A browser, even where Electron could be had. */
  browser: boolean
  /** The port for the browser; 0 for a free one. */
  port: number
  /** Whether a browser is opened, or its address only printed. */
  open: boolean
  /** What it begins with. */
  asked: AskedFor | null
}

function newestChange(path: string): number {
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.mtimeMs
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))))
}

/** Builds the app if it was not, or if its source has changed since. */
function build(root: string): void {
  const built = join(root, 'out', 'renderer', 'index.html')
  const config = join(root, 'electron.vite.config.ts')
  if (!existsSync(built) && !existsSync(config)) {
    throw new Error('The window does not come with this package: clone Forkscope, and run it there.')
  }
  const sources = [join(root, 'src'), config].filter(existsSync)
  if (existsSync(built) && sources.every((source) => newestChange(source) <= statSync(built).mtimeMs)) return
  process.stderr.write('Building the app…\n')
  const manifest = createRequire(import.meta.url).resolve('electron-vite/package.json')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(dirname(manifest), 'bin', 'electron-vite.js'), 'build', '--logLevel', 'warn'],
    { cwd: root, encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`The app could not be built:\n${stdout}${stderr}`)
}

/** Runs Electron to its end. @returns its exit code */
function runElectron(binary: string, root: string, asked: AskedFor | null): Promise<number> {
  const child = spawn(binary, [...sandboxArguments(), root], { stdio: 'inherit', env: askingEnvironment(asked) })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

/**
 * Opens it, built anew if its source has changed. With Electron it resolves when that has ended, with the exit code as this process's.
 * @throws Error if it cannot be built, PortError if the port cannot be had
 */
export async function openWindow({ browser, port, open, asked }: WindowOptions): Promise<void> {
  const root = packageRoot()
  build(root)
  if (!browser) {
    const electron = hasDisplay() ? findElectron() : { missing: 'there is no display' }
    if ('path' in electron) {
      process.exitCode = await runElectron(electron.path, root, asked)
      return
    }
    process.stderr.write(`Electron cannot be used here: ${electron.missing}. Forkscope opens in a browser instead.\n`)
  }
  await runBrowserHost({ port, open, asked })
}
