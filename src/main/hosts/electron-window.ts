/** The app's window. */
import { fileURLToPath } from 'node:url'
import { BrowserWindow, nativeTheme } from 'electron'
import { PAGE_URL } from './electron-protocol.ts'
import { keepWindowState, readWindowState } from './electron-window-state.ts'

const MINIMUM = { width: 800, height: 560 }
/** The page's ground, so that nothing flashes before it is painted. */
const GROUND = { light: '#f6f7f9', dark: '#14161a' }

/** Opens the window where it was; it is shown once its page is painted. */
export function openWindow(): BrowserWindow {
  const { maximized, ...bounds } = readWindowState()
  const window = new BrowserWindow({
    ...bounds,
    minWidth: MINIMUM.width,
    minHeight: MINIMUM.height,
    show: false,
    title: 'Forkscope',
    backgroundColor: nativeTheme.shouldUseDarkColors ? GROUND.dark : GROUND.light,
    webPreferences: {
      preload: fileURLToPath(new URL('../../../preload/index.cjs', import.meta.url)),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  })
  if (maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  keepWindowState(window)
  void window.loadURL(PAGE_URL)
  return window
}
