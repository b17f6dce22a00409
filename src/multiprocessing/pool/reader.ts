/** Whoever reads results one by one, as `imap` gives them: whether anybody does, and what becomes of failures meanwhile. */
import type { Ending, Run } from '../run/run.ts'

/** A result, of whatever. */
export interface Readable {
  readonly observed: boolean
  observe(): void
}

/**
 * A failure that nobody has asked for yet is told at once as long as nobody reads. From the first `next` on it is held back,
 * for the reader will come to it. Left early, or not read on, it is told all the same: then, or at the end of the run.
 */
export class Reader implements Ending {
  readonly #run: Run
  readonly #held = new Map<Readable, () => void>()
  #reads = false
  /** Like that of `map`, one error says that it has failed; the others need not be told. */
  #hasThrown = false

  constructor(run: Run) {
    this.#run = run
  }

  /** Whether somebody has begun to read and not left. */
  get reads(): boolean {
    return this.#reads
  }

  /** Somebody asks for the next result. */
  ask(): void {
    this.#reads = true
  }

  /** Keeps what is to be told of a failed result until it is taken, or nobody takes it. */
  hold(result: Readable, tell: () => void): void {
    this.#held.set(result, tell)
    this.#run.pools.add(this)
  }

  /** The reader gets this one. */
  take(result: Readable): void {
    if (this.#held.delete(result) && this.#held.size === 0) this.#run.pools.delete(this)
    result.observe()
  }

  /** An error was thrown where the results are read. */
  threw(): void {
    this.#hasThrown = true
  }

  /** The reader wants no more, or at least not now. */
  leave(): void {
    this.#reads = false
    this.#tell()
  }

  idle(): Promise<void> {
    return Promise.resolve()
  }

  end(): void {
    if (this.#hasThrown) this.#held.clear()
    this.#tell()
  }

  #tell(): void {
    this.#run.pools.delete(this)
    const held = [...this.#held.values()]
    this.#held.clear()
    for (const tell of held) tell()
  }
}
