/** The real app in the real Electron that `run.ts` found, one for each test, with a folder of its own for what it keeps. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type ElectronApplication, _electron as electron, expect } from '@playwright/test'
import { sandboxArguments } from '../../src/main/hosts/display.ts'
import { ForkscopePage } from '../window/forkscope-page.ts'

function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: start these tests with npm run test:electron.`)
  return value
}

/** @returns the program and its arguments: the switches come before the app's path */
export function electronCommand(): { executablePath: string; args: string[] } {
  const shim = process.env.FORKSCOPE_TEST_SHIM
  return {
    executablePath: setting('FORKSCOPE_TEST_ELECTRON'),
    args: [
      ...sandboxArguments(),
      '--disable-gpu',
      ...(shim ? ['-r', shim] : []),
      join(setting('FORKSCOPE_TEST_OUT'), 'main', 'main', 'index.cjs'),
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
}

interface Fixtures {
  /** Where the app keeps what it keeps. */
  home: string
  environment: Record<string, string>
  launch: () => Promise<DesktopApp>
  app: DesktopApp
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  home: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'forkscope-electron-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
  environment: async ({ home }, use) => {
    await use({ ...(process.env as Record<string, string>), XDG_CONFIG_HOME: home })
  },
  launch: async ({ environment }, use) => {
    const started: { application: ElectronApplication; child: ChildProcess; gone: Promise<unknown> }[] = []
    await use(async () => {
      const application = await electron.launch({ ...electronCommand(), env: environment })
      const child = application.process()
      const gone = child.exitCode === null ? once(child, 'exit') : Promise.resolve()
      const window = new ForkscopePage(await application.firstWindow())
      started.push({ application, child, gone })
      await window.start.waitFor()
      return { electron: application, window, pid: child.pid as number, gone }
    })
    for (const { application, child, gone } of started) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      await application.close()
      await gone
    }
  },
  app: async ({ launch }, use) => {
    await use(await launch())
  },
})

export { expect }
