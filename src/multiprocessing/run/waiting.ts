/** What a call waits for, as the library itself knows it. */
import type { Wait, WaitTarget } from '../../shared/telemetry.ts'

/** Made once for each thing and kind of call: a program may wait ten thousand times a second. */
export interface Waiting {
  readonly on: Wait['on']
  readonly what: WaitTarget['what']
  /** In words, to be read after "waiting: ". */
  readonly label: string
}

/** @returns the wait for a process, or a thread, to end */
export function waitingToJoin(path: string, name: string): Waiting {
  return { on: { kind: 'process', id: path }, what: 'join', label: `join ${name}` }
}
