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
