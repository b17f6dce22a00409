/**
 * Takes pictures of every program in mid-run and stopped, and of scenes that are stuck, failed or more than there is room for, at every
 * size, zoomed to 200 % and in both themes, and checks each with axe.
 * The pictures land in `screenshots/`, which is not in git. `npm run screenshots -- spider` takes one program only.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { startBrowserApp } from '../test/window/browser-app.ts'
import { findChromium } from '../test/window/chromium.ts'
import { ForkscopePage } from '../test/window/forkscope-page.ts'
import { type Scene, scenes } from './screenshot-scenes.ts'

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

/** Plays a scene, and takes pictures of it, of what is selected in it, and of it stopped. */
async function playScene(page: Page, { name, program, before, middle, select }: Scene): Promise<number> {
  let faults = 0
  const window = new ForkscopePage(page)
  await window.choose(program)
  await before?.(window)
  if (middle) {
    await window.start.click()
    await middle(window)
  }
  await page.mouse.move(1, 1)
  faults += await takePictures(page, name)
  if (select) {
    await page.setViewportSize(SIZES[1])
    await select(window)
    await page.mouse.move(1, 1)
    faults += await takePictures(page, `${name}-selected`)
  }
  if (await window.stop.isEnabled({ timeout: 500 }).catch(() => false)) {
    await page.setViewportSize(SIZES[1])
    await window.stop.click()
    await window.start.waitFor()
    faults += await takePictures(page, `${name}-stopped`)
  }
  return faults
}

const wanted = process.argv.slice(2)
// What is left of another time is no picture of this.
if (wanted.length === 0) rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER, { recursive: true })
const app = await startBrowserApp([], STAGED)
const browser = await chromium.launch(await findChromium())
let faults = 0
try {
  for (const scene of scenes()) {
    if (wanted.length > 0 && !wanted.includes(scene.name) && !wanted.includes(scene.program)) continue
    const context = await browser.newContext({ viewport: SIZES[1], reducedMotion: 'reduce' })
    const page = await context.newPage()
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) process.stdout.write(`${scene.name}: ${message.text()}\n`)
    })
    page.on('pageerror', (error) => process.stdout.write(`${scene.name}: ${error.message}\n`))
    await page.goto(app.url)
    faults += await playScene(page, scene)
    await context.close()
  }
} finally {
  await browser.close()
  await app.end()
}
process.stdout.write(`${faults} faults found by axe\n`)
process.exitCode = faults > 0 ? 1 : 0
