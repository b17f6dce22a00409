/** A child that has not begun after so long never will: its module hangs while it is loaded. */
const START_LIMIT_MS = 60_000

/** The longest that one timer of Node's can wait. */
const LONGEST_MS = 2 ** 31 - 1

/** @returns FORKSCOPE_START_LIMIT_MS, or a minute; Infinity for none */
export function startLimitMs(): number {
  const set = Number(process.env.FORKSCOPE_START_LIMIT_MS)
  if (set > LONGEST_MS) return Number.POSITIVE_INFINITY
  return set > 0 ? set : START_LIMIT_MS
}
