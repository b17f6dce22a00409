/**
 * Texts that nobody can guess. They come from where the system keeps them ready: Node's own module for that takes a program that needs
 * nothing else of it seven milliseconds to load, and that before its first process has begun.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { lazy } from '../lazy.ts'

const SECRET_BYTES = 16
const READY_BYTES = 4_096
let ready: Buffer = Buffer.alloc(0)
let used = 0

function randomBytes(): Buffer {
  // On Windows anybody may have made a file of that name.
  if (process.platform === 'win32') return lazy.crypto.randomBytes(READY_BYTES)
  try {
    const file = openSync('/dev/urandom', 'r')
    try {
      const bytes = Buffer.alloc(READY_BYTES)
      if (readSync(file, bytes) === READY_BYTES) return bytes
    } finally {
      closeSync(file)
    }
  } catch {
    // Too many open files, or there is none.
  }
  return lazy.crypto.randomBytes(READY_BYTES)
}

/** @returns another one each time */
export function secret(): string {
  if (used === ready.byteLength) {
    ready = randomBytes()
    used = 0
  }
  used += SECRET_BYTES
  return ready.toString('base64url', used - SECRET_BYTES, used)
}
