/** Which pipes and sockets a process has open, from `/proc/PID/fd`. */
import { lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { errorCode } from './read-text.ts'

export interface OpenEnd {
  descriptor: number
  /** What it is, by its inode: `pipe:[4711]`, `socket:[4712]`. */
  link: string
  end: 'read' | 'write' | 'both'
}

export interface OpenEnds {
  ends: OpenEnd[]
  isRefused: boolean
  /** How many descriptors there are besides those that were looked at. */
  more: number
}

/** Of one process no more descriptors are looked at. */
const MOST_DESCRIPTORS = 512
/** A link's own permissions are how its file was opened: S_IRUSR and S_IWUSR. */
const READABLE = 0o400
const WRITABLE = 0o200

/** @returns its ends of pipes and sockets; none if it is gone */
export function readOpenEnds(pid: number): OpenEnds {
  let names: string[]
  try {
    names = readdirSync(`/proc/${pid}/fd`)
  } catch (error) {
    const code = errorCode(error)
    return { ends: [], isRefused: code === 'EACCES' || code === 'EPERM', more: 0 }
  }
  const ends: OpenEnd[] = []
  for (const name of names.slice(0, MOST_DESCRIPTORS)) {
    try {
      const path = `/proc/${pid}/fd/${name}`
      const link = readlinkSync(path)
      if (link.startsWith('pipe:')) ends.push({ descriptor: Number(name), link, end: endOf(lstatSync(path).mode) })
      else if (link.startsWith('socket:')) ends.push({ descriptor: Number(name), link, end: 'both' })
    } catch {
      // It was closed meanwhile.
    }
  }
  return { ends, isRefused: false, more: Math.max(0, names.length - MOST_DESCRIPTORS) }
}

function endOf(mode: number): OpenEnd['end'] {
  if ((mode & READABLE) !== 0) return (mode & WRITABLE) !== 0 ? 'both' : 'read'
  return 'write'
}
