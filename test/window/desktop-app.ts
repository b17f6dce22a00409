/** The real app in the real Electron that `test/electron/run.ts` found. */
import { once } from 'node:events'
import { join } from 'node:path'
import { type ElectronApplication, _electron as electron } from '@playwright/test'
import { sandboxArguments } from '../../src/main/hosts/display.ts'
import { ForkscopePage } from './forkscope-page.ts'

/** Which programs it has: its own, those of a kind that it does not know, or those that play scenes. */
export type Cast = 'own' | 'played' | 'staged'

const ENTRIES: Readonly<Record<Cast, string>> = {
  own: 'main/main/index.cjs',
  played: 'main/test/fixtures/electron/played-app.cjs',
  staged: 'main/test/fixtures/electron/staged-app.cjs',
}

function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: start these tests with npm run test:electron.`)
  return value
}

/** @returns the program and its arguments: the switches come before the app's path */
export function electronCommand(cast: Cast = 'own'): { executablePath: string; args: string[] } {
  const shim = process.env.FORKSCOPE_TEST_SHIM
  return {
    executablePath: setting('FORKSCOPE_TEST_ELECTRON'),
    args: [
      ...sandboxArguments(),
      '--disable-gpu',
      ...(shim ? ['-r', shim] : []),
      join(setting('FORKSCOPE_TEST_OUT'), ENTRIES[cast]),
    ],
  }
}

export interface DesktopApp {
  electron: ElectronApplication
  window: ForkscopePage
  /** Of Electron's main process. */
  pid: number
  /** Resolves when the main process is gone. */
  gone: Promise<unknown>
  /** Everything it has printed, both streams. */
  printed(): string
  /** Ends it, if it has not ended, and waits until it is gone. */
  end(): Promise<void>
}

/** @param home where it keeps what it keeps */
export async function launchDesktop(home: string, cast: Cast = 'own'): Promise<DesktopApp> {
  const application = await electron.launch({ ...electronCommand(cast), env: environmentIn(home) })
  const child = application.process()
  const gone = child.exitCode === null ? once(child, 'exit') : Promise.resolve()
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk))
  const window = new ForkscopePage(await application.firstWindow())
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    await application.close()
    await gone
  }
  await window.start.waitFor()
  return { electron: application, window, pid: child.pid as number, gone, printed: () => text, end }
}

export function environmentIn(home: string): Record<string, string> {
  return { ...(process.env as Record<string, string>), XDG_CONFIG_HOME: home }
}
