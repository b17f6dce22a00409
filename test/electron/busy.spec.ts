/** How busy main is: in Electron, where Chromium turns its loop, as well as anywhere else. */
import { expect, test } from './electron-app.ts'

test('of main it is told how much of its time it ran code, and how much it awaited', async ({ app: { window } }) => {
  await window.choose('threads')
  await window.parameter('speed').fill('4')
  await window.start.click()
  await window.phase('threads', 'finished', 45_000)
  await window.select('main')
  const shares = window.detail.locator('.shares figcaption')
  await expect(shares).toContainText(/busy|awaiting/)
  await expect(shares).not.toContainText('running')
})
