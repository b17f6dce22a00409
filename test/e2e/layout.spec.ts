/** Where things are, at every size: lanes with room, nothing cut or jumping, everything by keyboard. */
import { testIds } from '../../src/renderer/views/test-ids.ts'
import type { ForkscopePage } from '../window/forkscope-page.ts'
import { cutTexts, laneShare, noteShifts, tabStops, takeShifts } from '../window/layout-page.ts'
import { test as base, expect } from './app-test.ts'

const test = base.extend({ cast: 'staged' })

const SIZES = [
  [900, 600],
  [1100, 700],
  [1280, 800],
  [1440, 900],
  [1920, 1080],
  [2560, 1440],
] as const
/** A window that is zoomed to 200 % is laid out in half of its width and height. */
const ZOOMED = [
  [450, 300],
  [640, 400],
  [960, 540],
] as const

/** What is on screen when a scene is over. */
const LAST: Record<string, (window: ForkscopePage) => Promise<unknown>> = {
  running: (window) => window.outputLines.nth(4).waitFor(),
  stuck: (window) => window.problems.first().waitFor(),
  failed: (window) => window.phase('failed', 'failed'),
  many: (window) => window.problems.nth(11).waitFor(),
}

async function play(window: ForkscopePage, scene: string): Promise<void> {
  await window.choose(scene)
  await window.start.click()
  await LAST[scene]?.(window)
}

for (const scene of Object.keys(LAST)) {
  test(`${scene}: lanes have their share and nothing is cut at any size, in both themes`, async ({ window }) => {
    test.slow()
    const { page } = window
    await play(window, scene)
    await window.select('main')
    await page.mouse.move(1, 1)
    for (const [width, height] of [...SIZES, ...ZOOMED]) {
      await page.setViewportSize({ width, height })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        const at = `${scene} at ${width}×${height}, ${colorScheme}`
        await expect.poll(() => laneShare(page), { message: at }).toBeGreaterThanOrEqual(0.45)
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), at).toBeLessThanOrEqual(0)
        await expect.poll(() => cutTexts(page), { message: at }).toEqual([])
      }
    }
  })
}

test('wide windows give their room to the lanes and to the right column', async ({ window }) => {
  const { page } = window
  await play(window, 'running')
  const widths = async (width: number, height: number) => {
    await page.setViewportSize({ width, height })
    const widthOf = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((box) => box.clientWidth)
    return { lane: await widthOf('td.lane'), side: await widthOf('.side') }
  }
  const [usual, wide] = [await widths(1920, 1080), await widths(2560, 1440)]
  expect(wide.lane).toBeGreaterThan(usual.lane * 1.2)
  expect(wide.side).toBeGreaterThan(usual.side * 1.3)
  expect(wide.side).toBeGreaterThan(450)
})

for (const [width, height] of [...SIZES, ...ZOOMED]) {
  test(`nothing moves while rows, problems and ends come, at ${width}×${height}`, async ({ openAt }) => {
    const window = await openAt({ width, height }, noteShifts)
    const { page } = window
    expect(await takeShifts(page)).toEqual([])
    for (const scene of ['running', 'stuck', 'failed']) {
      await window.choose(scene)
      await takeShifts(page)
      await window.start.click()
      await LAST[scene]?.(window)
      if (scene !== 'failed') {
        await window.parameter('workers').fill('4')
        await expect(page.getByText('Takes effect with Restart.')).toBeVisible()
        await window.stop.click()
        await window.phase(scene, 'stopped')
      }
      expect(await takeShifts(page), scene).toEqual([])
    }
  })
}

test('every group is one stop for Tab, and the arrow keys lead through it', async ({ window }) => {
  test.slow()
  const { page } = window
  await play(window, 'many')
  await window.select('main')
  const stops = await tabStops(page)
  // Program list, theme, parameters, buttons, gutters, table, tabs, output, details, queues and pools, problems.
  expect(stops.length, stops.join('\n')).toBeLessThanOrEqual(24)
  for (const item of [testIds.processRow, testIds.queueRow, testIds.poolCell, testIds.problem, testIds.outputLine]) {
    const inOrder = await page
      .getByTestId(item)
      .evaluateAll((items) => items.filter((i) => (i as HTMLElement).tabIndex === 0).length)
    expect(inOrder, item).toBeLessThanOrEqual(1)
  }
  const focused = () =>
    page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? document.activeElement?.className)
  for (const [item, key] of [
    [testIds.processRow, 'ArrowDown'],
    [testIds.poolCell, 'ArrowRight'],
    [testIds.problem, 'ArrowDown'],
    [testIds.outputLine, 'ArrowUp'],
  ] as const) {
    await page.getByTestId(item).nth(1).focus()
    const before = await page.evaluateHandle(() => document.activeElement)
    await page.keyboard.press(key)
    expect(await page.evaluate((element) => element !== document.activeElement, before), item).toBe(true)
    expect(await focused()).toBeTruthy()
  }
  // From a row to what can be done with it, and back.
  await window.row('main').focus()
  await page.keyboard.press('End')
  expect(await focused()).toBe(testIds.queueRow)
})

