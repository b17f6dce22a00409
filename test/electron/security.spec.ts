/** Electron's security checklist, asked of the running app. */
import { join } from 'node:path'
import { expect, test } from './electron-app.ts'

test('the page has no Node, a sandbox, an isolated context, and a bridge without a generic invoke', async ({ app }) => {
  const page = await app.window.page.evaluate(() => {
    const globals = globalThis as Record<string, unknown>
    const bridge = globals.forkscope as { calls: object; onPush: object }
    return {
      node: ['require', 'process', 'module', 'Buffer', '__dirname', 'global'].filter((name) => name in globals),
      bridge: Object.keys(bridge).sort(),
      calls: Object.keys(bridge.calls).sort(),
    }
  })
  expect(page.node).toEqual([])
  expect(page.bridge).toEqual(['calls', 'onPush'])
  expect(page.calls).toContain('startProgram')
  expect(page.calls).not.toContain('invoke')
  const preferences = await app.electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>
    }
    const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = contents.getLastWebPreferences()
    return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag }
  })
  expect(preferences).toEqual({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  })
})

test('the policy refuses what is not the app’s own', async ({ app }) => {
  const { page } = app.window
  const refused = await page.evaluate(async () => {
    const violations = new Set<string>()
    const three = new Promise<void>((resolve) => {
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        if (violations.add(effectiveDirective).size === 3) resolve()
      })
    })
    const script = document.createElement('script')
    script.textContent = 'window.injected = true'
    document.body.append(script)
    const frame = document.createElement('iframe')
    frame.src = 'https://example.com/'
    document.body.append(frame)
    await fetch('https://example.com/').catch(() => {})
    await three
    let evaluated = 'allowed'
    try {
      // Only now, after an await: what a debugger evaluates at once is not held to the policy.
      new Function('return 1')()
    } catch (error) {
      evaluated = (error as Error).name
    }
    return { violations: [...violations].sort(), evaluated, injected: 'injected' in window }
  })
  expect(refused.injected).toBe(false)
  expect(refused.violations).toEqual(['connect-src', 'frame-src', 'script-src-elem'])
  expect(refused.evaluated).toBe('EvalError')
})

test('the page cannot navigate away or open windows', async ({ app }) => {
  const { page } = app.window
  const before = page.url()
  expect(await page.evaluate(() => window.open('https://example.com/'))).toBeNull()
  await page.evaluate(() => {
    const link = document.createElement('a')
    link.href = 'https://example.com/'
    document.body.append(link)
    link.click()
  })
  await page.evaluate(() => location.assign('app://forkscope/no-such-page'))
  // A later round trip through the same page, not by Playwright, which waits for the refused navigation to end.
  const after = await app.electron.evaluate(async ({ BrowserWindow }) => {
    const windows = BrowserWindow.getAllWindows()
    const url = await windows[0]?.webContents.executeJavaScript('location.href')
    return { count: windows.length, url }
  })
  expect(after).toEqual({ count: 1, url: before })
})

test('the protocol gives the app’s own files and no others', async ({ app }) => {
  const statuses = await app.window.page.evaluate(async () => {
    const status = (path: string) => fetch(path).then((answer) => answer.status)
    return {
      page: await status('app://forkscope/index.html'),
      outside: await status('app://forkscope/../../package.json'),
      encoded: await status('app://forkscope/%2e%2e/%2e%2e/package.json'),
      source: await status('app://forkscope/main/index.cjs'),
    }
  })
  expect(statuses).toEqual({ page: 200, outside: 404, encoded: 404, source: 404 })
})

test('a call from a foreign frame is refused', async ({ app }) => {
  const preload = join(String(process.env.FORKSCOPE_TEST_OUT), 'preload', 'index.cjs')
  // A page of another origin in a window of its own, with the very same bridge.
  const answer = await app.electron.evaluate(async ({ BrowserWindow }, preload) => {
    const foreign = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } })
    await foreign.loadURL('data:text/html,<p>foreign</p>')
    const result = await foreign.webContents.executeJavaScript(
      "window.forkscope.calls.startProgram({ program: 'dog-cat', parameters: {} })",
    )
    foreign.destroy()
    return result
  }, preload)
  expect(answer).toMatchObject({ ok: false, error: { code: 'forbidden' } })
  await app.window.choose('dog-cat')
  await expect(app.window.processRows).toHaveCount(0)
})

test('a call that does not fit its schema is refused', async ({ app }) => {
  const answer = await app.window.page.evaluate(() => {
    const bridge = (globalThis as Record<string, unknown>).forkscope as {
      calls: Record<string, (input: unknown) => Promise<unknown>>
    }
    return bridge.calls.startProgram?.({ program: 'dog-cat', parameters: { speed: 'very' } })
  })
  expect(answer).toMatchObject({ ok: false, error: { code: 'bad-input' } })
})
