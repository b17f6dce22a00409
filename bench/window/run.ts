/**
 * `npm run bench:window`: what the app and its page cost in a real Chromium, in percent of one core and in megabytes, read
 * from the kernel's own counters (proc(5)); and whether it keeps up with a crowd. With `--json` one line a goal and nothing else on
 * stdout; `--only WORD` measures `idle`, `spider`, `crowd`, `holds` or `hour` alone.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from '@playwright/test'
import { catalog } from '../../src/main/programs/catalog.ts'
import { startBrowserApp } from '../../test/window/browser-app.ts'
import { findChromium } from '../../test/window/chromium.ts'
import { ForkscopePage } from '../../test/window/forkscope-page.ts'

const TICK_MS = 10
const SETTLE_MS = 5_000
const MEASURE_MS = 15_000
/** An hour of the crowd is played so many times faster. */
const HOUR_FASTER = 20
const json = process.argv.includes('--json')
const only = process.argv[process.argv.indexOf('--only') + 1 || process.argv.length]

interface Goal {
  what: string
  measured: number
  goal: number
  unit: '% of a core' | '% of the time' | 'MB' | 'frames a second' | 'times' | 'ms'
  /** Whether more is better. */
  isLeast?: boolean
}

function isMet({ measured, goal, isLeast }: Goal): boolean {
  return isLeast ? measured >= goal : measured <= goal
}

function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** Memory that is a process's own, with its share of what it has in common with others. */
function megabytes(pid: number): number {
  return (Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) * 1024) / 1e6
}

async function processesOf(browser: Browser): Promise<{ id: number; type: string }[]> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** @returns each pid's share of a core over the time */
async function measureCpu(pids: readonly number[], ms: number): Promise<number[]> {
  const from = performance.now()
  const before = pids.map(cpuMs)
  await pause(ms)
  const tookMs = performance.now() - from
  return pids.map((pid, i) => ((cpuMs(pid) - (before[i] as number)) / tookMs) * 100)
}

/** Runs in the page. @returns frames a second, and the share of the time that was spent in tasks of more than 50 ms */
async function countFrames(ms: number): Promise<{ frames: number; long: number }> {
  let longMs = 0
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longMs += duration
  })
  observer.observe({ type: 'longtask' })
  const from = performance.now()
  let frames = 0
  await new Promise<void>((resolve) => {
    const frame = () => {
      frames++
      if (performance.now() - from < ms) requestAnimationFrame(frame)
      else resolve()
    }
    requestAnimationFrame(frame)
  })
  observer.disconnect()
  const tookMs = performance.now() - from
  return { frames: (frames / tookMs) * 1_000, long: (longMs / tookMs) * 100 }
}

