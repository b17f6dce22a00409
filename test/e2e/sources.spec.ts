/** A source of a kind that the app does not know, in a window: what it tells is shown, and it is asked for what it can. */
import { join } from 'node:path'
import { testIds } from '../../src/renderer/views/test-ids.ts'
import { startBrowserApp } from '../window/browser-app.ts'
import { test as base, expect } from './app-test.ts'

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  app: async ({}, use) => {
    const app = await startBrowserApp([], join(import.meta.dirname, '..', 'fixtures', 'played-app.ts'))
    await use(app)
    await app.end()
  },
})

test('it has a window, commands and an end', async ({ window }) => {
  await window.choose('willing')
  await window.start.click()
  await expect(window.processRows).toHaveCount(2)
  await expect(window.outputLines).toHaveText([/it was played/])
  await expect(window.row('kappa')).toContainText('alive')
  await window.row('kappa').hover()
  await window.row('kappa').getByTestId(testIds.kill).click()
  await expect(window.row('kappa')).toContainText('ended by SIGKILL')
  await window.stop.click()
  await window.phase('willing', 'stopped')
  await expect(window.processRows).toHaveCount(2)
})

test('what it cannot do is not offered', async ({ window }) => {
  await window.choose('mute')
  await window.start.click()
  await expect(window.processRows).toHaveCount(2)
  await window.row('alpha').hover()
  await expect(window.page.getByTestId(testIds.kill).filter({ visible: true })).toHaveCount(0)
  await window.stop.click()
  await window.phase('mute', 'stopped')
})
