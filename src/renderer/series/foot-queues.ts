/** Which queues stand still at the foot of the process table. */

/** More than this would hide the processes. */
export const MOST_AT_FOOT = 4

/**
 * Those that the user keeps there, the latest of them if they are too many, and beside them those that came first: one that comes
 * later takes no other's place.
 *
 * @param queues ids, in the order in which they came
 * @param kept ids, in the order in which the user chose them
 */
export function footQueues(queues: readonly string[], kept: ReadonlySet<string>): ReadonlySet<string> {
  const known = new Set(queues)
  const chosen = [...kept].filter((id) => known.has(id)).slice(-MOST_AT_FOOT)
  const others = queues.filter((id) => !chosen.includes(id)).slice(0, MOST_AT_FOOT - chosen.length)
  return new Set([...chosen, ...others])
}
