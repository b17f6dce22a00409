/**
 * A bounded history: items are appended at the end, dropped from the front, and only the last ones ever change.
 * Positions are counted since the beginning and so stay valid when the front is dropped.
 */
export interface Log<T extends { rev: number }> {
  /** Position of `items[0]`. */
  first: number
  items: T[]
}

/** What follows position `from` in a log; everything before `first` is gone. */
export interface LogTail<T> {
  first: number
  from: number
  items: T[]
}

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
  if (log.items.length > limit * 1.25) {
    const extra = log.items.length - limit
    log.items.splice(0, extra)
    log.first += extra
  }
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
  const keep = Math.max(0, tail.from - log.first)
  if (keep > log.items.length || log.items.length === 0) {
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
