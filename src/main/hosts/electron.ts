/** The app's life in Electron: one instance, one window, and an end that leaves no process behind. */
import { fileURLToPath } from 'node:url'
import { app, type BrowserWindow } from 'electron'
// All of it: loaded only with the first program that is started, it would hold the window for a tenth of a second then.
import '../../multiprocessing/index.ts'
import { outlivePrograms } from '../../sources/library/stray-errors.ts'
import type { Program } from '../../sources/source.ts'
import { createApi } from '../api.ts'
import { appVersion } from '../app-info.ts'
import { readAskedFor, takeAskedFor } from '../asked-for.ts'
import { programs as all } from '../programs/programs.ts'
import { Sessions } from '../session/sessions.ts'
import { answerCalls } from './electron-calls.ts'
import { installMenu } from './electron-menu.ts'
import { declareScheme, servePage } from './electron-protocol.ts'
import { hardenContents } from './electron-security.ts'
import { openWindow } from './electron-window.ts'

export interface ElectronHostOptions {
  /** What can be started; the app's own programs if left out. */
  programs?: readonly Program[]
}

/** Longer than any stop takes. After this the app ends all the same, and what is left ends with it. */
const STOP_LIMIT_MS = 3_000

/** Runs the app until it is quit, which stops every session. Must be called before Electron is ready. */
export function runElectronHost({ programs = all }: ElectronHostOptions = {}): void {
  const asked = takeAskedFor()
  // Where the app runs already, that one is told, and shows it.
  if (!app.requestSingleInstanceLock({ asked })) {
    app.quit()
    return
  }
  const sessions = new Sessions({ programs })
  outlivePrograms()
  const { node, electron = '', chrome = '' } = process.versions
  const api = createApi(sessions, { version: appVersion(), host: 'electron', versions: { electron, chrome, node } })
  let window: BrowserWindow | null = null
  let exitCode = 0
  let ending: Promise<void> | null = null

  const end = () => {
    ending ??= Promise.race([
      sessions.stopAll(),
      new Promise<void>((resolve) => setTimeout(resolve, STOP_LIMIT_MS)),
    ]).finally(() => app.exit(exitCode))
    return ending
  }
  const show = () => {
    if (!window || window.isDestroyed()) {
      window = openWindow()
      window.once('closed', () => (window = null))
      return
    }
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  // Root on Linux has to run without Chromium's sandbox, and asking for both ends the app.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  declareScheme()
  hardenContents()
  answerCalls(api, () => window)
  app.on('second-instance', (_event, _words, _folder, given) => {
    const other = readAskedFor((given as { asked?: unknown } | null)?.asked)
    if (other) void sessions.startAsked(other)
    show()
  })
  app.on('activate', show)
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  app.on('before-quit', (event) => {
    event.preventDefault()
    // The window remembers its place when it closes, and a stopped session is not worth watching.
    window?.close()
    void end()
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit())
  app
    .whenReady()
    .then(async () => {
      await servePage(fileURLToPath(new URL('../../../renderer', import.meta.url)))
      installMenu()
      show()
      if (asked) void sessions.startAsked(asked)
    })
    .catch((error: unknown) => {
      console.error(`Forkscope cannot start: ${(error as Error).message}`)
      exitCode = 1
      void end()
    })
}
