/** A pool of worker processes: Python's `multiprocessing.Pool`. What its users call; the work itself is in `work.ts`. */
import { availableParallelism } from 'node:os'
import { StateError } from '../errors.ts'
import { currentRun, type Ending, type Run } from '../run/run.ts'
import type { Waiting } from '../run/waiting.ts'
import { checkArgs, locateTarget, type Target, type TargetLocation } from '../targets.ts'
import { listPart, type Part } from '../wire/batch/part.ts'
import { encodeValue } from '../wire/values.ts'
import type { AsyncResult, ResultOwner } from './async-result.ts'
import { callSafely } from './call-safely.ts'
import { Feed } from './feed.ts'
import { gather } from './gather.ts'
import {
  type ApplyOptions,
  checkApplyOptions,
  checkCallbacks,
  checkChunkSize,
  checkPoolSize,
  chunksOf,
  type MapAsyncOptions,
  type MapOptions,
  type PoolOptions,
} from './options.ts'
import { Reader } from './reader.ts'
import { ResultIterator } from './result-iterator.ts'
import type { Call, Calls } from './task.ts'
import { Work } from './work.ts'

/**
 * At most `size` workers. A submitted task starts a worker while the pool is not full, else waits until one is free and is
 * run by it, in the order of submission. A task that fails is reported the moment it does, whether or not anybody awaits it.
 */
export class Pool implements Ending {
  readonly name: string
  readonly size: number
  readonly #run: Run
  readonly #work: Work

  /**
   * @param size at most this many workers; by default one for each core
   * @throws RangeError for a size or options that no pool can have; TargetError for an initializer that no worker could find
   */
  constructor(size: number = availableParallelism(), options: PoolOptions = {}) {
    checkPoolSize(size, options)
    const { initializer, initArgs = [], maxTasksPerChild = Number.POSITIVE_INFINITY } = options
    checkArgs(initArgs, 'initArgs')
    this.size = size
    this.#run = currentRun()
    const start = initializer
      ? { target: locateTarget(initializer), payload: encodeValue(initArgs, 'initArgs'), keeps: initArgs }
      : null
    const id = this.#run.id('pool')
    this.name = options.name ?? this.#run.uniqueName('pool')
    this.#work = new Work(this.#run, { id, name: this.name, size, initializer: start, maxTasksPerChild }, this)
  }

