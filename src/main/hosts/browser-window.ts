/** Opens the page in an installed browser of the Chromium family, as a window of its own. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Launcher } from 'chrome-launcher'
import { hasDisplay, sandboxArguments } from './display.ts'

/**
 * A file that leads to the URL and that only this user can read: the URL has the token in it, and a command line can be
 * read by every user of the machine. It is removed when this process ends.
 * @returns the file's own URL
 */
export function writeDoor(url: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'forkscope-door-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'open.html')
  const page = `<!doctype html><meta charset="utf-8"><title>Forkscope</title><meta http-equiv="refresh" content="0;url=${url}">\n`
  writeFileSync(file, page, { mode: 0o600 })
  return pathToFileURL(file).href
}

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
  const child = spawn(browser, [`--app=${writeDoor(url)}`, '--window-size=1280,800', ...sandboxArguments()], {
    detached: true,
    stdio: 'ignore',
  })
  child.on('error', () => {})
  child.unref()
  return true
}
