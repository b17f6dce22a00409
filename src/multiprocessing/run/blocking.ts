/**
 * What a process is doing, told as `process.state`: it runs unless something it called is waiting or sleeping.
 *
 * A wait is told only once it has lasted 20 ms, then with the time it began; shorter ones are summed and told as
 * `process.waited`, so that a process which waits ten thousand times a second costs its viewers nothing.
 */
import { type LiveState, SHORT_WAIT_US, type TelemetryEvent, type WaitTarget } from '../../shared/telemetry.ts'

interface Wait {
  state: 'waiting' | 'sleeping'
  target: WaitTarget | undefined
  sinceUs: number
  told: boolean
  over: boolean
}

const SUMS_EVERY_US = 250_000

export class Blocking {
  readonly #process: string
  readonly #now: () => number
  readonly #emit: (event: TelemetryEvent) => void
  /** What waits now, in the order it began: an asynchronous program may wait for several things at once. */
  readonly #waits = new Set<Wait>()
  /** Those that were told, in the same order; what is over is taken off the end. */
  readonly #told: Wait[] = []
  #timer: NodeJS.Timeout | undefined
  #shortWaits = 0
  #shortWaitUs = 0
  #sumsToldAtUs = 0

  constructor(process: string, now: () => number, emit: (event: TelemetryEvent) => void) {
    this.#process = process
    this.#now = now
    this.#emit = emit
  }

  /** Something begins to wait. @returns what to call when it has ended, once */
  enter(what: WaitTarget | 'sleeping'): () => void {
    const [state, target] = what === 'sleeping' ? ([what, undefined] as const) : (['waiting', what] as const)
    const wait: Wait = { state, target, sinceUs: this.#now(), told: false, over: false }
    this.#waits.add(wait)
    this.#timer ??= this.#schedule()
    return () => this.#leave(wait)
  }

  /** The process runs, from now: told when its target begins. */
  running(): void {
    this.#tell('running', undefined, this.#now())
  }

  #leave(wait: Wait): void {
    if (!this.#waits.delete(wait)) return
    wait.over = true
    const nowUs = this.#now()
    if (!wait.told && nowUs - wait.sinceUs < SHORT_WAIT_US) {
      this.#shortWaits++
      this.#shortWaitUs += nowUs - wait.sinceUs
    } else {
      if (!wait.told) this.#tell(wait.state, wait.target, wait.sinceUs)
      const other = this.#latestTold()
      if (other) this.#tell(other.state, other.target, nowUs)
      else this.#tell('running', undefined, nowUs)
    }
  }

  #latestTold(): Wait | undefined {
    while (this.#told.at(-1)?.over) this.#told.pop()
    return this.#told.at(-1)
  }

  #schedule(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = undefined
      const nowUs = this.#now()
      let pending = false
      for (const wait of this.#waits) {
        if (wait.told) continue
        if (nowUs - wait.sinceUs >= SHORT_WAIT_US) {
          wait.told = true
          this.#told.push(wait)
          this.#tell(wait.state, wait.target, wait.sinceUs)
        } else pending = true
      }
      if (this.#shortWaits > 0 && nowUs - this.#sumsToldAtUs > SUMS_EVERY_US) this.#tellSums(nowUs)
      if (pending || this.#shortWaits > 0) this.#timer = this.#schedule()
    }, SHORT_WAIT_US / 1000).unref()
  }

  #tellSums(nowUs: number): void {
    this.#emit({
      type: 'process.waited',
      atUs: nowUs,
      process: this.#process,
      waits: this.#shortWaits,
      waitedUs: this.#shortWaitUs,
    })
    this.#shortWaits = 0
    this.#shortWaitUs = 0
    this.#sumsToldAtUs = nowUs
  }

  #tell(state: LiveState, waitingOn: WaitTarget | undefined, atUs: number): void {
    this.#emit({ type: 'process.state', atUs, process: this.#process, state, ...(waitingOn ? { waitingOn } : {}) })
  }
}
