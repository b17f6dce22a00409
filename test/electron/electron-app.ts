/** Tests of the app in Electron: each has its own app, with a folder of its own for what it keeps. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect } from '@playwright/test'
import { type DesktopApp, environmentIn, launchDesktop } from '../window/desktop-app.ts'

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
    await use(environmentIn(home))
  },
  launch: async ({ home }, use) => {
    const started: DesktopApp[] = []
    await use(async () => {
      const app = await launchDesktop(home)
      started.push(app)
      return app
    })
    for (const app of started) await app.end()
  },
  app: async ({ launch }, use) => {
    await use(await launch())
  },
})

export { expect }
