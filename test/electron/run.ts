/**
 * `npm run test:electron`: builds the app for the Electron that is here, and drives it under a display of its own.
 * Without an Electron it says in one line that it skipped; with FORKSCOPE_ELECTRON_REQUIRED=1 that is a failure.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { hasDisplay } from '../../src/main/hosts/display.ts'
import { installedElectron } from '../../src/main/hosts/electron-binary.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const OLD_VERSION = '22'
const required = process.env.FORKSCOPE_ELECTRON_REQUIRED === '1'

function skip(reason: string): never {
  process.stdout.write(`Skipped, nothing was tested: there is no Electron to drive here (${reason}).\n`)
  process.exit(required ? 1 : 0)
}

function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): void {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

function binOf(name: string, bin: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), bin)
}

const electron = installedElectron()
if ('missing' in electron) skip(electron.missing)
const xvfb = spawnSync('xvfb-run', ['--help'], { stdio: 'ignore' }).status === 0
if (!xvfb && !hasDisplay()) skip('there is no display, and no xvfb-run to make one')

const version = readFileSync(join(dirname(electron.path), 'version'), 'utf8')
  .trim()
  .replace(/^v/, '')
const old = version.startsWith(`${OLD_VERSION}.`)
const mode = `electron-${old ? OLD_VERSION : '45'}`
process.stdout.write(`Electron ${version}, ${electron.path}\n`)
run(process.execPath, [binOf('electron-vite', 'bin/electron-vite.js'), 'build', '--logLevel', 'warn', '--mode', mode])
const playwright = [process.execPath, binOf('@playwright/test', 'cli.js'), 'test', ...process.argv.slice(2)]
const [command, ...args] = xvfb ? ['xvfb-run', '-a', '-s', '-screen 0 1920x1200x24', ...playwright] : playwright
// Words that choose some tests may choose none of one project.
const some = process.argv.length > 2 ? ['--pass-with-no-tests'] : []
for (const project of ['electron', 'electron-window']) {
  run(command as string, [...args, `--project=${project}`, ...some], {
    FORKSCOPE_TEST_ELECTRON: electron.path,
    FORKSCOPE_TEST_OUT: join(ROOT, `out-${mode}`),
    ...(old && { FORKSCOPE_TEST_SHIM: join(import.meta.dirname, 'shim.cjs') }),
    FORKSCOPE_NODE: process.execPath,
  })
}
