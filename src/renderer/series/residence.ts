/** How long items stayed in a queue, from counts by powers of two of a millisecond. */

export interface ResidenceBar {
  /** `under 1 ms`, `2 to 4 ms`, `over 8 s`. */
  label: string
  count: number
  /** 0 to 1, of the highest bar. */
  share: number
}

function bound(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`
}

/** @returns bars from the first to the last bucket that is not empty */
export function residenceBars(counts: readonly number[]): ResidenceBar[] {
  const first = counts.findIndex((count) => count > 0)
  if (first < 0) return []
  const last = counts.findLastIndex((count) => count > 0)
  const highest = Math.max(...counts)
  return counts.slice(first, last + 1).map((count, offset) => {
    const i = first + offset
    const from = bound(2 ** (i - 1))
    const label = i === 0 ? 'under 1 ms' : i === counts.length - 1 ? `over ${from}` : `${from} to ${bound(2 ** i)}`
    return { label, count, share: count / highest }
  })
}
