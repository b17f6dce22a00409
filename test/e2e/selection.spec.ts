/** One selection: whatever is clicked, the same is marked everywhere. */
import type { Locator } from '@playwright/test'
import { testIds } from '../../src/renderer/views/test-ids.ts'
import type { ForkscopePage } from '../window/forkscope-page.ts'
import { expect, test } from './app-test.ts'

/** Runs `swallowed` to its end: its second task has failed in worker 2, and has a problem. */
async function runSwallowed(window: ForkscopePage): Promise<void> {
  await window.choose('swallowed')
  await window.parameter('speed').fill('2')
  await window.start.click()
  await window.phase('swallowed', 'finished')
  await expect(window.problems).toHaveCount(4)
}

/** The cell, the row and the problem of a task, and what is told of it in detail. */
function marksOf(window: ForkscopePage, task: string, call: string): Record<string, Locator> {
  return {
    cell: window.page.locator(`.cell[data-task="${task}"][aria-pressed=true]`),
    row: window.page.locator('tr.related'),
    problem: window.page.locator(`.problem.selected[data-task="${task}"]`),
    detail: window.detail.filter({ hasText: call }),
  }
}

test('a failed task is one selection, from its cell, its stretch of the lane and its problem', async ({ window }) => {
  await runSwallowed(window)
  await expect(window.page.getByTestId(testIds.phase)).toHaveText('Finished, 4 tasks failed')
  const failed = window.poolCells.and(window.page.locator('[data-state=failed]')).first()
  const task = `${await failed.getAttribute('data-task')}`
  const marks = marksOf(window, task, 'work(2)')
  const all = async () => {
    for (const mark of Object.values(marks)) await expect(mark).toHaveCount(1)
  }
  const none = async () => {
    await window.page.keyboard.press('Escape')
    await expect(marks.cell as Locator).toHaveCount(0)
  }
  await failed.click()
  await all()
  await expect(marks.row as Locator).toContainText(/\d tasks? failed/)
  const worker = `${await (marks.row as Locator).getAttribute('data-name')}`
  await none()

  await window.problems.filter({ hasText: 'the second task does not feel well' }).click({ position: { x: 5, y: 5 } })
  await all()
  await none()

  await window.pointAt(worker, 'work(2)')
  await window.page.mouse.down()
  await window.page.mouse.up()
  await all()
})

test('a line of output selects the task that printed it, and a task marks its lines', async ({ window }) => {
  await runSwallowed(window)
  const line = window.outputLines.filter({ hasText: 'task 1 is done' })
  await window.poolCells.first().click()
  await expect(line).toHaveClass(/selected/)
  await expect(window.page.locator('.line.selected').filter({ hasText: 'task 10 is done' })).toHaveCount(0)
  await window.page.keyboard.press('Escape')
  await expect(line).not.toHaveClass(/selected/)
  await line.click()
  await expect(window.poolCells.first()).toHaveAttribute('aria-pressed', 'true')
  await expect(window.detail).toContainText('work(1)')
})
