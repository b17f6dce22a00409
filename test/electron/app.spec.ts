/** The app's life on the desktop: it opens, works, and leaves nothing behind, however it ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { isAlive } from '../wait-until.ts'
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

test('what a second launch was asked for, the first one starts and shows', async ({ app, environment }) => {
  const asked = {
    program: 'own',
    parameters: { command: "sh -c 'pwd; env | grep -c FORKSCOPE_ASKED'", folder: '/usr' },
  }
  const { executablePath, args } = electronCommand()
  const env = { ...environment, FORKSCOPE_ASKED_FOR: JSON.stringify(asked) }
  const [code] = await once(spawn(executablePath, args, { env, stdio: 'ignore' }), 'exit')
  expect(code).toBe(0)
  const { window } = app
  await window.phase('own', 'failed')
  await expect(window.outputLines).toContainText(['/usr', '0'])
  await expect(window.parameter('folder')).toHaveValue('/usr')
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
