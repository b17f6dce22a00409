/** Which queues stand still at the foot of the process table. */

/** More than this would hide the processes, however much room there is. */
const MOST_AT_FOOT = 4
const ROW_HEIGHT = 31

/** @returns how many of them there is room for in a table of that many pixels: a third, the rest is for processes */
export function footRoom(tableHeight: number): number {
  return Math.max(1, Math.min(MOST_AT_FOOT, Math.round(tableHeight / ROW_HEIGHT / 3)))
}

/**
 * Those that the user keeps there, the latest of them if they are too many, and beside them those that came first: one that comes
 * later takes no other's place.
 *
 * @param queues ids, in the order in which they came
 * @param kept ids, in the order in which the user chose them
 * @param most so many there is room for
 */
export function footQueues(queues: readonly string[], kept: ReadonlySet<string>, most: number): ReadonlySet<string> {
  const known = new Set(queues)
  const chosen = [...kept].filter((id) => known.has(id)).slice(-most)
  const others = queues.filter((id) => !chosen.includes(id)).slice(0, most - chosen.length)
  return new Set([...chosen, ...others])
}
