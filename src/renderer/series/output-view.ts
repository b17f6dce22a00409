/** The lines of output that are on screen: a bounded stretch of a bounded log. */
import type { Log, OutputLine } from '../../shared/session-state.ts'

/** More lines than this are never on screen at once. */
export const MOST_LINES = 400

export interface OutputView {
  lines: { position: number; line: OutputLine }[]
  /** Position of the first line that is shown. */
  from: number
  /** How many lines there are before and after those shown. */
  earlier: number
  later: number
  /** Where to hold the view to see them. */
  earlierFrom: number
  laterFrom: number
}

/**
 * @param matches whether a line is among those to show
 * @param heldFrom position of the first line to show; null for the last lines
 */
export function outputView(
  log: Log<OutputLine>,
  matches: (line: OutputLine) => boolean,
  heldFrom: number | null,
): OutputView {
  const { first, items } = log
  const positions: number[] = []
  for (const [i, line] of items.entries()) if (matches(line)) positions.push(first + i)
  const last = Math.max(0, positions.length - MOST_LINES)
  let start = heldFrom === null ? last : positions.findIndex((position) => position >= heldFrom)
  if (start < 0) start = last
  const shown = positions.slice(start, start + MOST_LINES)
  const at = (index: number) => positions[Math.min(Math.max(0, index), positions.length - 1)] ?? first
  return {
    lines: shown.map((position) => ({ position, line: items[position - first] as OutputLine })),
    from: at(start),
    earlier: start,
    later: positions.length - start - shown.length,
    earlierFrom: at(start - MOST_LINES / 2),
    laterFrom: at(Math.min(start + MOST_LINES / 2, last)),
  }
}
