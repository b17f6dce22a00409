/** What the scenarios print, as Python's `print` and `repr` write it, so that both sides' lines can be compared. */

import { type Process, type Queue, sleep } from 'forkscope'

/** @returns the value as Python's `repr` has it; what says nothing is None, a Map and a plain object are dictionaries */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (value === true || value === false) return value ? 'True' : 'False'
  if (typeof value === 'number') return number(value)
  if (typeof value === 'string') return `'${value}'`
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  if (value instanceof Date) return value.toISOString()
  // Python's `list(...)` of bytes and of arrays.
  if (ArrayBuffer.isView(value)) return repr(Array.from(value as Uint8Array))
  if (value instanceof Set) return `{${[...value].map(repr).sort().join(', ')}}`
  if (typeof value === 'object') {
    const entries = value instanceof Map ? [...value] : Object.entries(value)
    return `{${entries.map(([key, item]) => `${repr(key)}: ${repr(item)}`).join(', ')}}`
  }
  return String(value)
}

function number(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return Object.is(value, -0) ? '-0.0' : String(value)
}

/** Python's `print`: texts as they are, everything else as `repr` has it, with spaces between. */
export function print(...values: unknown[]): void {
  console.log(values.map((value) => (typeof value === 'string' ? value : repr(value))).join(' '))
}

/** Python's `range(count)` and `range(first, end)`. */
export function range(first: number, end?: number): number[] {
  const [from, to] = end === undefined ? [0, first] : [first, end]
  return Array.from({ length: to - from }, (_, i) => from + i)
}

/** Python's `sorted`, for numbers and for texts. */
export function sorted<T extends number | string>(values: Iterable<T>): T[] {
  return [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

/** Python's `list(iterator)`. */
export async function listOf<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}

/** Waits until the condition holds, as long as that takes: no scenario depends on how fast the machine is. */
export async function settle(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(10)
}

/** Takes so many items, waiting for each. */
export async function take<T>(queue: Queue<T>, count: number): Promise<T[]> {
  const items: T[] = []
  while (items.length < count) items.push(await queue.get())
  return items
}

export function startAll(processes: readonly Process[]): void {
  for (const process of processes) process.start()
}

export async function joinAll(processes: readonly Process[]): Promise<void> {
  for (const process of processes) await process.join()
}

// biome-ignore lint/suspicious/noExplicitAny: any class of errors
type ErrorClass = abstract new (...args: any[]) => Error

/** @returns whether the call throws, or rejects with, an error of that class; another error is passed on */
export async function throws(kind: ErrorClass, call: () => unknown): Promise<boolean> {
  try {
    await call()
    return false
  } catch (error) {
    if (error instanceof kind) return true
    throw error
  }
}
