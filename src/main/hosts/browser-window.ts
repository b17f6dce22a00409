/** Opens the page in an installed browser of the Chromium family, as a window of its own. */
import { spawn } from 'node:child_process'
import { Launcher } from 'chrome-launcher'
import { hasDisplay, sandboxArguments } from './display.ts'

/** @returns whether a browser was started; without a display or a browser there is none, and the URL is printed anyway */
export function openAppWindow(url: string): boolean {
  if (!hasDisplay()) return false
  let browser: string | undefined
  try {
    browser = Launcher.getInstallations()[0]
  } catch {
    return false
  }
  if (!browser) return false
  const child = spawn(browser, [`--app=${url}`, '--window-size=1280,800', ...sandboxArguments()], {
    detached: true,
    stdio: 'ignore',
  })
  child.on('error', () => {})
  child.unref()
  return true
}
