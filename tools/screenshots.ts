/**
 * Takes pictures of every program in mid-run and stopped, and of scenes that are stuck, failed or more than there is room for, at every
 * size, zoomed to 200 % and in both themes, and checks each with axe.
 * The pictures land in `screenshots/`, which is not in git. `npm run screenshots -- spider` takes one program only.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { startBrowserApp } from '../test/window/browser-app.ts'
import { findChromium } from '../test/window/chromium.ts'
import { ForkscopePage } from '../test/window/forkscope-page.ts'

const SIZES = [
  { width: 900, height: 600 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
  { width: 2560, height: 1440 },
  // What is left of 1280×800 at 200 %.
  { width: 640, height: 400 },
] as const
const STAGED = join(import.meta.dirname, '..', 'test', 'fixtures', 'staged-app.ts')
const THEMES = ['light', 'dark'] as const
const FOLDER = join(import.meta.dirname, '..', 'screenshots')
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8')

/** What each program has shown when it is in the middle of its work. */
const MIDDLE: Record<string, (window: ForkscopePage) => Promise<unknown>> = {
  'dog-cat': (window) => window.outputLines.nth(4).waitFor(),
  'download-analysis': (window) => window.outputLines.nth(9).waitFor(),
  spider: (window) => window.poolCells.locator('nth=5').and(window.page.locator('[data-state=done]')).waitFor(),
  threads: (window) => window.outputLines.nth(2).waitFor(),
  socket: (window) => window.outputLines.nth(5).waitFor(),
  file: (window) => window.outputLines.nth(5).waitFor(),
  swallowed: (window) => window.problems.nth(2).waitFor(),
  stuck: (window) => window.problems.first().waitFor(),
  failed: (window) => window.phase('failed', 'failed'),
  many: (window) => window.problems.nth(11).waitFor(),
}

interface AxeResult {
  violations: { id: string; help: string; nodes: { target: string[]; failureSummary: string }[] }[]
}

async function findFaults(page: Page): Promise<string[]> {
  // Through the debugger, which the page's own policy does not concern.
  await page.evaluate(AXE)
  const { violations } = (await page.evaluate('axe.run()')) as AxeResult
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary.replaceAll(/\s+/g, ' ')}`),
  )
}

/** @returns how many faults axe has found */
async function takePictures(page: Page, name: string): Promise<number> {
  let faults = 0
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme })
    for (const size of SIZES) {
      await page.setViewportSize(size)
      // Two frames: one to lay out, one to draw what depends on the layout.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
      await page.screenshot({ path: join(FOLDER, `${name}-${theme}-${size.width}.png`) })
    }
    for (const fault of await findFaults(page)) {
      faults++
      process.stdout.write(`${name}, ${theme}: ${fault}\n`)
    }
  }
  return faults
}

const wanted = process.argv.slice(2)
mkdirSync(FOLDER, { recursive: true })
const app = await startBrowserApp([], STAGED)
const browser = await chromium.launch(await findChromium())
let faults = 0
try {
  for (const [id, middle] of Object.entries(MIDDLE)) {
    if (wanted.length > 0 && !wanted.includes(id)) continue
    const context = await browser.newContext({ viewport: SIZES[1], reducedMotion: 'reduce' })
    const page = await context.newPage()
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) process.stdout.write(`${id}: ${message.text()}\n`)
    })
    page.on('pageerror', (error) => process.stdout.write(`${id}: ${error.message}\n`))
    await page.goto(app.url)
    const window = new ForkscopePage(page)
    await window.choose(id)
    await window.start.click()
    await middle(window)
    faults += await takePictures(page, id)
    if (await window.stop.isEnabled().catch(() => false)) {
      await page.setViewportSize(SIZES[1])
      await window.stop.click()
      await window.start.waitFor()
      faults += await takePictures(page, `${id}-stopped`)
    }
    await context.close()
  }
} finally {
  await browser.close()
  await app.end()
}
process.stdout.write(`${faults} faults found by axe\n`)
process.exitCode = faults > 0 ? 1 : 0
