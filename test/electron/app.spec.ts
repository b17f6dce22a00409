/** The app's life on the desktop: it opens, works, and leaves nothing behind, however it ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { isAlive, parentOf } from '../wait-until.ts'
import { type DesktopApp, electronCommand } from '../window/desktop-app.ts'
import { expect, test } from './electron-app.ts'

async function startSpider({ window }: DesktopApp): Promise<number[]> {
  await window.choose('spider')
  await window.start.click()
  await expect.poll(() => window.childPids(), { timeout: 20_000 }).toHaveLength(4)
  return window.childPids()
}

test('the window opens and is painted', async ({ app }) => {
  const shown = await app.electron.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    return { visible: window?.isVisible(), title: window?.getTitle(), size: window?.getContentSize() }
  })
  expect(shown.visible).toBe(true)
  expect(shown.title).toContain('Forkscope')
  // What was painted is not one colour: there are letters on it.
  const colours = await app.electron.evaluate(async ({ BrowserWindow }) => {
    const image = await BrowserWindow.getAllWindows()[0]?.webContents.capturePage()
    const pixels = new Uint32Array(Uint8Array.from(image?.toBitmap() ?? []).buffer)
    return new Set(pixels).size
  })
  expect(colours).toBeGreaterThan(20)
})

test('dog and cat: two children of the main process, started and stopped by click', async ({ app }) => {
  const { window, pid } = app
  await window.choose('dog-cat')
  await window.start.click()
  await expect(window.row('dog')).toHaveAttribute('data-state', /running|sleeping/, { timeout: 20_000 })
  await expect(window.row('cat')).toHaveAttribute('data-state', /running|sleeping/)
  const pids = await window.childPids()
  expect(pids.map(parentOf)).toEqual([pid, pid])
  await expect(window.outputLines.first()).toBeVisible()
  await window.stop.click()
  await window.phase('dog-cat', 'stopped')
  expect(pids.filter(isAlive)).toEqual([])
})

test('the spider runs to its end: ten tasks, a queue that rises and is empty at the end', async ({ app }) => {
  const { window, pid } = app
  await window.choose('spider')
  await window.parameter('speed').fill('2')
  await window.start.click()
  await expect.poll(() => window.childPids(), { timeout: 20_000 }).toHaveLength(4)
  expect((await window.childPids()).map(parentOf)).toEqual([pid, pid, pid, pid])
  await expect.poll(async () => Number(await window.queueDepth.textContent()), { intervals: [50] }).toBeGreaterThan(1)
  await window.phase('spider', 'finished', 45_000)
  await expect(window.page.locator('[data-testid=pool-cell][data-state=done]')).toHaveCount(10)
  await expect(window.queueDepth).toHaveText('0')
})

test('every other program runs to its end', async ({ app: { window } }) => {
  for (const id of ['download-analysis', 'threads', 'socket', 'file', 'swallowed']) {
    await window.choose(id)
    await window.parameter('speed').fill('10')
    await window.start.click()
    await window.phase(id, 'finished', 30_000)
    await expect(window.problems).toHaveCount(id === 'swallowed' ? 4 : 0)
  }
})

test('closing the window in mid-spider quits and leaves no process', async ({ app }) => {
  const pids = await startSpider(app)
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await app.gone
  expect(pids.filter(isAlive)).toEqual([])
})

test('quitting in mid-spider leaves no process', async ({ app }) => {
  const pids = await startSpider(app)
  await app.electron.evaluate(({ app }) => app.quit()).catch(() => {})
  await app.gone
  expect(pids.filter(isAlive)).toEqual([])
})

test('SIGKILL of the main process in mid-spider leaves none a second later', async ({ app }) => {
  const pids = await startSpider(app)
  process.kill(app.pid, 'SIGKILL')
  await app.gone
  await expect.poll(() => pids.filter(isAlive), { timeout: 1_000, intervals: [50] }).toEqual([])
})

test('a second launch shows and focuses the first window, and ends', async ({ app, environment }) => {
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
  const { executablePath, args } = electronCommand()
  const second = spawn(executablePath, args, { env: environment, stdio: 'ignore' })
  const [code] = await once(second, 'exit')
  expect(code).toBe(0)
  const state = () =>
    app.electron.evaluate(({ BrowserWindow }) => {
      const windows = BrowserWindow.getAllWindows()
      return { count: windows.length, visible: windows[0]?.isVisible(), focused: windows[0]?.isFocused() }
    })
  await expect.poll(state).toEqual({ count: 1, visible: true, focused: true })
})

test("the window's size survives a restart", async ({ launch }) => {
  const size = { width: 1111, height: 777 }
  const first = await launch()
  await first.electron.evaluate(({ BrowserWindow }, { width, height }) => {
    BrowserWindow.getAllWindows()[0]?.setSize(width, height)
  }, size)
  await first.electron.close()
  await first.gone
  const again = await launch()
  const bounds = await again.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())
  expect(bounds).toMatchObject(size)
})

test('a reload finds the run again', async ({ app }) => {
  const pids = await startSpider(app)
  await app.window.page.reload()
  await app.window.start.or(app.window.stop).waitFor()
  await expect
    .poll(async () => (await app.window.processes()).map(({ pid }) => pid))
    .toEqual(expect.arrayContaining(pids))
})

test('a window that is held up is sent no more than it takes, and has everything afterwards', async ({ app }) => {
  const { window, electron } = app
  await electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as { send(...args: unknown[]): void }
    const counted = globalThis as unknown as { sent: number }
    const send = contents.send.bind(contents)
    counted.sent = 0
    contents.send = (...args) => {
      counted.sent++
      send(...args)
    }
  })
  const sent = () => electron.evaluate(() => (globalThis as unknown as { sent: number }).sent)
  await window.choose('dog-cat')
  await window.parameter('speed').fill('4')
  await window.start.click()
  await expect(window.outputLines.first()).toBeVisible({ timeout: 20_000 })
  // The page does nothing else until the program is over, and so cannot say that it has taken anything.
  const before = await sent()
  const heldUp = window.page.evaluate(() => {
    const end = performance.now() + 4_000
    while (performance.now() < end);
  })
  await heldUp
  // Without a limit it would be sent four times a second an overview or a patch.
  expect((await sent()) - before).toBeLessThan(9)
  await window.phase('dog-cat', 'finished', 30_000)
  await expect(window.outputLines).toHaveCount(10)
})
