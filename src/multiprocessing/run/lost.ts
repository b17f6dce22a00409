/** The event loop of a process has run empty: either it is done, or it waits for what can never come. */
import type { WaitTarget } from '../../shared/telemetry.ts'
import type { Run } from './run.ts'

/** One listener for all runs of this process, of which there may be many. */
const deciding = new Set<() => void>()
let othersWereAsked = false

function onEmpty(): void {
  othersWereAsked = !othersWereAsked && process.listenerCount('beforeExit') > 1
  // The program may listen to the same event, to begin something at last: it goes first.
  if (othersWereAsked) setImmediate(() => {})
  else for (const decide of deciding) decide()
}

/**
 * Calls `decide` each time that nothing is left for the event loop to wait for.
 * @returns what to call to end that
 */
export function whenNothingIsLeft(decide: () => void): () => void {
  if (deciding.size === 0) process.on('beforeExit', onEmpty)
  deciding.add(decide)
  return () => {
    deciding.delete(decide)
    if (deciding.size === 0) process.off('beforeExit', onEmpty)
  }
}

/** What the process would have to do that is waited for. */
const ENDS: Record<WaitTarget['what'], string> = {
  get: 'put to it',
  put: 'get from it',
  flush: 'get from it',
  acquire: 'release it',
  receive: 'send to it',
  send: 'receive from it',
  event: 'set it',
  condition: 'notify it',
  barrier: 'come to it',
  join: 'call taskDone',
  result: 'do it',
  task: 'submit one',
  other: 'answer',
}

/** @returns what a process of which nothing is left waits for, and why that can never come */
export function describeLost({ name, waits }: Run): string {
  const wait = waits.at(-1)
  if (typeof wait !== 'object') return `${name} has not finished: it awaits something that nothing is left to settle.`
  const waiting = wait.label.replace(/^(?:wait )?/, (found) => (found ? '' : 'to '))
  return `${name} is waiting ${waiting}, and no process is left that could ${ENDS[wait.what]}.`
}
