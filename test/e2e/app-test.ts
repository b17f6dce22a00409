/** Tests of the window in a real browser: each test has its own app process and its own page. */
import { join } from 'node:path'
import { type Browser, test as base, chromium, expect } from '@playwright/test'
import { type BrowserApp, startBrowserApp } from '../window/browser-app.ts'
import { findChromium } from '../window/chromium.ts'
import { ForkscopePage } from '../window/forkscope-page.ts'

interface Fixtures {
  app: BrowserApp
  window: ForkscopePage
}

export const test = base.extend<Fixtures, { chrome: Browser }>({
  chrome: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
    async ({}, use) => {
      const browser = await chromium.launch(await findChromium())
      await use(browser)
      await browser.close()
    },
    { scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  app: async ({}, use) => {
    const app = await startBrowserApp()
    await use(app)
    await app.end()
  },
  /** A page that is open and connected. What it says in the console as an error fails the test. */
  window: async ({ app, chrome }, use) => {
    const context = await chrome.newContext({ viewport: { width: 1280, height: 800 } })
    const page = await context.newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    await page.goto(app.url)
    const window = new ForkscopePage(page)
    await window.start.waitFor()
    await use(window)
    expect(errors).toEqual([])
    await context.close()
  },
})

/** The same with programs that play a list of events: they stand still, whatever the machine does. */
export const playedTest = test.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  app: async ({}, use) => {
    const app = await startBrowserApp([], join(import.meta.dirname, '..', 'fixtures', 'played-app.ts'))
    await use(app)
    await app.end()
  },
})

export { expect }
