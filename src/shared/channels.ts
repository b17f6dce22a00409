/** Names of Electron's IPC channels, for the two ends of it. */
import type { CallName, PushName } from './api.ts'

export function callChannel(name: CallName): string {
  return `forkscope:call:${name}`
}

export function pushChannel(name: PushName): string {
  return `forkscope:push:${name}`
}

/** By it the page says that it has taken one push. */
export const takenChannel = 'forkscope:taken'
