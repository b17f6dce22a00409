/**
 * What is told of a queue: totals, extremes and steps of its depth, how long items were in it. Exact where items go slowly; where
 * they go fast, some that came together are noted together, because to ask the clock for each would cost as much as all the rest.
 */

export const RESIDENCE_BUCKETS = 20
/** More changes than this in an interval are told by their extremes only. */
const MOST_STEPS = 16
/** Items that are got so fast that as many as are noted together take less than half a millisecond; never more than the second. */
const NOTED_TOGETHER_OF_AN_INTERVAL = 1 / 200
const MOST_NOTED_TOGETHER = 256
/** As long as nothing is known. */
const FIRST_NOTED_TOGETHER = 16

export class Figures {
  readonly #now: () => number
  readonly #watched: boolean
  readonly #depth: () => number
  /** Items that have left and are not noted yet, and when they came. */
  #toBeNoted = 0
  #notedSinceUs = 0
  /** So many more of the same age are only counted when they leave. */
  #onlyCounted = 0
  #notedTogether = FIRST_NOTED_TOGETHER
  #getsBefore = 0

  puts = 0
  gets = 0
  depthMax = 0
  depthMin = 0
  /** Every depth of the interval; null once there were too many. */
  steps: { atUs: number; depth: number }[] | null = []
  readonly residence: number[] = new Array(RESIDENCE_BUCKETS).fill(0)

  /** @param watched whether anybody wants to know; without, only totals are kept */
  constructor(now: () => number, watched: boolean, depth: () => number) {
    this.#now = now
    this.#watched = watched
    this.#depth = depth
  }

  /** Call it before items are added: the depth was lowest just now. @returns the time */
  beforePut(): number {
    this.noteGot()
    return this.#now()
  }

  /** Items were added. */
  put(count: number, nowUs: number): void {
    this.puts += count
    this.#noteDepth(nowUs)
  }

  /** Items that were accepted together have left. @returns whether something is to be told */
  got(count: number, acceptedAtUs: number): boolean {
    this.gets += count
    if (!this.#watched) return false
    if (this.#onlyCounted > 0 && acceptedAtUs === this.#notedSinceUs) {
      this.#onlyCounted -= count
      this.#toBeNoted += count
      return false
    }
    this.noteGot()
    this.#toBeNoted = count
    this.#notedSinceUs = acceptedAtUs
    // Where items go so fast that their steps are not told, some that came together are noted together.
    this.#onlyCounted = this.steps ? 0 : this.#notedTogether - count
    if (this.#onlyCounted <= 0) this.noteGot()
    return true
  }

  /** Notes how long items were in the queue that have left it, and how deep it is now. */
  noteGot(): void {
    this.#onlyCounted = 0
    if (this.#toBeNoted === 0) return
    const nowUs = this.#now()
    this.#noteDepth(nowUs)
    const ms = (nowUs - this.#notedSinceUs) / 1000
    const bucket = ms < 1 ? 0 : Math.min(RESIDENCE_BUCKETS - 1, Math.floor(Math.log2(ms)) + 1)
    this.residence[bucket] = (this.residence[bucket] ?? 0) + this.#toBeNoted
    this.#toBeNoted = 0
  }

  /** Starts a new interval for the extremes of the depth. */
  startInterval(): void {
    this.depthMax = this.#depth()
    this.depthMin = this.depthMax
    this.steps = []
    const fast = Math.floor((this.gets - this.#getsBefore) * NOTED_TOGETHER_OF_AN_INTERVAL)
    this.#notedTogether = Math.max(1, Math.min(MOST_NOTED_TOGETHER, fast))
    this.#getsBefore = this.gets
  }

  #noteDepth(atUs: number): void {
    const depth = this.#depth()
    if (depth > this.depthMax) this.depthMax = depth
    if (depth < this.depthMin) this.depthMin = depth
    if (!this.steps) return
    if (this.steps.length < MOST_STEPS) this.steps.push({ atUs, depth })
    else this.steps = null
  }
}
