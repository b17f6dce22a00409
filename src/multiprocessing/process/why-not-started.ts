/** Why the system could not start a process, and what to do. Node tells the reason only later, so it is looked for. */
import { accessSync, closeSync, constants, openSync, realpathSync, statSync } from 'node:fs'
import { devNull } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import { MultiprocessingError } from '../errors.ts'

/** So many a start needs at most: for a moment two for each stream, and two to hear whether it could be. */
const FILES_NEEDED = 10

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}

/**
 * To be asked before each start: where there are too few, `spawn` leaves one of those that it has opened.
 * @returns EMFILE or ENFILE if this process cannot open what a start needs
 */
export function lackOfFiles(): string | undefined {
  const files: number[] = []
  try {
    while (files.length < FILES_NEEDED) files.push(openSync(devNull, 'r'))
    return undefined
  } catch (error) {
    return codeOf(error)
  } finally {
    for (const file of files) closeSync(file)
  }
}

/** @returns why a file cannot be run; undefined if it can */
function whyNotRun(file: string): string | undefined {
  try {
    if (!statSync(file).isFile()) return 'EACCES'
    accessSync(file, constants.X_OK)
    return undefined
  } catch (error) {
    return codeOf(error)
  }
}

function isFolderGone(): boolean {
  try {
    realpathSync.native('.')
    return false
  } catch {
    return true
  }
}

function reasonFor(file: string, thrown?: unknown): string {
  const lack = lackOfFiles()
  if (lack === 'ENFILE') return 'the system has as many files open as it can (ENFILE). Close some.'
  if (lack)
    return `this process has as many files open as it may (${lack}). Close some, or raise the limit: \`ulimit -n\`.`
  if (thrown && codeOf(thrown) === 'E2BIG')
    return 'its environment is larger than the system allows (E2BIG). Make process.env smaller.'
  if (thrown) return `${(thrown as Error).message}.`
  const paths = /[/\\]/.test(file)
    ? [file]
    : (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, file))
  const reasons = paths.map(whyNotRun)
  if (reasons.every(Boolean)) {
    const advice = process.env.FORKSCOPE_NODE === file ? ' FORKSCOPE_NODE must be the path of a Node.' : ''
    if (reasons.includes('EACCES')) return `that is not a program which may be run (EACCES).${advice}`
    if (!isAbsolute(file) && isFolderGone())
      return 'the working folder of this process was deleted (ENOENT). Change into another.'
    return `there is no such file (${reasons[0]}).${advice}`
  }
  return 'the system has no process or no memory left for it (EAGAIN). End some, or raise the limit: `ulimit -u`.'
}

/** @param thrown what `spawn` threw, if it did */
export function whyNotStarted(name: string, file: string, thrown?: unknown): MultiprocessingError {
  return new MultiprocessingError(`The process ${name} could not be started with ${file}: ${reasonFor(file, thrown)}`)
}

/** @param end how the process ended, before it had said anything */
export function notANode(file: string, end: string): MultiprocessingError {
  return new MultiprocessingError(
    `its process ${end} before it had loaded the library. ${file} must be a Node that this program can run under, with its options; ` +
      'what it printed says more.',
  )
}
