/** A pool on screen: its cells, its pace, its failures. */
import { testIds } from '../../src/renderer/views/test-ids.ts'
import { expect, test } from './app-test.ts'

test('of 200 tasks what runs is always in sight', async ({ window }) => {
  test.setTimeout(360_000)
  const { page } = window
  await window.choose('spider')
  await window.parameter('pages').fill('200')
  await window.parameter('workers').fill('6')
  await window.parameter('speed').fill('20')
  await window.start.click()
  const card = page.getByTestId(testIds.poolCard)
  const running = window.poolCells.and(page.locator('[data-state=running]'))
  const seen = () =>
    running.evaluateAll((cells) =>
      cells.map((cell) => {
        const { left, top, width, height } = cell.getBoundingClientRect()
        return cell.contains(document.elementFromPoint(left + width / 2, top + height / 2))
      }),
    )
  // Beyond the hundredth, and before the hundredth from the end: the first ones, or the last ones, would not do.
  for (const done of [10, 60, 105]) {
    const words = card.getByText(/\d+ done ·/)
    await expect
      .poll(async () => Number.parseInt((await words.textContent()) ?? '', 10), { timeout: 150_000 })
      .toBeGreaterThanOrEqual(done)
    await expect.poll(async () => (await seen()).length).toBeGreaterThan(0)
    expect(await seen()).not.toContain(false)
  }
})
