/** What the browser's host promises: loopback, a token, no leftovers, and a page that comes back. */

import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { writeDoor } from '../../src/main/hosts/browser-window.ts'
import { isAlive } from '../wait-until.ts'
import { startBrowserApp } from '../window/browser-app.ts'
import { ForkscopePage } from '../window/forkscope-page.ts'
import { expect, test } from './app-test.ts'

test('the page has a strict policy, and nothing on it breaks that', async ({ app, window }) => {
  const answer = await window.page.request.get(app.url.replace(/#.*/, ''))
  const policy = answer.headers()['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
  expect(await window.page.evaluate(() => typeof (globalThis as { require?: unknown }).require)).toBe('undefined')
})

test('the token leaves the address, and a reload keeps the connection', async ({ window }) => {
  expect(window.page.url()).not.toContain('token')
  await window.page.reload()
  await expect(window.start).toBeVisible()
})

test('a wrong token gets a page that says so, and no API', async ({ app, chrome }) => {
  const page = await chrome.newPage()
  await page.goto(app.url.replace(/token=.*/, 'token=wrong'))
  await expect(page.getByTestId('connection-refused')).toContainText('This address does not open Forkscope')
  await page.close()
})

test('the token is never printed but in the line that gives it', async ({ app, window }) => {
  await window.page.reload()
  const token = /token=(\S+)/.exec(app.url)?.[1] as string
  expect(app.printed().split(token)).toHaveLength(2)
})

test('a closed tab stops nothing, and a new one finds the run', async ({ app, window, chrome }) => {
  await window.choose('spider')
  await window.start.click()
  await expect.poll(() => window.childPids()).toHaveLength(4)
  const pids = await window.childPids()
  await window.page.close()
  const page = await chrome.newPage()
  await page.goto(app.url)
  const again = new ForkscopePage(page)
  await again.choose('spider')
  await expect.poll(() => again.processRows.count()).toBeGreaterThanOrEqual(5)
  expect((await again.processes()).map(({ pid }) => pid)).toEqual(expect.arrayContaining(pids))
  await page.close()
})

test('the page says when the app is gone', async ({ app, window }) => {
  await app.end()
  await expect(window.page.getByTestId('connection-lost')).toBeVisible()
  // The browser itself notes each attempt that fails; that is not the page's error.
  window.page.removeAllListeners('console')
})

for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL'] as const) {
  test(`${signal} in the middle of the spider leaves no process`, async ({ chrome }) => {
    const app = await startBrowserApp()
    const page = await chrome.newPage()
    await page.goto(app.url)
    const window = new ForkscopePage(page)
    await window.choose('spider')
    await window.start.click()
    await expect.poll(() => window.childPids()).toHaveLength(4)
    const pids = await window.childPids()
    await page.close()
    await app.end(signal)
    // The promise is one second; the rest is for a machine that is busy with other tests.
    await expect
      .poll(() => pids.filter(isAlive), { timeout: signal === 'SIGKILL' ? 3_000 : 100, intervals: [50] })
      .toEqual([])
  })
}

test('the door leads to the page, and only its owner can read it', async ({ app, chrome }) => {
  const door = writeDoor(app.url)
  expect(door).not.toContain('token')
  expect(statSync(fileURLToPath(door)).mode & 0o077).toBe(0)
  const page = await chrome.newPage()
  await page.goto(door)
  await new ForkscopePage(page).start.waitFor()
  await page.close()
})

test('two windows show the same run', async ({ app, window, chrome }) => {
  const page = await chrome.newPage()
  await page.goto(app.url)
  const second = new ForkscopePage(page)
  await second.choose('dog-cat')
  await window.choose('dog-cat')
  await window.start.click()
  await expect(second.row('dog')).toBeVisible()
  expect(await second.childPids()).toEqual(await window.childPids())
  await second.stop.click()
  await window.phase('dog-cat', 'stopped')
  await page.close()
})
