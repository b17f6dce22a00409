/** How long a wait may last, as users say it everywhere. */

export interface WaitOptions {
  /** Program time in milliseconds; without it the wait has no end. */
  timeoutMs?: number
}

/** @returns the time in program milliseconds, undefined for a wait without end; throws RangeError for what is no time */
export function checkTimeout(timeoutMs: number | undefined): number | undefined {
  if (timeoutMs === undefined || timeoutMs === Number.POSITIVE_INFINITY) return undefined
  return Math.max(0, checkMs('timeoutMs', timeoutMs))
}

/** @returns the milliseconds; throws RangeError for what is no number of them */
export function checkMs(what: string, ms: number): number {
  if (typeof ms === 'number' && !Number.isNaN(ms)) return ms
  throw new RangeError(`${what} must be a number of milliseconds, but ${String(ms)} is not.`)
}
