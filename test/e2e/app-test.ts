/**
 * Tests of the window, each with its own app: in a real browser, or in a real Electron where `test/electron/run.ts` has found one. What needs the browser's
 * host itself is in `host.spec.ts`, with the fixtures `app` and `chrome`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, test as base, chromium, expect, type Fixtures, type Page } from '@playwright/test'
import { type BrowserApp, startBrowserApp } from '../window/browser-app.ts'
import { findChromium } from '../window/chromium.ts'
import { type Cast, type DesktopApp, launchDesktop } from '../window/desktop-app.ts'
import { ForkscopePage } from '../window/forkscope-page.ts'

export interface View {
  width: number
  height: number
}

interface Both {
  cast: Cast
  /** The pid of the app. */
  appPid: number
  /** All that the app has printed so far. */
  printed: () => string
  /** Opens the window at a size. @param prepare before anything of the page runs */
  openAt: (view: View, prepare?: (page: Page) => Promise<void>) => Promise<ForkscopePage>
  /** One that is open and connected. What it says in the console as an error fails the test. */
  window: ForkscopePage
}

interface One {
  /** Only in a browser. */
  app: BrowserApp
  /** Only in Electron. */
  desktop: DesktopApp
}

type Given = Fixtures<Both & One, { chrome: Browser }>

const USUAL: View = { width: 1280, height: 800 }
const APPS: Readonly<Record<Cast, string | undefined>> = {
  own: undefined,
  played: join(import.meta.dirname, '..', 'fixtures', 'played-app.ts'),
  staged: join(import.meta.dirname, '..', 'fixtures', 'staged-app.ts'),
}

/** @returns what the page says of errors, from now on */
function errorsOf(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  return errors
}

const browser: Given = {
  chrome: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
    async ({}, use) => {
      const chrome = await chromium.launch(await findChromium())
      await use(chrome)
      await chrome.close()
    },
    { scope: 'worker' },
  ],
  app: async ({ cast }, use) => {
    const app = await startBrowserApp([], APPS[cast])
    await use(app)
    await app.end()
  },
  appPid: async ({ app }, use) => {
    await use(app.pid)
  },
  printed: async ({ app }, use) => {
    await use(app.printed)
  },
  openAt: async ({ app, chrome }, use) => {
    const context = await chrome.newContext()
    const errors: string[][] = []
    await use(async (viewport, prepare) => {
      const page = await context.newPage()
      errors.push(errorsOf(page))
      await page.setViewportSize(viewport)
      await prepare?.(page)
      await page.goto(app.url)
      const window = new ForkscopePage(page)
      await window.start.waitFor()
      return window
    })
    expect(errors.flat()).toEqual([])
    await context.close()
  },
}

const desktop: Given = {
  desktop: async ({ cast }, use) => {
    const home = mkdtempSync(join(tmpdir(), 'forkscope-electron-'))
    try {
      const app = await launchDesktop(home, cast)
      await use(app)
      await app.end()
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
  },
  appPid: async ({ desktop }, use) => {
    await use(desktop.pid)
  },
  printed: async ({ desktop }, use) => {
    await use(desktop.printed)
  },
  openAt: async ({ desktop: { electron, window } }, use) => {
    const { page } = window
    const errors = errorsOf(page)
    await use(async (view, prepare) => {
      await electron.evaluate(({ BrowserWindow }, { width, height }) => {
        BrowserWindow.getAllWindows()[0]?.setContentSize(width, height)
      }, view)
      await page.setViewportSize(view)
      await prepare?.(page)
      await page.reload()
      await window.start.waitFor()
      return window
    })
    expect(errors).toEqual([])
  },
}

export const test = base.extend<Both & One, { chrome: Browser }>({
  cast: ['own', { option: true }],
  ...(process.env.FORKSCOPE_TEST_ELECTRON ? desktop : browser),
  window: async ({ openAt }, use) => {
    await use(await openAt(USUAL))
  },
})

/** The same with programs that play a list of events: they stand still, whatever the machine does. */
export const playedTest = test.extend({ cast: 'played' })

export { expect }
