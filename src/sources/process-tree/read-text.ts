/** Small files of `/proc`, which may be gone, refused or much longer than expected. */
import { closeSync, openSync, readSync } from 'node:fs'

const buffer = Buffer.allocUnsafe(4_096)

/** @returns its first 4 KiB as bytes of text, or null if it cannot be read: the process is gone, or is not ours to look at */
export function readStart(path: string, encoding: 'utf8' | 'latin1' = 'utf8'): string | null {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch {
    return null
  }
  try {
    return buffer.toString(encoding, 0, readSync(descriptor, buffer, 0, buffer.length, 0))
  } catch {
    return null
  } finally {
    closeSync(descriptor)
  }
}

/** @returns an error's `code`, such as `EACCES`; empty if it has none */
export function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? ''
}
