/**
 * Where Node keeps what a child compiles, so that the next one begins sooner. What lies there is run, so it must be where nobody else
 * can put anything; Node's own choice, the shared folder for temporary files, is not.
 */
import { lstatSync, mkdirSync, realpathSync, type Stats } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'

const OTHERS = 0o077
const OTHERS_WRITE = 0o022
const STICKY = 0o1000

function cacheHome(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME
  if (process.platform === 'win32' && LOCALAPPDATA) return LOCALAPPDATA
  return join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache')
}

/** Whether nobody but this user, and root, can put another folder in the place of one in here. */
function isSafeAbove(folder: string, user: number): boolean {
  const { uid, mode } = lstatSync(folder)
  if (uid !== user && uid !== 0) return false
  if ((mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0) return false
  const above = dirname(folder)
  return above === folder || isSafeAbove(above, user)
}

const isOwn = (stats: Stats, user: number) => stats.isDirectory() && stats.uid === user && (stats.mode & OTHERS) === 0

function ownCacheFolder(): string | undefined {
  try {
    const folder = join(cacheHome(), 'forkscope')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const user = process.geteuid?.()
    // On Windows a user's folders are the user's.
    if (user === undefined) return folder
    if (!isOwn(lstatSync(folder), user) || !isSafeAbove(realpathSync(dirname(folder)), user)) return undefined
    return folder
  } catch {
    return undefined
  }
}

let found: string | undefined

/** @returns the user's own folder for this, made if need be; empty if there is none that is only theirs. Looked for once a process */
export function cacheFolder(): string {
  found ??= ownCacheFolder() ?? ''
  return found
}