const app = await startBrowserApp([], join(import.meta.dirname, 'app.ts'))
const browser = await chromium.launch(await findChromium())
const goals: Goal[] = []
const notes: string[] = []
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(app.url)
  const window = new ForkscopePage(page)
  await window.start.waitFor()
  const infos = await processesOf(browser)
  const renderer = infos.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  const gpu = infos.find(({ type }) => type === 'GPU')?.id
  const pids = [app.pid, ...renderer, ...(gpu ? [gpu] : [])]

  const measure = async (what: string, goal: number, ms: number) => {
    const [ofApp = 0, ...rest] = await measureCpu(pids, ms)
    const ofPage = rest.slice(0, renderer.length).reduce((sum, share) => sum + share, 0)
    const ofGpu = rest[renderer.length] ?? 0
    goals.push({ what, measured: ofApp + ofPage, goal, unit: '% of a core' })
    notes.push(
      `${what}: app ${ofApp.toFixed(1)} %, page ${ofPage.toFixed(1)} %, and the browser's drawing process ${ofGpu.toFixed(1)} %, which here draws without a graphics card`,
    )
  }

  const memory = (what: string) => {
    goals.push({ what: `memory of the app, ${what}`, measured: megabytes(app.pid), goal: 250, unit: 'MB' })
    const measured = Math.max(...renderer.map(megabytes))
    goals.push({ what: `memory of the page, ${what}`, measured, goal: 250, unit: 'MB' })
  }
  const stop = async (id: string) => {
    await window.stop.click()
    await window.phase(id, 'stopped')
  }
  const wants = (word: string) => only === undefined || only === word

  if (wants('idle')) {
    await window.choose('idle')
    await window.start.click()
    await window.phase('idle', 'running')
    await window.page.waitForFunction(() => document.querySelectorAll('[data-testid=process-row]').length === 10)
    await pause(SETTLE_MS)
    await measure('app and page, idle program of ten processes', 2, MEASURE_MS)
    await stop('idle')
  }

  if (wants('spider')) {
    await window.choose('spider')
    await window.parameter('pages').fill('200')
    await window.start.click()
    await window.poolCells.first().waitFor()
    await pause(SETTLE_MS)
    await measure('app and page, spider running', 6, MEASURE_MS)
    memory('spider running')
    await stop('spider')
  }

  const startCrowd = async (faster: number) => {
    await window.choose('crowd')
    await window.parameter('faster').fill(String(faster))
    await window.start.click()
    await window.row('process 199').waitFor({ state: 'attached' })
  }

  if (wants('crowd')) {
    await startCrowd(1)
    await pause(SETTLE_MS)
    const { frames, long } = await page.evaluate(countFrames, MEASURE_MS)
    const what = '200 processes, 50 queues, 2,000 events a second'
    goals.push({ what: `${what}: frames`, measured: frames, goal: 50, unit: 'frames a second', isLeast: true })
    goals.push({ what: `${what}: tasks of more than 50 ms`, measured: long, goal: 1, unit: '% of the time' })
    await measure(`app and page, ${what}`, 100, MEASURE_MS)
    await stop('crowd')
  }

  if (wants('holds')) {
    /** @returns for how long the app's event loop was held at most, in milliseconds, since this was last asked */
    const held = async () => {
      const before = app.printed().length
      app.child.kill('SIGUSR2')
      for (;;) {
        await pause(10)
        const found = /held for (.+) ms/.exec(app.printed().slice(before))
        if (found) return Number(found[1])
      }
    }
    const run = async (id: string, what: string, parameters: Record<string, string>) => {
      await window.choose(id)
      for (const [name, value] of Object.entries(parameters)) await window.parameter(name).fill(value)
      await held()
      await window.start.click()
      const row = window.program(id)
      await row.and(page.locator('[data-phase=running]')).waitFor()
      await row.and(page.locator(':not([data-phase=running])')).waitFor({ timeout: 60_000 })
      goals.push({ what: `the app's event loop held at most, ${what}`, measured: await held(), goal: 100, unit: 'ms' })
    }
    for (const { id } of catalog) await run(id, id, { speed: '4' })
    await run('spider', 'spider of 16 workers and 200 pages', { speed: '20', workers: '16', pages: '200' })
  }

  if (wants('hour')) {
    await startCrowd(HOUR_FASTER)
    // A third of it fills what is bounded; after that nothing may grow.
    const third = 3_600_000 / HOUR_FASTER / 3
    await pause(third)
    const before = [app.pid, ...renderer].map(megabytes)
    await pause(2 * third)
    const grown = [app.pid, ...renderer].map((pid, i) => megabytes(pid) / (before[i] as number))
    const after = [app.pid, ...renderer].map((pid) => `${megabytes(pid).toFixed(0)} MB`)
    notes.push(`memory after an hour of that, app and page: ${after.join(', ')}`)
    const what = 'memory after an hour of that, beside a third of it'
    goals.push({ what: `${what}, the app`, measured: grown[0] as number, goal: 1.1, unit: 'times' })
    goals.push({ what: `${what}, the page`, measured: Math.max(...grown.slice(1)), goal: 1.1, unit: 'times' })
    await stop('crowd')
  }
} finally {
  await browser.close()
  await app.end()
}

for (const each of goals) {
  const { what, measured, goal, unit, isLeast } = each
  const met = isMet(each)
  const rounded = Number(measured.toFixed(2))
  if (json) process.stdout.write(`${JSON.stringify({ what, measured: rounded, goal, unit, met })}\n`)
  else {
    const bound = isLeast ? 'at least' : 'at most'
    process.stdout.write(`${met ? 'met    ' : 'NOT MET'}  ${what}: ${rounded} ${unit}, goal ${bound} ${goal}\n`)
  }
}
if (!json) for (const note of notes) process.stdout.write(`         ${note}\n`)
process.exitCode = goals.every(isMet) ? 0 : 1
