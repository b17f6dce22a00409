/** Files without a name, that live as long as somebody has them open: what a child and its parent write for each other. */
import { fstatSync, openSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Files here are memory. Only Linux has it. */
const MEMORY = '/dev/shm'

let files = 0

function createIn(folder: string): number | undefined {
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
