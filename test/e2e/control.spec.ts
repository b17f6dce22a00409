/** Start, stop, restart, terminate, kill and run again, by clicking. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { testIds } from '../../src/renderer/views/test-ids.ts'
import { isAlive } from '../wait-until.ts'
import { expect, test } from './app-test.ts'

test('stop ends every process of the program, and start begins afresh', async ({ window }) => {
  await window.choose('spider')
  await window.start.click()
  await expect.poll(() => window.childPids()).toHaveLength(4)
  const pids = await window.childPids()
  await window.stop.click()
  await window.phase('spider', 'stopped')
  expect(pids.filter(isAlive)).toEqual([])
  await expect(window.row('insert_data')).toHaveClass(/gone/)
  await expect(window.processRows.filter({ hasText: 'stopped by you' })).toHaveCount(5)
  await expect(window.page.locator('.sign-bad')).toHaveCount(0)
  await expect(window.page.locator(`[data-testid=${testIds.poolCell}][data-state=failed]`)).toHaveCount(0)
  await window.start.click()
  await expect.poll(() => window.childPids()).toHaveLength(4)
  expect((await window.childPids()).filter((pid) => pids.includes(pid))).toEqual([])
  await expect(window.processRows).toHaveCount(5)
})

test('stop during start, pressed twice, leaves nothing', async ({ window }) => {
  await window.choose('spider')
  await window.start.click()
  await window.stop.dblclick()
  await window.phase('spider', 'stopped')
  for (const { name, pid } of await window.processes()) if (name !== 'main') expect(isAlive(pid)).toBe(false)
  await expect(window.page.getByTestId(testIds.refusal)).toHaveCount(0)
})

test('restart takes what the fields say', async ({ window }) => {
  await window.choose('spider')
  await window.start.click()
  await expect.poll(() => window.childPids()).toHaveLength(4)
  const pids = await window.childPids()
  await window.parameter('workers').fill('2')
  await expect(window.page.getByText('Takes effect with Restart.')).toBeVisible()
  await window.restart.click()
  await expect.poll(async () => (await window.childPids()).filter((pid) => !pids.includes(pid))).toHaveLength(3)
  expect(pids.filter(isAlive)).toEqual([])
})

test('a killed worker is a problem, its task is run again, and the pool goes on', async ({ window }) => {
  await window.choose('spider')
  await window.parameter('speed').fill('2')
  await window.start.click()
  const cell = window.page.locator(`[data-testid=${testIds.poolCell}][data-state=running]`).first()
  await cell.waitFor()
  const worker = window.row('worker 1')
  const pid = Number(await worker.getAttribute('data-pid'))
  await worker.hover()
  await worker.getByTestId(testIds.kill).click()
  await expect(window.problems).toHaveCount(1)
  expect(isAlive(pid)).toBe(false)
  await expect(window.problems.first()).toContainText('SIGKILL')
  await expect(worker).toHaveAttribute('data-state', 'exited')
  await expect(window.row('worker 4')).toBeVisible()
  await window.problems.first().getByTestId(testIds.retryTask).click()
  await expect(window.poolCells).toHaveCount(11)
  await window.phase('spider', 'finished')
  await expect(window.page.locator(`[data-testid=${testIds.poolCell}][data-state=done]`)).toHaveCount(10)
})

test('terminate asks a process to end', async ({ window }) => {
  await window.choose('dog-cat')
  await window.start.click()
  const dog = window.row('dog')
  await expect(dog).toHaveAttribute('data-state', 'sleeping')
  await window.select('dog')
  await window.detail.getByTestId(testIds.terminate).click()
  await expect(dog).toContainText('ended by SIGTERM')
})

test('one selection goes through row, cells, output and detail', async ({ window }) => {
  await window.choose('spider')
  await window.start.click()
  const worker = window.row('worker 1')
  await window.select('worker 1')
  await expect(worker).toHaveAttribute('aria-selected', 'true')
  await expect(window.detail).toContainText('worker 1')
  await expect(window.detail).toContainText(`${await worker.getAttribute('data-pid')}`)
  await expect(window.page.locator(`[data-testid=${testIds.poolCell}][aria-pressed=true]`).first()).toBeVisible()
  const process = await worker.getAttribute('data-process')
  await window.page.getByTestId(testIds.outputFilter).selectOption('selected')
  await expect(window.outputLines.first()).toHaveAttribute('data-process', `${process}`)
  expect(
    await window.outputLines.evaluateAll(
      (lines) => new Set(lines.map((line) => (line as HTMLElement).dataset.process)).size,
    ),
  ).toBe(1)
  await window.page.keyboard.press('Escape')
  await expect(worker).toHaveAttribute('aria-selected', 'false')
})

test('output follows its end, stays where it was scrolled to, and follows again', async ({ window }) => {
  test.slow()
  const { page } = window
  await page.setViewportSize({ width: 1280, height: 500 })
  await window.choose('spider')
  await window.parameter('speed').fill('5')
  await window.start.click()
  const lines = page.getByRole('log')
  const fromEnd = () => lines.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)
  await expect
    .poll(() => lines.evaluate((box) => box.scrollHeight > box.clientHeight + 100), { timeout: 90_000 })
    .toBe(true)
  await expect.poll(fromEnd).toBeLessThan(2)
  const follow = page.getByTestId(testIds.followOutput)
  await expect(follow).toHaveText('following')
  await lines.evaluate((box) => {
    // The browser tells of a scroll some time after: lines that come before that must not undo it. Here it never tells.
    document.addEventListener('scroll', (event) => event.stopImmediatePropagation(), { capture: true })
    box.scrollTo(0, 0)
  })
  await expect(follow).toHaveText('follow')
  await window.phase('spider', 'finished')
  expect(await lines.evaluate((box) => box.scrollTop)).toBe(0)
  await follow.click()
  await expect.poll(fromEnd).toBeLessThan(2)
  // A panel that becomes smaller is no scrolling of the user.
  await page.setViewportSize({ width: 1280, height: 460 })
  await expect.poll(fromEnd).toBeLessThan(2)
  await expect(follow).toHaveText('following')
})

test('what is under the pointer on the time axis is named with its times', async ({ window }) => {
  await window.choose('dog-cat')
  await window.start.click()
  await expect(window.row('dog')).toHaveAttribute('data-state', 'sleeping')
  const lane = window.row('dog').locator('td.lane')
  await lane.hover({ position: { x: 3, y: 10 } })
  await expect(window.page.getByRole('tooltip')).toContainText(/dog, PID \d+/)
  await expect(window.page.getByRole('tooltip')).toContainText(/\d\.\d\d s/)
})

test('a wrong parameter is said at its field, and nothing starts', async ({ window }) => {
  await window.choose('spider')
  for (const [name, value, words] of [
    ['pages', '0', /between 1 and 200/],
    ['workers', 'three', /number/],
    ['from', 'ftp://host/{n}', /http/],
  ] as const) {
    await window.parameter(name).fill(value)
    await expect(window.page.getByTestId(testIds.parameterError)).toHaveText(words)
    await expect(window.start).toBeDisabled()
    await window.parameter(name).fill(name === 'from' ? '' : '3')
    await expect(window.page.getByTestId(testIds.parameterError)).toHaveCount(0)
  }
  await expect(window.processRows).toHaveCount(0)
})

test('the keyboard alone can choose, start, select and stop', async ({ window }) => {
  await window.program('dog-cat').focus()
  await window.page.keyboard.press('Enter')
  await window.page.keyboard.press('Control+Enter')
  await window.phase('dog-cat', 'running')
  await window.row('main').focus()
  await window.page.keyboard.press('ArrowDown')
  await window.page.keyboard.press('Enter')
  await expect(window.row('dog')).toHaveAttribute('aria-selected', 'true')
  await window.page.keyboard.press('Control+Enter')
  await window.phase('dog-cat', 'stopped')
})

test('no fault that axe can find, in both themes, in mid-run', async ({ window }) => {
  const { page } = window
  await window.choose('swallowed')
  await window.parameter('speed').fill('4')
  await window.start.click()
  await window.problems.first().waitFor()
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8')
  await page.evaluate(axe)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = (await page.evaluate('axe.run()')) as {
      violations: { id: string; nodes: { html: string }[] }[]
    }
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  }
})

test('at 1280×800 only the output scrolls with the spider running', async ({ window }) => {
  await window.choose('spider')
  await window.start.click()
  await expect(window.poolCells).toHaveCount(10)
  const scrolled = await window.page.evaluate(() =>
    ['.side', '.side-cards', '.main', '.table-scroll', '.sidebar', '.problem-list', 'html', 'body', '.cells'].filter(
      (selector) => {
        const element = document.querySelector(selector)
        return element !== null && element.scrollHeight > element.clientHeight + 1
      },
    ),
  )
  expect(scrolled).toEqual([])
})
