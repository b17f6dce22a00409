/** Files without a name, that live as long as somebody has them open: what a child and its parent write for each other. */
import { fstatSync, openSync, readFileSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Files here are memory. Only Linux has it. */
const MEMORY = '/dev/shm'

/** No file here grows beyond this. */
const LARGEST_BYTES = 32 * 1024 * 1024

let files = 0
let mayGrow: boolean | undefined

/** A write beyond the largest size that a process may give a file (`ulimit -f`) is not refused: it ends the process. */
function filesMayGrow(): boolean {
  try {
    const [, limit] = /^Max file size +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return limit === undefined || Number(limit) >= LARGEST_BYTES
  } catch {
    // Not Linux.
    return true
  }
}

function createIn(folder: string): number | undefined {
  mayGrow ??= filesMayGrow()
  if (!mayGrow) return undefined
  const path = join(folder, `forkscope-${process.pid}-${files++}-${Math.random().toString(36).slice(2)}`)
  try {
    const fd = openSync(path, 'wx+', 0o600)
    unlinkSync(path)
    return fd
  } catch {
    return undefined
  }
}

/** @returns the descriptor of a new file in memory; undefined where there can be none */
export function createMemoryFile(): number | undefined {
  return process.platform === 'linux' ? createIn(MEMORY) : undefined
}

/** The same, but on a disk if need be. On Windows a file cannot go before its last user. */
export function createNamelessFile(): number | undefined {
  return process.platform === 'win32' ? undefined : (createMemoryFile() ?? createIn(tmpdir()))
}

/** @returns whether a descriptor that a child inherits is such a file: where its parent could make none, it is not */
export function isNamelessFile(fd: number): boolean {
  try {
    const stats = fstatSync(fd)
    return stats.isFile() && stats.nlink === 0
  } catch {
    return false
  }
}
