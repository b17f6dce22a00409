/** The programs by clicking: what is on screen is what the system has. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isAlive, parentOf } from '../wait-until.ts'
import { expect, test } from './app-test.ts'

test('dog and cat run at once as children of the app, print their ten lines, and are gone after', async ({
  appPid,
  window,
}) => {
  // At their own speed: both are to be seen alive, however busy the machine is.
  await window.choose('dog-cat')
  await window.parameter('speed').fill('1')
  await window.start.click()
  await expect(window.row('dog')).toHaveAttribute('data-state', /running|sleeping/)
  await expect(window.row('cat')).toHaveAttribute('data-state', /running|sleeping/)
  const pids = await window.childPids()
  expect(new Set(pids).size).toBe(2)
  expect(pids.map(parentOf)).toEqual([appPid, appPid])
  expect(await window.row('main').getAttribute('data-pid')).toBe(String(appPid))

  await window.phase('dog-cat', 'finished')
  await expect(window.outputLines).toHaveCount(10)
  const lines = await window.outputLines.allTextContents()
  for (const name of ['www', 'mmm']) {
    expect(lines.join('\n').match(new RegExp(`${name}\\d`, 'g'))).toEqual([0, 1, 2, 3, 4].map((i) => `${name}${i}`))
  }
  await expect(window.row('dog')).toHaveAttribute('data-state', 'exited')
  expect(pids.filter(isAlive)).toEqual([])
})

test('download and analysis: the list grows to ten and ends by Empty', async ({ window }) => {
  await window.choose('download-analysis')
  await window.parameter('speed').fill('2')
  await window.start.click()
  await window.phase('download-analysis', 'finished')
  const lines = await window.outputLines.locator('span:last-child').allTextContents()
  const lists = Array.from({ length: 10 }, (_, i) => JSON.stringify(Array.from({ length: i + 1 }, (_, n) => n)))
  expect(lines.slice(0, 10)).toEqual(lists)
  expect(lines[10]).toContain('Empty')
  expect(lines).toHaveLength(11)
  await expect(window.problems).toHaveCount(0)
})

test('the spider: four children, a queue that fills and empties, ten tasks, ten rows in the database', async ({
  appPid,
  window,
}) => {
  await window.choose('spider')
  await window.parameter('speed').fill('2')
  await window.start.click()
  await expect.poll(() => window.childPids()).toHaveLength(4)
  const pids = await window.childPids()
  expect(pids.map(parentOf)).toEqual([appPid, appPid, appPid, appPid])
  await expect.poll(async () => Number(await window.queueDepth.textContent()), { intervals: [50] }).toBeGreaterThan(1)
  await expect(window.poolCells).toHaveCount(10)

  await window.phase('spider', 'finished', 45_000)
  await expect(window.page.locator('[data-testid=pool-cell][data-state=done]')).toHaveCount(10)
  await expect(window.queueDepth).toHaveText('0')
  expect(pids.filter(isAlive)).toEqual([])

  const file = /into (\S+\.sqlite)/.exec((await window.outputLines.first().textContent()) ?? '')?.[1] as string
  const database = new DatabaseSync(file, { readOnly: true })
  const rows = database.prepare('SELECT * FROM pages ORDER BY page').all()
  database.close()
  expect(rows.map(({ page }) => page)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  for (const row of rows) expect(row.goods).toBe(20)
})

test('the spider on what is no database ends, and says why', async ({ window }) => {
  const folder = mkdtempSync(join(tmpdir(), 'forkscope-none-'))
  const file = join(folder, 'pages.sqlite')
  writeFileSync(file, 'These are pages of another kind.'.repeat(100))
  await window.choose('spider')
  await window.parameter('database').fill(file)
  await window.parameter('speed').fill('20')
  await window.start.click()
  await window.phase('spider', 'finished')
  await expect(window.problems.first()).toContainText('file is not a database')
  expect(await window.childPids()).toEqual([])
  rmSync(folder, { recursive: true })
})

test('figures of all processes are of one stretch of time: together no more than there are cores', async ({
  window,
}) => {
  await window.choose('own')
  await window.parameter('command').fill(`sh -c '${'while :; do :; done & '.repeat(2 * availableParallelism())} wait'`)
  await window.start.click()
  const figure = window.page.locator('.totals')
  const seen = new Set<string>()
  await expect
    .poll(async () => {
      const text = (await figure.textContent()) ?? ''
      const percent = Number(/CPU (\d+) % of \d+ cores?/.exec(text)?.[1])
      if (percent > 0) seen.add(text)
      expect(percent, text).toBeLessThanOrEqual(100)
      return seen.size
    })
    .toBeGreaterThan(3)
  await window.stop.click()
  await window.phase('own', 'stopped')
})

test('every failure of swallowed is shown, and the rest finishes', async ({ window }) => {
  await window.choose('swallowed')
  await window.parameter('speed').fill('5')
  await window.start.click()
  await window.phase('swallowed', 'finished')
  await expect(window.problems).toHaveCount(4)
  const text = (await window.problems.allTextContents()).join('\n')
  expect(text).toContain('the second task does not feel well')
  expect(text).toContain('SyntaxError')
  expect(text).toContain('exited with 3')
  expect(text).toContain('SIGKILL')
  await expect(window.page.locator('[data-testid=pool-cell][data-state=done]')).toHaveCount(6)
})

for (const id of ['threads', 'socket', 'file']) {
  test(`${id} runs to its end without a problem`, async ({ window }) => {
    await window.choose(id)
    await window.parameter('speed').fill('10')
    await window.start.click()
    await window.phase(id, 'finished', 30_000)
    await expect(window.problems).toHaveCount(0)
    expect(await window.outputLines.count()).toBeGreaterThan(3)
  })
}

test('several programs run at once without mixing', async ({ window }) => {
  for (const id of ['dog-cat', 'spider']) {
    await window.choose(id)
    await window.start.click()
  }
  await window.phase('dog-cat', 'running')
  await window.phase('spider', 'running')
  await expect.poll(() => window.childPids()).toHaveLength(4)
  const spider = await window.childPids()
  await window.choose('dog-cat')
  await expect.poll(() => window.childPids()).toHaveLength(2)
  const pets = await window.childPids()
  expect(pets.filter((pid) => spider.includes(pid))).toEqual([])
  await window.stop.click()
  await window.phase('dog-cat', 'stopped')
  expect(pets.filter(isAlive)).toEqual([])
  expect(spider.filter(isAlive)).toHaveLength(4)
})
