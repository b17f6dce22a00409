/** How many tasks a worker is given ahead: many while tasks are short, none once they are long. */

/** Up to a mean of so many ms, so many tasks at a worker at once, the one that it works on included. */
const DEPTHS = [
  { meanMs: 0.01, depth: 2_048 },
  { meanMs: 0.05, depth: 512 },
  { meanMs: 0.5, depth: 64 },
  { meanMs: 2, depth: 16 },
  { meanMs: 10, depth: 2 },
] as const

/** How much the last task counts in the mean. */
const WEIGHT = 0.1

export class TaskLength {
  #meanMs = Number.POSITIVE_INFINITY

  /** @param ms how long a task took, from its beginning to its end being known */
  note(ms: number): void {
    this.#meanMs = Number.isFinite(this.#meanMs) ? this.#meanMs + (ms - this.#meanMs) * WEIGHT : ms
  }

  /** How many tasks a worker should have. */
  get depth(): number {
    return DEPTHS.find(({ meanMs }) => this.#meanMs <= meanMs)?.depth ?? 1
  }
}
