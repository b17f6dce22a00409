/** What does not change in a process, or only by an exec. */
import { readlinkSync, statSync } from 'node:fs'
import { readStart } from './read-text.ts'

/** Its arguments with spaces between, the first 4 KiB of them; empty if it has none, or is gone. */
export function readCommand(pid: number): string {
  return (readStart(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trimEnd()
}

/** The file that it runs, without the mark of one that was deleted since; null where that must not be seen. */
export function readExecutable(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '')
  } catch {
    return null
  }
}

/** Whose it is; null if it is gone. */
export function readUid(pid: number): number | null {
  try {
    return statSync(`/proc/${pid}`).uid
  } catch {
    return null
  }
}
