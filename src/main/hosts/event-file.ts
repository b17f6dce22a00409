/** A file that gets each event of a session as a line of JSON. */
import { createWriteStream } from 'node:fs'
import { harmless } from '../../session/plain-text.ts'

export interface EventFile {
  /** @param line as `jsonLine` gives it */
  write(line: string): void
  /** Resolves when all is written, or nothing can be. */
  end(): Promise<void>
}

/** @param path null for no file. One that cannot be written is told on stderr, and nothing else is held up by it. */
export function openEventFile(path: string | null): EventFile {
  if (path === null) return { write: () => {}, end: () => Promise.resolve() }
  const file = createWriteStream(path, { flags: 'w', mode: 0o600 })
  file.on('error', (error) => process.stderr.write(`forkscope: ${harmless(error.message)}\n`))
  return {
    write: (line) => void file.write(`${line}\n`),
    end: () => new Promise((resolve) => file.end(() => resolve())),
  }
}
