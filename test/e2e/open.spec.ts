/** `forkscope open -- COMMAND…`: the window begins with that program, started where the command was typed. */
import { join } from 'node:path'
import type { Browser } from '@playwright/test'
import { startBrowserApp } from '../window/browser-app.ts'
import { ForkscopePage } from '../window/forkscope-page.ts'
import { expect, test } from './app-test.ts'

const CLI = join(import.meta.dirname, '..', '..', 'src', 'main', 'cli.ts')

async function opened(chrome: Browser, args: string[], use: (window: ForkscopePage) => Promise<void>) {
  const app = await startBrowserApp(args, CLI, ['open'])
  const context = await chrome.newContext({ viewport: { width: 1280, height: 800 } })
  try {
    const page = await context.newPage()
    await page.goto(app.url)
    await use(new ForkscopePage(page))
  } finally {
    await context.close()
    await app.end()
  }
}

test('its words arrive as they were, it is shown, and can be started again', async ({ chrome }) => {
  const script = 'pwd; for w in "$@"; do echo "<$w>"; done; env | grep -c FORKSCOPE_ASKED'
  const command = ['--cwd', '/usr', '--', 'sh', '-c', script, 'sh', "it's one", '$HOME *', '']
  await opened(chrome, command, async (window) => {
    await window.phase('own', 'failed')
    await expect(window.outputLines).toContainText(['/usr', "<it's one>", '<$HOME *>', '<>', '0'])
    await expect(window.parameter('folder')).toHaveValue('/usr')
    await expect(window.page.getByTestId('session')).toHaveCount(1)
    await window.start.click()
    await expect(window.page.getByTestId('session')).toHaveCount(2)
    await window.phase('own', 'failed')
    await expect(window.outputLines).toContainText(['/usr', "<it's one>"])
    // Once another one was chosen, a reload leaves it at that.
    await window.choose('spider')
    await window.page.reload()
    await expect(window.program('spider')).toHaveAttribute('aria-current', 'page')
  })
})

test('what cannot be started is refused with a sentence, and is there to be put right', async ({ chrome }) => {
  await opened(chrome, ['--', 'no-such-command', 'x'], async (window) => {
    await expect(window.page.getByTestId('refusal')).toContainText('There is no command "no-such-command".')
    await expect(window.parameter('command')).toHaveValue('no-such-command x')
    await window.parameter('command').fill('true')
    await window.start.click()
    await window.phase('own', 'finished')
  })
})
