/** The app in a browser: sessions, API and server put together, until a signal ends it. */
import { join } from 'node:path'
// All of it: loaded only with the first program that is started, it would hold the window for a tenth of a second then.
import '../../multiprocessing/index.ts'
import { outlivePrograms } from '../../sources/library/stray-errors.ts'
import type { Program } from '../../sources/source.ts'
import { createApi } from '../api.ts'
import { appVersion, packageRoot } from '../app-info.ts'
import type { AskedFor } from '../asked-for.ts'
import { programs as all } from '../programs/programs.ts'
import { Sessions } from '../session/sessions.ts'
import { startBrowserServer } from './browser-server.ts'
import { openAppWindow } from './browser-window.ts'

export interface BrowserHostOptions {
  /** 0 for a free one. */
  port: number
  /** Whether to open a browser where there is a display. */
  open: boolean
  /** What can be started; the app's own programs if left out. */
  programs?: readonly Program[]
  /** What it begins with. */
  asked?: AskedFor | null
}

/**
 * Serves until SIGINT or SIGTERM, then stops every session and ends the process.
 * @throws PortError if the port cannot be had
 */
export async function runBrowserHost({ port, open, programs = all, asked = null }: BrowserHostOptions): Promise<void> {
  const sessions = new Sessions({ programs })
  outlivePrograms()
  const api = createApi(sessions, {
    version: appVersion(),
    host: 'browser',
    versions: { node: process.versions.node },
  })
  const server = await startBrowserServer(api, join(packageRoot(), 'out', 'renderer'), port)
  let ending = false
  const end = async () => {
    if (ending) return
    ending = true
    await sessions.stopAll()
    await server.close()
    process.exit(0)
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  if (asked) void sessions.startAsked(asked)
  process.stdout.write(`Forkscope is ready: ${server.url}\n`)
  if (open) openAppWindow(server.url)
}
