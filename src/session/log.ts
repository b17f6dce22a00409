/** A bounded history of what changes over time: see `Log`. */
import type { LogTail } from '../shared/session-patch.ts'
import type { Log } from '../shared/session-state.ts'

/** @returns an empty log */
export function createLog<T extends { rev: number }>(): Log<T> {
  return { first: 0, items: [] }
}

/**
 * Appends an item. The front is dropped in one go once the log is a quarter over its limit, so that an append stays
 * cheap on average.
 */
export function append<T extends { rev: number }>(log: Log<T>, item: T, limit: number): void {
  log.items.push(item)
  if (log.items.length > limit * 1.25) dropFirst(log, log.items.length - limit)
}

/** Drops as many items from the front. */
export function dropFirst<T extends { rev: number }>(log: Log<T>, count: number): void {
  log.items.splice(0, count)
  log.first += count
}

/** @returns the log of a row, which is made if there is none yet */
export function logOf<T extends { rev: number }>(logs: Map<string, Log<T>>, id: string): Log<T> {
  let log = logs.get(id)
  if (!log) logs.set(id, (log = createLog()))
  return log
}

/** @returns the last item, or undefined in an empty log */
export function last<T extends { rev: number }>(log: Log<T>): T | undefined {
  return log.items[log.items.length - 1]
}

/** @returns the part of the log that changed after `rev`, or undefined if nothing did */
export function tailSince<T extends { rev: number }>(log: Log<T>, rev: number): LogTail<T> | undefined {
  let start = log.items.length
  while (start > 0 && (log.items[start - 1] as T).rev > rev) start--
  if (start === log.items.length) return undefined
  return { first: log.first, from: log.first + start, items: log.items.slice(start) }
}

/** Replaces what follows `tail.from` by the tail and drops what the sender has dropped. Changes `log` in place. */
export function applyTail<T extends { rev: number }>(log: Log<T>, tail: LogTail<T>): void {
  const keep = tail.from - log.first
  if (keep <= 0 || keep > log.items.length) {
    log.first = tail.from
    log.items = tail.items.slice()
  } else {
    log.items.length = keep
    for (const item of tail.items) log.items.push(item)
  }
  const gone = tail.first - log.first
  if (gone > 0) {
    log.items.splice(0, gone)
    log.first = tail.first
  }
}
