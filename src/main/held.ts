/** Whether this process could do nothing else for a while: programs run in it, and one may hold its event loop. */

/** Shorter than this is not worth saying. */
const LEAST_MS = 2_000
/** It is said for so long. */
const SAID_FOR_MS = 5_000

export class Held {
  readonly #everyMs: number
  #tickMs = performance.now()
  #forMs = 0
  #untilMs = Number.NEGATIVE_INFINITY

  /** @param everyMs how often a timer should call `tick` */
  constructor(everyMs: number) {
    this.#everyMs = everyMs
  }

  /** The timer begins anew. */
  begin(): void {
    this.#tickMs = performance.now()
  }

  /** @returns for how long it was held, if it lately was for long; else 0 */
  tick(): number {
    const nowMs = performance.now()
    const lateMs = nowMs - this.#tickMs - this.#everyMs
    this.#tickMs = nowMs
    if (lateMs >= LEAST_MS) [this.#forMs, this.#untilMs] = [Math.round(lateMs), nowMs]
    return nowMs - this.#untilMs < SAID_FOR_MS ? this.#forMs : 0
  }
}
