/** Why a process tells nothing itself, as far as its command line says, and what one can do about it. */
import { basename } from 'node:path'

const PYTHON = /^python[\d.]*$/
/** Options of Python that leave out the environment, or what is imported at its start: `-E`, `-I`, `-S`, alone or among others. */
const ALONE = /^-[a-zA-Z]*[EIS]/

/** @returns a sentence; empty if there is nothing to say yet */
export function whyUnseen({ command }: { command: string }, hasFolder: boolean): string {
  const [program = '', ...words] = command.split(' ')
  if (!PYTHON.test(basename(program))) return ''
  if (!hasFolder)
    return 'Its queues and locks are not seen: there is no folder that is only yours, in which its agent could write.'
  const scriptAt = words.findIndex((word) => !word.startsWith('-'))
  const options = words.slice(0, scriptAt < 0 ? words.length : scriptAt)
  const alone = options.find((word) => ALONE.test(word))
  return alone === undefined
    ? ''
    : `Its queues and locks are not seen: with ${alone} Python loads no agent. Start it without.`
}
