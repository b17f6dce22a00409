/** Signals for the processes of a run: to one of them, and to all until none is left. */
import { constants } from 'node:os'
import type { CommandResult } from '../../shared/commands.ts'
import { type Identity, identityOf } from '../process-tree/process-tree.ts'

const GRACE_MS = 2_000
const GIVE_UP_MS = 5_000
const LOOK_EVERY_MS = 25

/** Sends a signal if this pid is still that process. @returns whether it is, or was until now */
function send({ pid, start }: Identity, signal: NodeJS.Signals): boolean {
  if (identityOf(pid)?.start !== start) return false
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/**
 * Asks all to end, and after a while ends them: also those that have left their parents, and those that begin meanwhile.
 * @param look gives those that are left now
 * @returns how many could not be ended
 */
export async function endTree(look: () => readonly Identity[]): Promise<number> {
  const asked = new Set<string>()
  const begunMs = performance.now()
  for (;;) {
    const left = look()
    const forMs = performance.now() - begunMs
    if (left.length === 0 || forMs > GIVE_UP_MS) return left.length
    for (const one of left) {
      const key = `${one.pid}.${one.start}`
      if (forMs > GRACE_MS) send(one, 'SIGKILL')
      else if (!asked.has(key)) {
        asked.add(key)
        send(one, 'SIGTERM')
        // What is stopped takes the signal when it goes on.
        send(one, 'SIGCONT')
      }
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

export function signalMember(living: readonly Identity[], id: string, signal: string): CommandResult {
  if (!Object.hasOwn(constants.signals, signal))
    return { ok: false, code: 'bad-input', message: `There is no signal ${signal}.` }
  const [pid] = id.split('/')
  const found = living.find((one) => `${one.pid}.${one.start}` === pid)
  if (!found || !send(found, signal as NodeJS.Signals))
    return { ok: false, code: 'conflict', message: 'It has ended already.' }
  return { ok: true }
}