  /**
   * Calls `target(...args)` in a worker.
   * @throws at once: TargetError, UnsendableError, StateError (the pool is closed). Later, by `get`: what the task threw
   */
  // biome-ignore lint/suspicious/noExplicitAny: a target may take anything
  applyAsync<A extends any[], R>(
    target: Target<A, R>,
    args: A,
    options: ApplyOptions<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>> {
    this.#work.refuseUnlessOpen()
    checkApplyOptions(options as ApplyOptions<never>)
    const call = callOf(locateTarget(target), options)
    checkArgs(args)
    return this.#work.submit(call, listPart(args, 'args'), args) as AsyncResult<Awaited<R>>
  }

  /** Calls `target(...args)` in a worker and waits for its result; throws what it threw. */
  // biome-ignore lint/suspicious/noExplicitAny: a target may take anything
  async apply<A extends any[], R>(target: Target<A, R>, args: A): Promise<Awaited<R>> {
    return await this.applyAsync(target, args).get()
  }

  /** Calls `target(item)` for every item and waits for all. Results are in the items' order; throws the first error. */
  async map<T, R>(target: Target<[T], R>, items: Iterable<T>, options: MapOptions = {}): Promise<Awaited<R>[]> {
    return await this.mapAsync(target, items, options).get()
  }

  /** The same without waiting. */
  mapAsync<T, R>(
    target: Target<[T], R>,
    items: Iterable<T>,
    options: MapAsyncOptions<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#mapChunks<R>(target, 'items', [...items], options)
  }

  /** Calls `target(...args)` for every list of arguments and waits for all, as `map` does. */
  // biome-ignore lint/suspicious/noExplicitAny: a target may take anything
  async starmap<A extends any[], R>(
    target: Target<A, R>,
    argsList: Iterable<A>,
    options: MapOptions = {},
  ): Promise<Awaited<R>[]> {
    return await this.starmapAsync(target, argsList, options).get()
  }

  /** The same without waiting. */
  // biome-ignore lint/suspicious/noExplicitAny: a target may take anything
  starmapAsync<A extends any[], R>(
    target: Target<A, R>,
    argsList: Iterable<A>,
    options: MapAsyncOptions<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#mapChunks<R>(target, 'lists', [...argsList], options)
  }

  /** Calls `target(item)` for every item; gives results in the items' order, each as soon as it is there. */
  imap<T, R>(target: Target<[T], R>, items: Iterable<T>, options: MapOptions = {}): ResultIterator<Awaited<R>> {
    return this.#iterate<R>(target, 'items', items, options, true)
  }

  /** The same for lists of arguments. */
  // biome-ignore lint/suspicious/noExplicitAny: a target may take anything
  istarmap<A extends any[], R>(
    target: Target<A, R>,
    argsList: Iterable<A>,
    options: MapOptions = {},
  ): ResultIterator<Awaited<R>> {
    return this.#iterate<R>(target, 'lists', argsList, options, true)
  }

  /** Calls `target(item)` for every item; gives results in whatever order they come. */
  imapUnordered<T, R>(
    target: Target<[T], R>,
    items: Iterable<T>,
    options: MapOptions = {},
  ): ResultIterator<Awaited<R>> {
    return this.#iterate<R>(target, 'items', items, options, false)
  }

  #mapChunks<R>(
    target: Target,
    calls: 'items' | 'lists',
    all: readonly unknown[],
    { chunkSize, ...callbacks }: MapAsyncOptions<Awaited<R>>,
  ): AsyncResult<Awaited<R>[]> {
    checkCallbacks(callbacks)
    const { callback, errorCallback } = callbacks
    const parts = this.#submitChunks<R>(target, calls, all, chunkSize)
    if (errorCallback) for (const part of parts) part.observe()
    return gather(parts, this.#work.ownerOf(target.name), (outcome) => {
      callSafely(() => (outcome.ok ? callback?.(outcome.value) : errorCallback?.(outcome.error)))
    })
  }

  #iterate<R>(
    target: Target,
    calls: 'items' | 'lists',
    all: Iterable<unknown>,
    { chunkSize = 1 }: MapOptions,
    ordered: boolean,
  ): ResultIterator<Awaited<R>> {
    this.#work.refuseUnlessOpen()
    checkChunkSize(chunkSize)
    const work = this.#work
    const reader = new Reader(this.#run)
    const call = callOf(locateTarget(target), {}, calls, reader)
    const feed = new Feed<Awaited<R>>(all[Symbol.iterator](), chunkSize, ordered, reader, {
      workers: this.size,
      depth: () => work.depth(),
      encode: (chunk, at) => encodeChunk(calls, chunk, at),
      submit: (payload, chunk) => work.submit(call, payload, chunk) as AsyncResult<Awaited<R>[]>,
      refused: (result, error) => work.refused(call, result, error),
      owner: { ...work.ownerOf(target.name), observed: () => {} },
    })
    work.addFeed(feed)
    return new ResultIterator(reader, feed)
  }

  #submitChunks<R>(
    target: Target,
    calls: 'items' | 'lists',
    all: readonly unknown[],
    chunkSize: number | undefined,
  ): AsyncResult<Awaited<R>[]>[] {
    this.#work.refuseUnlessOpen()
    const call = callOf(locateTarget(target), {}, calls)
    const chunks = chunksOf(all, chunkSize, this.size)
    // All are encoded before the first is submitted: one that cannot travel is refused before anything has happened.
    let at = 0
    const payloads = chunks.map((chunk) => encodeChunk(calls, chunk, (at += chunk.length) - chunk.length))
    return payloads.map(
      (payload, index) => this.#work.submit(call, payload, chunks[index] as unknown[]) as AsyncResult<Awaited<R>[]>,
    )
  }

  /** No more tasks. Workers end as soon as nothing is left for them. */
  close(): void {
    this.#work.close()
  }

  /**
   * Waits until every task is done or failed and every worker has ended.
   * @throws StateError if neither `close` nor `terminate` was called, for then it would never end
   */
  async join(): Promise<void> {
    if (this.#work.state === 'open') throw new StateError('Close or terminate the pool before you join it.')
    await this.#run.wait<void>((resolve) => this.#work.whenEnded(resolve), this.waiting)
  }

  /** For the run and for who joins it. */
  get waiting(): Waiting {
    return { on: { kind: 'pool', id: this.#work.id }, what: 'join', label: `join ${this.name}` }
  }

  /** `await using pool = new Pool()`: at the end of the block it is terminated, as in Python, and joined. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#work.state === 'open' || this.#work.state === 'closed') this.terminate()
    await this.join()
  }

  /** Ends all workers at once. Tasks that are not done fail with StateError. */
  terminate(): void {
    this.end(new StateError('The pool was terminated before the task was done.'))
  }

  /** For the run: resolves once no task is left. */
  idle(): Promise<void> {
    return new Promise((resolve) => this.#work.whenIdle(resolve))
  }

  /** For the run: ends all workers; tasks that are not done fail with `reason`, which is no problem to be told. */
  end(reason: Error): void {
    this.#work.end(reason)
  }

  /** For the executor: somebody waits for results, of whichever tasks. @returns what to call at the end of that */
  waits(timeoutMs: number | undefined): (() => void) | undefined {
    return this.#work.ownerOf(`tasks of ${this.name}`).waits(timeoutMs)
  }

  /** For the executor: whether the task of a result has begun and not ended. */
  isRunning(result: { owner: ResultOwner }): boolean {
    return this.#work.isRunning(result)
  }

  /** For the executor: takes back the task of a result, if it was not begun; else does nothing. */
  takeBack(result: { owner: ResultOwner }, reason: Error): void {
    this.#work.takeBack(result, reason)
  }

  /** For the executor: takes back every task that was not begun. */
  takeBackAll(reason: Error): void {
    this.#work.takeBackAll(reason)
  }
}

/** @throws TypeError or UnsendableError that names the item. @param at which one is the chunk's first */
function encodeChunk(calls: 'items' | 'lists', chunk: readonly unknown[], at: number): Part | number {
  if (calls === 'lists') for (const [index, args] of chunk.entries()) checkArgs(args, `argsList[${at + index}]`)
  return listPart(chunk, 'args')
}

function callOf<R>(target: TargetLocation, options: ApplyOptions<R>, calls: Calls = 'one', reader?: Reader): Call {
  const { callback, errorCallback, timeoutMs, signal, retries = 0, priority = 0 } = options
  return {
    target,
    calls,
    callback: callback as Call['callback'],
    errorCallback,
    timeoutMs,
    signal,
    retries,
    priority,
    reader,
  }
}
