/** Python's `time.sleep`, in milliseconds of program time. */
import { currentRun } from './run/run.ts'

/**
 * Waits without holding up anything else in the process.
 * @param programMs milliseconds, divided by the run's speed
 */
export function sleep(programMs: number): Promise<void> {
  const run = currentRun()
  return run.wait((resolve) => {
    const leave = run.blocking?.enter('sleeping')
    const timer = setTimeout(() => {
      leave?.()
      resolve()
    }, run.realMs(programMs))
    return () => {
      clearTimeout(timer)
      leave?.()
    }
  })
}

/**
 * For timers that the library does not know of: a program's own `setTimeout`, a request's time limit.
 * @returns real milliseconds for milliseconds of program time
 */
export function toRealMs(programMs: number): number {
  return currentRun().realMs(programMs)
}
