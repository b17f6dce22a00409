/** Telling of what changes: at the end of the turn in which it does, and after that no sooner than after an interval. */
import { clockMs } from './clock.ts'

export class Paced {
  readonly #everyMs: number
  readonly #tell: () => void
  #timer: NodeJS.Timeout | undefined
  #toldAtMs = Number.NEGATIVE_INFINITY

  constructor(everyMs: number, tell: () => void) {
    this.#everyMs = everyMs
    this.#tell = tell
  }

  /** Something has changed that is yet to be told. */
  note(): void {
    this.#timer ??= setTimeout(() => this.now(), Math.max(0, this.#everyMs - (clockMs() - this.#toldAtMs))).unref()
  }

  get isNoted(): boolean {
    return this.#timer !== undefined
  }

  /** Tells now. */
  now(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#toldAtMs = clockMs()
    this.#tell()
  }
}
