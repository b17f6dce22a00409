/** What `npm start` runs: opens the app in Electron where that can be had, else in a browser. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { packageRoot } from './app-info.ts'
import { runBrowserHost } from './hosts/browser.ts'
import { PortError } from './hosts/browser-server.ts'
import { hasDisplay, sandboxArguments } from './hosts/display.ts'
import { findElectron } from './hosts/electron-binary.ts'

const EXIT_BAD_USAGE = 2

interface Options {
  browser?: boolean
  port?: number
  open: boolean
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return port
}

function newestChange(path: string): number {
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.mtimeMs
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))))
}

/** Builds the app if it was not, or if its source has changed since. */
function build(root: string): void {
  const built = join(root, 'out', 'renderer', 'index.html')
  const sources = [join(root, 'src'), join(root, 'electron.vite.config.ts')].filter(existsSync)
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
function runElectron(binary: string, root: string): Promise<number> {
  const child = spawn(binary, [...sandboxArguments(), root], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

async function main(): Promise<void> {
  const command = new Command('npm start --')
    .description('Open Forkscope.')
    .option('--browser', 'in a browser instead of Electron')
    .option('--port <number>', 'the port for the browser; a free one if left out', parsePort)
    .option('--no-open', 'only print the address')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  command.parse(process.argv)
  const options = command.opts<Options>()
  const root = packageRoot()
  build(root)
  if (!options.browser) {
    const electron = hasDisplay() ? findElectron() : { missing: 'there is no display' }
    if ('path' in electron) {
      process.exitCode = await runElectron(electron.path, root)
      return
    }
    process.stderr.write(`Electron cannot be used here: ${electron.missing}. Forkscope opens in a browser instead.\n`)
  }
  await runBrowserHost({ port: options.port ?? 0, open: options.open })
}

main().catch((error: unknown) => {
  if (error instanceof CommanderError && error.exitCode === 0) return
  const usage = error instanceof CommanderError || error instanceof PortError
  process.stderr.write(`${(error as Error).message.replace(/^error: /, '')}\n`)
  process.exit(usage ? EXIT_BAD_USAGE : 1)
})
