/** What a pool and its calls can be told. */
import type { Target } from '../targets.ts'

export interface PoolOptions {
  /** What it is called on screen; by default `pool`. */
  name?: string
  /** Called in every worker before its first task. If it throws, the worker ends; after three such, the pool gives up. */
  // biome-ignore lint/suspicious/noExplicitAny: a target may take anything
  initializer?: Target<any[]>
  /** The initializer's arguments. Python's `initargs`. */
  initArgs?: readonly unknown[]
  /** After this many tasks a worker ends and is replaced. Python's `maxtasksperchild`. */
  maxTasksPerChild?: number
}

export interface Callbacks<R> {
  /** Called with the result when it is there. */
  callback?: (value: R) => void
  /** Called with the error if the task fails; it then counts as observed. */
  errorCallback?: (error: Error) => void
}

export interface ApplyOptions<R> extends Callbacks<R> {
  /** Program time that the task may run, from its start; then its worker is ended and it fails with TimeoutError. */
  timeoutMs?: number
  /** Aborting it takes the task back, or ends the worker that runs it; it fails with the signal's reason. */
  signal?: AbortSignal
  /** How often the task is run again after it failed; 0 if left out. */
  retries?: number
  /** Lower is begun first, equal ones in the order of submission; 0 if left out. */
  priority?: number
}

export interface MapOptions {
  /** How many calls travel together. By default a quarter of each worker's share for `map`, 1 for `imap`. */
  chunkSize?: number
}

export interface MapAsyncOptions<R> extends MapOptions, Callbacks<R[]> {}

function checkWhole(what: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new RangeError(`${what} must be a whole number of at least ${least}, but ${value} is not.`)
}

/** @throws RangeError for options that no pool can have */
export function checkPoolSize(size: number, { maxTasksPerChild }: PoolOptions): void {
  checkWhole("A pool's size", size, 1)
  if (maxTasksPerChild !== undefined) checkWhole('maxTasksPerChild', maxTasksPerChild, 1)
}

function checkFunction(what: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw new TypeError(`${what} must be a function.`)
}

/** @throws TypeError for callbacks that cannot be called */
export function checkCallbacks({ callback, errorCallback }: Callbacks<never>): void {
  checkFunction('callback', callback)
  checkFunction('errorCallback', errorCallback)
}

/** @throws RangeError or TypeError for options that no call can have */
export function checkApplyOptions({ timeoutMs, retries, priority, signal, ...callbacks }: ApplyOptions<never>): void {
  checkCallbacks(callbacks)
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError('signal must be an AbortSignal.')
  if (retries !== undefined) checkWhole('retries', retries, 0)
  if (priority !== undefined && !Number.isFinite(priority)) {
    throw new RangeError(`A priority is a finite number, but ${priority} is not.`)
  }
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs > 0)) {
    throw new RangeError(`timeoutMs must be a number of milliseconds above 0, but ${timeoutMs} is not.`)
  }
}

/** @throws RangeError for a size that no chunk can have */
export function checkChunkSize(chunkSize: number): number {
  return checkWhole('chunkSize', chunkSize, 1)
}

/**
 * @param workers how many share the items
 * @returns the items in chunks; a quarter of each worker's share if no size is given, as in Python
 */
export function chunksOf<T>(items: readonly T[], chunkSize: number | undefined, workers: number): T[][] {
  const size =
    chunkSize === undefined ? Math.max(1, Math.ceil(items.length / (workers * 4))) : checkChunkSize(chunkSize)
  const chunks: T[][] = []
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size))
  return chunks
}
