/** What is said of a program that is stuck: what each waits for, who has it, what failed, and that nothing ends any more. */
import { testIds } from '../../src/renderer/views/test-ids.ts'
import type { ForkscopePage } from '../window/forkscope-page.ts'
import { expect, playedTest as test } from './app-test.ts'

async function start(window: ForkscopePage): Promise<void> {
  await window.choose('stuck')
  await window.start.click()
  await expect(window.row('worker 1')).toContainText('lock database')
}

test('a process tells each thing that it waits for, with a link to it, since when, and who has it', async ({
  window,
}) => {
  await start(window)
  await window.select('worker 1')
  const wait = window.detail.getByTestId(testIds.wait)
  await expect(wait).toHaveText([/^lock database for 56\.\d s of at most 1 min 30 s.*held by worker 2/])
  await wait.getByRole('button', { name: 'lock database' }).click()
  await expect(window.detail).toContainText('held by 1, 1 waits')
  await expect(window.detail).toHaveAttribute('data-object', 'l')
  // Who has it and who waits for it is marked in the table, and it itself in its list.
  await expect(window.page.locator('tr.related')).toHaveCount(2)
  await window.page.getByRole('tab', { name: /Locks and pipes/ }).click()
  const row = window.page.getByTestId(testIds.objectRow).and(window.page.locator('[data-object=l]'))
  await expect(row).toHaveAttribute('aria-selected', 'true')
  await expect(row).toContainText(/database.*lock.*worker 2.*worker 1.*56\.\d s/)
  await window.detail.getByRole('button', { name: 'worker 2' }).click()
  await expect(wait).toHaveText([/^put to pages for 56.*got by main/, /^join worker 3 for 56/])
  await expect(window.row('worker 2')).toContainText('put to pages and 1 more')
  await wait.getByRole('button', { name: 'put to pages' }).click()
  await expect(window.detail).toHaveAttribute('data-queue', 'q')
})

test('a pool in which no task ends says for how long, and what runs is in sight among 300', async ({ window }) => {
  await start(window)
  const card = window.page.getByTestId(testIds.poolCard)
  await expect(card).toContainText('151 of 300 · no task has ended for 55 s')
  await expect(card).not.toContainText('left')
  for (const task of ['t151', 't152', 't154']) {
    await expect(card.locator(`[data-task=${task}][data-state=running]`)).toBeInViewport({ ratio: 1 })
  }
})

test('lanes tell the kinds of waiting, what awaits, what failed and how one ended, and the key says so', async ({
  window,
}) => {
  await start(window)
  const key = window.page.getByTestId(testIds.laneKey)
  await expect(key.locator('[data-kind]')).toHaveText([
    'running',
    'awaiting',
    'sleeping',
    /put/,
    'lock',
    'join',
    'failed',
  ])
  await expect(window.row('worker 4')).toContainText('fetch(154), awaiting')
  await expect(window.row('worker 3')).toContainText('1 task failed')
  await expect(window.page.getByTestId(testIds.phase)).toHaveText('Live, 6 tasks failed')
  // The pictures of two waits differ, whatever their colours.
  const shapes = await key.locator('[data-kind] canvas').evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement
      const pixels = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? []
      return Array.from({ length: pixels.length / 4 }, (_, i) => ((pixels[i * 4 + 3] ?? 0) > 60 ? '#' : '.')).join('')
    }),
  )
  expect(new Set(shapes).size).toBe(7)
})

test('a name with control characters acts on nothing, wherever it is shown', async ({ window }) => {
  await start(window)
  await window.page.getByRole('tab', { name: /Locks and pipes/ }).click()
  await window.page.getByTestId(testIds.objectRow).last().click()
  await expect(window.detail).toContainText('evil')
  const text = (await window.page.locator('body').textContent()) ?? ''
  expect(text).not.toMatch(/\p{Bidi_Control}/u)
  expect(text).not.toContain('\u001b')
})
