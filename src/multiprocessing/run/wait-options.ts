/** How long a wait may last, as users say it everywhere. */

export interface WaitOptions {
  /** Program time in milliseconds; without it the wait has no end. */
  timeoutMs?: number
}

/** @returns the time in program milliseconds, undefined for a wait without end; throws RangeError for what is no time */
export function checkTimeout(timeoutMs: number | undefined): number | undefined {
  if (timeoutMs === undefined || timeoutMs === Number.POSITIVE_INFINITY) return undefined
  if (typeof timeoutMs !== 'number' || Number.isNaN(timeoutMs)) {
    throw new RangeError(`timeoutMs must be a number of milliseconds, but ${String(timeoutMs)} is not.`)
  }
  return Math.max(0, timeoutMs)
}
