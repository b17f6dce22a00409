/** How a run comes to its end: by itself, when nothing is left to do, or stopped. */
import { StoppedError } from '../errors.ts'
import type { Run, RunChild } from './run.ts'
import { type Waiting, waitingToJoin } from './waiting.ts'

/** From SIGTERM to SIGKILL. */
const PATIENCE_MS = 500

/** Resolves when that is over; until then this process waits for it. */
async function waitedFor(run: Run, over: Promise<unknown>, waiting: Waiting | undefined): Promise<void> {
  const leave = waiting && run.blocking?.enter(waiting)
  await over
  leave?.()
}

function ended(run: Run, child: RunChild): Promise<void> {
  return waitedFor(run, child.ended, waitingToJoin(child.path, child.name))
}

async function endChildren(run: Run): Promise<void> {
  const children = [...run.children]
  if (children.length === 0) return
  for (const child of children) child.signal('SIGTERM', true)
  const timer = setTimeout(() => {
    for (const child of children) child.signal('SIGKILL', true)
  }, PATIENCE_MS)
  await Promise.all(children.map((child) => ended(run, child)))
  clearTimeout(timer)
}

/**
 * Waits until the run has nothing left to do: no task in a pool, no process that is not a daemon. Then ends the daemons,
 * as Python does when the main process exits. What is waited for may start more; that is waited for too.
 */
export async function endRun(run: Run): Promise<void> {
  for (;;) {
    const busy = [...run.pools].map((pool) => waitedFor(run, pool.idle(), pool.waiting))
    const alive = [...run.children].filter((child) => !child.daemon).map((child) => ended(run, child))
    await Promise.all([...busy, ...alive])
    if (run.stopped || ![...run.children].some((child) => !child.daemon)) break
  }
  for (const pool of [...run.pools]) pool.end(new StoppedError('The program ended before the task was done.'))
  await endChildren(run)
}

/** Ends the run now: what waits is interrupted, every child is asked to end, and forced after half a second. */
export async function stopRun(run: Run): Promise<void> {
  const reason = new StoppedError()
  run.interrupt(reason)
  for (const pool of [...run.pools]) pool.end(reason)
  // An interrupted main function may start more in its `finally`, until it notices; those are ended as well.
  while (run.children.size > 0) await endChildren(run)
}
