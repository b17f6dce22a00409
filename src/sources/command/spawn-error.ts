/** A command that could not be started, in one sentence. */
import { existsSync, statSync } from 'node:fs'
import type { CommandOptions } from './command-options.ts'

export class CommandError extends Error {
  override name = 'CommandError'
  /** As shells have it: 127 for what is not found, 126 for what cannot be run. */
  readonly status: 126 | 127

  constructor(message: string, status: 126 | 127) {
    super(message)
    this.status = status
  }
}

export function explainSpawn(error: NodeJS.ErrnoException, { argv: [file], cwd }: CommandOptions): CommandError {
  if (!isFolder(cwd)) return new CommandError(`The folder ${cwd} does not exist.`, 126)
  switch (error.code) {
    case 'ENOENT':
      return existsSync(file)
        ? new CommandError(`${file} cannot be run: what its first line names was not found.`, 126)
        : new CommandError(`There is no command "${file}".`, 127)
    case 'EACCES':
    case 'EPERM':
      return new CommandError(`${file} may not be run: it is no program, or you have no right to.`, 126)
    case 'ENOEXEC':
      return new CommandError(
        `${file} is no program that this system can run; a script needs a first line such as #!/bin/sh.`,
        126,
      )
    case 'E2BIG':
      return new CommandError('The command and its environment are longer than the system takes.', 126)
    case 'EMFILE':
    case 'ENFILE':
      return new CommandError(`${file} could not be started: too many files are open.`, 126)
    case 'EAGAIN':
    case 'ENOMEM':
      return new CommandError(`${file} could not be started: the system allows no more processes now.`, 126)
    default:
      return new CommandError(`${file} could not be started: ${error.message}`, 126)
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
