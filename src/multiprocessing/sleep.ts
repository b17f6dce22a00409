/** Python's `time.sleep`, in milliseconds of program time. */
import { currentRun } from './run/run.ts'
import { checkMs } from './run/wait-options.ts'

/**
 * Waits without holding up anything else in the process.
 * @param programMs milliseconds, divided by the run's speed; Infinity is until the program is stopped
 * @throws RangeError for what is no number of milliseconds
 */
export function sleep(programMs: number): Promise<void> {
  checkMs('A sleep', programMs)
  const run = currentRun()
  return run.wait((resolve) => {
    return run.after(programMs, () => resolve())
  }, 'sleeping')
}

/**
 * For timers that the library does not know of: a program's own `setTimeout` (which takes no more than 24 days), a request's
 * time limit.
 * @returns real milliseconds for milliseconds of program time
 */
export function toRealMs(programMs: number): number {
  return currentRun().realMs(programMs)
}
