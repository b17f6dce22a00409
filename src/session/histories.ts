/** The logs of all rows, which are bounded together: a thousand processes have no more history than ten. */
import type { Log } from '../shared/session-state.ts'
import { LIMITS } from './limits.ts'
import { append, dropFirst, logOf } from './log.ts'
import type { HistoryName, ReducedState } from './state.ts'
import { changeRow } from './table.ts'

type Item<P extends HistoryName> = ReducedState[P] extends Map<string, Log<infer T>> ? T : never

const LIMIT_OF_ONE = { lanes: LIMITS.laneSegments, samples: LIMITS.samples, depths: LIMITS.depthPoints } as const
/** So much is left of the history of what has ended, where there is too much of all. */
const LEFT_OF_ENDED = 50

/** Appends to the log of a row. */
export function appendTo<P extends HistoryName>(state: ReducedState, part: P, id: string, item: Item<P>): void {
  append(logOf<Item<P>>(state[part] as unknown as Map<string, Log<Item<P>>>, id), item, LIMIT_OF_ONE[part])
  // A log that drops or loses items makes it too high, never too low: it is counted again before anything is given up.
  if (++state.historyItems[part] > LIMITS.ofAll[part]) makeRoom(state, part)
}

/** Leaves a quarter free, so that it costs little on average. */
function makeRoom(state: ReducedState, part: HistoryName): void {
  const logs: Map<string, Log<{ rev: number }>> = state[part]
  const target = LIMITS.ofAll[part] * 0.75
  const { ended } = part === 'depths' ? state.queues : state.processes
  let count = countOf(logs, Number.POSITIVE_INFINITY)
  if (count > target) {
    for (const id of ended) {
      if (count <= target) break
      count -= shorten(state, part, id, LEFT_OF_ENDED)
    }
    let most: number = LIMIT_OF_ONE[part]
    while (countOf(logs, most) > target) most = Math.floor(most / 2)
    for (const id of logs.keys()) shorten(state, part, id, most)
    count = countOf(logs, most)
  }
  state.historyItems[part] = count
}

function countOf(logs: ReadonlyMap<string, Log<{ rev: number }>>, most: number): number {
  let count = 0
  for (const { items } of logs.values()) count += Math.min(most, items.length)
  return count
}

/** Views learn of it by its row and its last item, which are marked as changed. @returns how many items went */
function shorten(state: ReducedState, part: HistoryName, id: string, most: number): number {
  const log: Log<{ rev: number }> | undefined = state[part].get(id)
  const count = (log?.items.length ?? 0) - Math.max(1, most)
  if (!log || count <= 0) return 0
  dropFirst(log, count)
  log.items.push({ ...(log.items.pop() as { rev: number }), rev: state.rev })
  if (part === 'depths') changeRow(state.queues, state.rev, id, {})
  else changeRow(state.processes, state.rev, id, {})
  return count
}
