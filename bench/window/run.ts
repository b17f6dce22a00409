/**
 * `npm run bench:window`: what the app and its page cost in a real Chromium, in percent of one core and in megabytes, read
 * from the kernel's own counters (proc(5)). With `--json` one line a goal and nothing else on stdout.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from '@playwright/test'
import { startBrowserApp } from '../../test/window/browser-app.ts'
import { findChromium } from '../../test/window/chromium.ts'
import { ForkscopePage } from '../../test/window/forkscope-page.ts'

const TICK_MS = 10
const SETTLE_MS = 5_000
const MEASURE_MS = 15_000
const json = process.argv.includes('--json')

interface Goal {
  what: string
  measured: number
  goal: number
  unit: '% of a core' | 'MB'
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

  await window.choose('idle')
  await window.start.click()
  await window.phase('idle', 'running')
  await window.page.waitForFunction(() => document.querySelectorAll('[data-testid=process-row]').length === 10)
  await pause(SETTLE_MS)
  await measure('app and page, idle program of ten processes', 3, MEASURE_MS)
  await window.stop.click()
  await window.phase('idle', 'stopped')

  await window.choose('spider')
  await window.parameter('pages').fill('200')
  await window.start.click()
  await window.poolCells.first().waitFor()
  await pause(SETTLE_MS)
  await measure('app and page, spider running', 10, MEASURE_MS)
  goals.push({ what: 'memory of the app', measured: megabytes(app.pid), goal: 250, unit: 'MB' })
  goals.push({ what: 'memory of the page', measured: Math.max(...renderer.map(megabytes)), goal: 250, unit: 'MB' })
  await window.stop.click()
  await window.phase('spider', 'stopped')
} finally {
  await browser.close()
  await app.end()
}

for (const { what, measured, goal, unit } of goals) {
  const met = measured <= goal
  const rounded = Number(measured.toFixed(2))
  if (json) process.stdout.write(`${JSON.stringify({ what, measured: rounded, goal, unit, met })}\n`)
  else process.stdout.write(`${met ? 'met    ' : 'NOT MET'}  ${what}: ${rounded} ${unit}, goal at most ${goal}\n`)
}
if (!json) for (const note of notes) process.stdout.write(`         ${note}\n`)
process.exitCode = goals.every(({ measured, goal }) => measured <= goal) ? 0 : 1
