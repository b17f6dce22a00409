/** What the lanes say: beside the pointer, and drawn. */
import { expect, test } from './app-test.ts'

test('beside the pointer is what it is on, also while the queue’s chart is drawn anew', async ({ window }) => {
  await window.choose('download-analysis')
  await window.parameter('speed').fill('0.25')
  await window.start.click()
  await expect.poll(() => window.childPids()).toHaveLength(2)
  await expect(window.outputLines.first()).toBeVisible()
  await window.lane('analysis').hover({ position: { x: 20, y: 12 } })
  expect(await window.hintTitles(12)).toEqual([expect.stringMatching(/^analysis, PID \d+$/)])
  await window.page.locator('.chart .u-over').hover()
  expect(await window.hintTitles(6)).toEqual([expect.stringMatching(/, queue$/)])
})
