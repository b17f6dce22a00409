/** The pipes and sockets of a process, in words. */
import type { ConnectedEnd } from '../../shared/telemetry.ts'
import { formatBytes } from './format.ts'

function isPipe({ link }: ConnectedEnd): boolean {
  return link.startsWith('pipe:')
}

/** @returns what it is for, before the names of those who have the other end: `a pipe from`, `a pipe to`, `a socket to` */
export function endVerb(end: ConnectedEnd): string {
  if (!isPipe(end)) return end.isGuess ? 'a socket, probably to' : 'a socket to'
  if (end.end === 'both') return 'both ends of a pipe, as'
  return end.end === 'read' ? 'a pipe from' : 'a pipe to'
}

/** @returns the kernel's name of it, and the descriptors by which the process has it */
export function endTitle({ link, descriptors }: ConnectedEnd): string {
  return `${link}, descriptor ${descriptors.join(', ')}`
}

/** @returns what has come and was not read, if there is anything */
export function unreadWords({ unreadBytes = 0 }: ConnectedEnd): string {
  return unreadBytes > 0 ? `, ${formatBytes(unreadBytes)} not read` : ''
}
