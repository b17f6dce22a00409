/**
 * Children that are started before anybody needs them, as by Python's `forkserver`: they have loaded the library and wait, so that
 * the next process or worker begins at once. They belong to a run and end with it.
 */
import { MultiprocessingError, TimeoutError } from '../errors.ts'
import { currentRun, type Run } from '../run/run.ts'
import { unguard } from './guardian.ts'
import { describeEnd } from './problems.ts'
import { childCommand, type SpawnedChild, spawnChild } from './spawn-child.ts'
import { startLimitMs } from './start-limit.ts'
import { QueuedStart } from './starts.ts'

/** After one was taken, so long is waited before the next is started: what it was taken for comes first. */
const REFILL_MS = 100

interface Spare {
  child: SpawnedChild
  /** How it was started. */
  command: string
  ready: boolean
}

interface Waiting {
  resolve(): void
  reject(error: Error): void
}

/** @returns undefined if it was deleted: a process started there is as well off as one started before */
function workingFolder(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

class Spares {
  readonly #run: Run
  readonly #spares = new Set<Spare>()
  /** Those whose turn to be started has not come. */
  readonly #queued = new Set<QueuedStart>()
  #wanted = 0
  #timer: NodeJS.Timeout | undefined
  #waiting: Waiting[] = []

  constructor(run: Run) {
    this.#run = run
    run.pools.add({ idle: () => Promise.resolve(), end: () => this.#keep(0) })
  }

  keep(count: number): Promise<void> {
    this.#keep(count)
    return this.#run.wait<void>((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#tell()
      return () => {}
    })
  }

  #keep(count: number): void {
    this.#wanted = count
    clearTimeout(this.#timer)
    for (const queued of this.#queued) queued.cancel()
    this.#queued.clear()
    for (const spare of this.#spares) if (this.#spares.size > count) this.#end(spare)
    for (let missing = count - this.#spares.size; missing > 0; missing--) this.#startInTurn()
    this.#tell()
  }

  #startInTurn(): void {
    const queued: QueuedStart = new QueuedStart((late) => {
      if (late) this.#queued.delete(queued)
      try {
        this.#run.within(() => this.#start())
      } catch (error) {
        if (!late) throw error
        this.#fail(error as Error)
      }
    })
    if (!queued.begun) this.#queued.add(queued)
  }

  /** @returns one that could have been started just now; those that could not are ended */
  take(): SpawnedChild | undefined {
    if (this.#spares.size === 0) return undefined
    const command = this.#command()
    for (const spare of this.#spares) {
      if (spare.command !== command || spare.child.channel.closed) {
        this.#end(spare)
        continue
      }
      // One that still loads would be no sooner than a new one; but it costs nothing more.
      this.#spares.delete(spare)
      spare.child.process.off('exit', this.#gone)
      this.#refillLater()
      this.#tell()
      return spare.child
    }
    this.#refillLater()
    return undefined
  }

  /** Whatever a child takes over from its parent when it is started. */
  #command(): string {
    return JSON.stringify([childCommand(this.#run), workingFolder()])
  }

  #start(): void {
    const child = spawnChild(this.#run, 'a spare', { spare: true })
    const spare = { child, command: this.#command(), ready: false }
    this.#spares.add(spare)
    child.channel.listen({
      onFrame: () => {
        spare.ready = true
        child.channel.ref(false)
        this.#tell()
      },
      onClose: () => {},
    })
    child.process.once('exit', this.#gone)
    const limitMs = startLimitMs()
    const giveUp = () => {
      if (spare.ready || !this.#spares.has(spare)) return
      this.#end(spare)
      this.#fail(new TimeoutError(`A spare was not ready after ${limitMs / 1000} s and was ended.`))
    }
    // This process may have been busy: what came meanwhile is read first.
    if (limitMs < Number.POSITIVE_INFINITY) setTimeout(() => setImmediate(giveUp), limitMs).unref()
    // Only until it is ready may somebody wait for it.
    child.process.unref()
    for (const stream of [child.process.stdout, child.process.stderr]) {
      ;(stream as unknown as { unref?(): void } | null)?.unref?.()
    }
  }

  readonly #gone = (): void => {
    for (const spare of this.#spares) {
      const { exitCode, signalCode } = spare.child.process
      if (exitCode === null && signalCode === null) continue
      this.#forget(spare)
    }
    this.#tell()
  }

  #end(spare: Spare): void {
    spare.child.process.kill('SIGKILL')
    spare.child.process.off('exit', this.#gone)
    spare.child.process.once('exit', () => unguard(spare.child.pid))
    this.#spares.delete(spare)
  }

  /** One has ended that nobody asked to. Another takes its place with the next that is taken. */
  #forget(spare: Spare): void {
    this.#spares.delete(spare)
    unguard(spare.child.pid)
    for (const stream of spare.child.process.stdio) stream?.destroy()
    if (spare.ready) return
    const { exitCode, signalCode } = spare.child.process
    this.#fail(
      new MultiprocessingError(`A spare ${describeEnd({ exitCode, signal: signalCode })} before it was ready.`),
    )
  }

  #refillLater(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      try {
        this.#keep(this.#wanted)
      } catch {
        // The system has no processes left: whoever starts one next is told.
      }
    }, REFILL_MS).unref()
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }

  #tell(): void {
    if (this.#queued.size > 0) return
    for (const { ready } of this.#spares) if (!ready) return
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }
}

const all = new WeakMap<Run, Spares>()

/** @returns a child that was started in advance, if there is one; whoever takes it sets its listener and refs it */
export function takeSpare(run: Run): SpawnedChild | undefined {
  return all.get(run)?.take()
}

/**
 * Keeps so many processes started in advance, for the processes and workers that this one starts from now on; one that is taken is
 * replaced a moment later. 0 ends them. Resolves once they are ready. A spare whose environment or folder would not be the
 * present ones is not used.
 * @throws RangeError if count is not a whole number of at least 0; MultiprocessingError if the system cannot start them,
 * or if one ends before it is ready
 */
export async function keepSpares(count: number): Promise<void> {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`count must be a whole number of at least 0, but ${count} is not.`)
  }
  const run = currentRun()
  if (run.stopped) throw run.stopped
  let spares = all.get(run)
  if (!spares) all.set(run, (spares = new Spares(run)))
  await spares.keep(count)
}