test('panels are resized by pointer and by keys, say how large they are, and are as large after a reload', async ({
  window,
}) => {
  const { page } = window
  await play(window, 'running')
  const gutters = page.getByRole('separator')
  await expect(gutters).toHaveCount(3)
  for (const [name, panel, side, key] of [
    ['Height of the processes', '.slot-processes', 'height', 'ArrowDown'],
    ['Width of the right column', '.side', 'width', 'ArrowLeft'],
    ['Height of the problems', '.slot-problems', 'height', 'ArrowUp'],
  ] as const) {
    const gutter = page.getByRole('separator', { name })
    const size = async () => (await page.locator(panel).boundingBox())?.[side] ?? 0
    const before = await size()
    await gutter.focus()
    await page.keyboard.press(key)
    await expect.poll(size).toBeGreaterThan(before + 10)
    const byKey = await size()
    await expect(gutter).toHaveAttribute('aria-valuenow', String(Math.round(byKey)))
    const box = await gutter.boundingBox()
    if (!box) throw new Error('the gutter is not there')
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(side === 'width' ? x - 40 : x, side === 'height' ? y + (key === 'ArrowDown' ? 40 : -40) : y, {
      steps: 4,
    })
    await page.mouse.up()
    await expect.poll(size).toBeGreaterThan(byKey + 30)
    const dragged = await size()
    await page.reload()
    await window.start.or(window.stop).waitFor()
    await expect.poll(size).toBe(dragged)
    // In a smaller window no panel is lost for it, and the lanes keep their share.
    await page.setViewportSize({ width: 900, height: 600 })
    await expect.poll(() => laneShare(page)).toBeGreaterThanOrEqual(0.45)
    await page.setViewportSize({ width: 1280, height: 800 })
    await gutter.focus()
    await page.keyboard.press('Enter')
    await expect.poll(size).toBe(before)
  }
})

test('where the details stand in the right column, they are resized as well, and remembered', async ({ window }) => {
  const { page } = window
  await page.setViewportSize({ width: 1920, height: 1080 })
  await play(window, 'running')
  await window.select('main')
  const gutter = page.getByRole('separator', { name: 'Height of the details' })
  const heightOf = async (panel: string) => (await page.locator(panel).boundingBox())?.height ?? 0
  const [details, side] = [await heightOf('.card.details'), await heightOf('.side')]
  await gutter.focus()
  await page.keyboard.press('ArrowUp')
  await expect.poll(() => heightOf('.card.details')).toBeGreaterThan(details + 10)
  const larger = await heightOf('.card.details')
  // What the one has, the other has not.
  expect(Math.round((await heightOf('.side')) + larger)).toBe(Math.round(side + details))
  await page.reload()
  await window.stop.waitFor()
  await expect.poll(() => heightOf('.card.details')).toBe(larger)
  await gutter.focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => heightOf('.card.details')).toBe(details)
})

test('names and what became of a process are whole in their row, the numbers at their ends always', async ({
  window,
}) => {
  const { page } = window
  await play(window, 'stuck')
  await window.stop.click()
  await window.phase('stuck', 'stopped')
  const cut = (words: string) =>
    page
      .locator('.tree .cut:not(.tag)')
      .filter({ hasText: words })
      .evaluateAll((texts) => texts.filter((text) => text.scrollWidth > text.clientWidth).length)
  await expect(window.processRows.filter({ hasText: 'stopped by you' })).toHaveCount(5)
  for (const [width, height] of [...SIZES, [640, 400]] as const) {
    await page.setViewportSize({ width, height })
    const words = ['SIGKILL', 'stopped by you', 'worker', ...(width >= 900 ? ['insert_data'] : [])]
    for (const one of words) await expect.poll(() => cut(one), { message: `${one} at ${width}` }).toBe(0)
    for (const tail of await page.locator('.tree .tail').all()) await expect(tail).toHaveText(/\d/)
  }
})

test('charts are as wide as their panel, however often the window is resized', async ({ window }) => {
  const { page } = window
  await play(window, 'running')
  await window.select('worker 1')
  // Narrow panels after wide ones and the other way round: what is drawn must hold no panel open.
  for (const [width, height] of [...ZOOMED, ...SIZES, ...SIZES.toReversed()]) {
    await page.setViewportSize({ width, height })
    for (const chart of await page.locator('.chart').all()) {
      // What is out of sight is laid out when it comes into it.
      await chart.scrollIntoViewIfNeeded()
      const misfit = () =>
        chart.evaluate((element) => {
          const drawn = element.querySelector('.u-wrap')?.clientWidth
          const panel = element.closest('.card')?.clientWidth ?? 0
          return drawn === element.clientWidth && element.clientWidth < panel
            ? ''
            : `${drawn} of ${element.clientWidth}`
        })
      await expect.poll(misfit, { message: `${width}×${height}` }).toBe('')
    }
  }
})

