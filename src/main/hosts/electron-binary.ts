/** Where Electron's own binary is, if it can be had. Runs in plain Node. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export type ElectronBinary = { path: string } | { missing: string }

const DOWNLOAD_LIMIT_MS = 10 * 60_000

function lastReason(output: string): string {
  const lines = output.split('\n').map((line) => line.trim())
  return (
    lines.find((line) => /error|refused|not found|timed? ?out/i.test(line)) ?? lines.find(Boolean) ?? 'no reason given'
  )
}

function electronFolder(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  } catch {
    return null
  }
}

/** @returns the binary that is there already, or in a few words why there is none; downloads nothing */
export function installedElectron(): ElectronBinary {
  const folder = electronFolder()
  if (folder === null) return { missing: 'the package electron is not installed' }
  const pathFile = join(folder, 'path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : null
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (override) {
    const path = join(override, name ?? 'electron')
    return existsSync(path) ? { path } : { missing: `ELECTRON_OVERRIDE_DIST_PATH has no ${path}` }
  }
  const path = name === null ? null : join(folder, 'dist', name)
  return path !== null && existsSync(path) ? { path } : { missing: 'its binary was not downloaded' }
}

/**
 * Finds the binary, or downloads it the first time, as Electron's own package does.
 * @returns its path, or in a few words why there is none
 */
export function findElectron(): ElectronBinary {
  const before = installedElectron()
  const folder = electronFolder()
  if ('path' in before || folder === null || process.env.ELECTRON_OVERRIDE_DIST_PATH) return before
  process.stderr.write('Getting Electron, which is done once…\n')
  const download = spawnSync(process.execPath, [join(folder, 'install.js')], {
    encoding: 'utf8',
    timeout: DOWNLOAD_LIMIT_MS,
  })
  const after = installedElectron()
  if ('path' in after) return after
  return { missing: `its binary could not be downloaded (${lastReason(`${download.stderr}\n${download.stdout}`)})` }
}