test('of many runs the one that is shown is in sight', async ({ window }) => {
  const { page } = window
  await window.choose('failed')
  const shown = page.locator(`[data-testid=${testIds.session}][aria-current=true]`)
  for (let run = 1; run <= 5; run++) {
    await window.start.click()
    await expect(shown).toHaveAttribute('data-phase', 'failed')
    await expect(shown).toContainText(`run ${run}`)
  }
  for (const [width, height] of [
    [1280, 600],
    [1280, 800],
    [900, 600],
  ] as const) {
    await page.setViewportSize({ width, height })
    await expect(shown).toBeInViewport({ ratio: 0.99 })
    // Nor does what stands at the foot of the list cover it.
    const covered = () =>
      shown.evaluate((item) => {
        const { left, top, width, height } = item.getBoundingClientRect()
        return !item.contains(document.elementFromPoint(left + width / 2, top + height / 2))
      })
    await expect.poll(covered).toBe(false)
  }
})

test('where programs are along the top their names are whole, and the one that is shown is in sight', async ({
  window,
}) => {
  const { page } = window
  for (const [width, height] of [[900, 600], [1100, 700], ...ZOOMED] as const) {
    await page.setViewportSize({ width, height })
    for (const id of ['own', 'many', 'swallowed']) {
      await window.program(id).dispatchEvent('click')
      const item = window.program(id)
      await expect(item).toHaveAttribute('aria-current', 'page')
      await expect(item).toBeInViewport({ ratio: 0.99 })
      const name = item.locator('.cut').first()
      expect(
        await name.evaluate((text) => text.scrollWidth - text.clientWidth),
        `${id} at ${width}`,
      ).toBeLessThanOrEqual(0)
    }
  }
})

test('of many queues those that came first stand at the foot of the table, and those that the user keeps there', async ({
  window,
}) => {
  const { page } = window
  await play(window, 'many')
  const atFoot = page.locator('.at-foot').getByTestId(testIds.queueRow)
  await expect(page.getByTestId(testIds.queueRow)).toHaveCount(13)
  const shown = () => atFoot.evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.queue).join())
  // As many as leave the processes their room.
  await page.setViewportSize({ width: 2560, height: 1440 })
  await expect.poll(shown).toBe('q2,q1,q0,q')
  await page.setViewportSize({ width: 1280, height: 800 })
  await expect.poll(shown).toBe('q0,q')
  for (const row of await atFoot.all()) await expect(row).toBeInViewport()
  const seventh = page.locator(`[data-testid=${testIds.queueRow}][data-queue=q7]`)
  await seventh.scrollIntoViewIfNeeded()
  await seventh.hover()
  await seventh.getByTestId(testIds.keepQueue).click()
  await expect.poll(shown).toBe('q7,q')
  await page.locator('.table-scroll').evaluate((table) => table.scrollTo(0, 0))
  await expect(seventh).toBeInViewport()
  // By keys too: the row, then what can be done with it.
  await seventh.focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect.poll(shown).toBe('q0,q')
})

test('a new problem is announced, and in sight at every size', async ({ window }) => {
  const { page } = window
  await play(window, 'stuck')
  await expect(page.getByRole('status').filter({ hasText: 'insert_data was ended by SIGKILL' })).toHaveCount(1)
  for (const [width, height] of [...SIZES, ...ZOOMED]) {
    await page.setViewportSize({ width, height })
    await page.evaluate(() => scrollTo(0, 0))
    await expect(page.getByTestId(testIds.goToProblems)).toBeInViewport()
    await page.getByTestId(testIds.goToProblems).click()
    await expect(window.problems.last()).toBeInViewport()
  }
})

test('of many problems the newest is in sight, unless somebody is at another', async ({ window }) => {
  await play(window, 'many')
  await expect(window.problems.last()).toBeInViewport()
  await expect(window.problems.first()).not.toBeInViewport()
})

test('what an ended process has cost stays', async ({ window }) => {
  await play(window, 'stuck')
  const row = window.row('insert_data')
  await expect(row.locator('.cell-cpu')).toHaveText('0.52 s')
  await expect(row.locator('.cell-memory')).toHaveText('peak 116 MB')
  await window.select('insert_data')
  await expect(window.detail).toContainText('0.52 s')
  await expect(window.detail).toContainText('116 MB')
})

test('at 200 % zoom everything can be reached and used', async ({ openAt }) => {
  // What is left of 1280×800.
  const window = await openAt({ width: 640, height: 400 })
  const { page } = window
  await play(window, 'running')
  await expect(window.stop).toBeInViewport()
  for (const [panel, least] of [
    ['.card.processes', 200],
    ['.card.below', 200],
    ['.card.queue', 100],
    ['.card.pool', 60],
    ['.card.problems', 60],
  ] as const) {
    const card = page.locator(panel).first()
    await card.scrollIntoViewIfNeeded()
    await expect(card).toBeInViewport()
    expect((await card.boundingBox())?.height, panel).toBeGreaterThanOrEqual(least)
    expect((await card.boundingBox())?.width, panel).toBeGreaterThan(500)
  }
  await window.select('worker 1')
  await window.detail.scrollIntoViewIfNeeded()
  await expect(window.detail).toContainText('worker 1')
})
