/**
 * What a process is doing, told as `process.state`: it runs unless something it called is waiting or sleeping. All that it waits for
 * is told as `process.waits`.
 *
 * A wait is told only once it has lasted 20 ms, then with the time it began; shorter ones are summed and told as
 * `process.waited`, so that a process which waits ten thousand times a second costs its viewers nothing. However many waits
 * begin and end in one turn of the event loop, one state is told, and a bounded number of waits, a few times a second.
 */
import {
  type LiveState,
  SHORT_WAIT_US,
  type TelemetryEvent,
  type Wait,
  type WaitTarget,
} from '../../shared/telemetry.ts'
import { Busy } from './busy.ts'
import type { Waiting } from './waiting.ts'

interface Entered {
  readonly for: Waiting | 'sleeping'
  readonly timeoutMs: number | undefined
  readonly sinceUs: number
}

const SUMS_EVERY_US = 250_000
const WAITS_EVERY_US = 100_000
/** So many waits are told; of the others only how many there are. */
const MOST_WAITS = 100

export class Blocking {
  readonly #process: string
  readonly #now: () => number
  readonly #emit: (event: TelemetryEvent) => void
  readonly #busy: Busy | undefined
  /** What waits now, in the order it began, and has not done so for long. */
  readonly #young = new Set<Entered>()
  /** What has waited for long, in the same order. */
  readonly #old = new Set<Entered>()
  #sleeping = 0
  #timer: NodeJS.Timeout | undefined
  #telling = false
  /** The wait that the present state is; null while the process runs, undefined as long as it has not begun to. */
  #shown: Entered | null | undefined
  /** When something last ended that was, or should have been, told. */
  #leftAtUs = 0
  /** It lasted long, and ended before there was time to tell it. */
  #missed: Entered | undefined
  #toldAtUs = 0
  #waitsChanged = false
  #waitsToldAtUs = Number.NEGATIVE_INFINITY
  #anyWaitsTold = false
  #shortWaits = 0
  #shortWaitUs = 0
  #sumsToldAtUs = 0

  constructor(process: string, now: () => number, emit: (event: TelemetryEvent) => void) {
    this.#process = process
    this.#now = now
    this.#emit = emit
    this.#busy = Busy.of(process, now, emit)
  }

  /**
   * Something begins to wait.
   * @param timeoutMs how long it may, in real milliseconds
   * @returns what to call when it has ended, once
   */
  enter(what: Waiting | 'sleeping', timeoutMs?: number): () => void {
    const wait: Entered = { for: what, timeoutMs, sinceUs: this.#now() }
    this.#young.add(wait)
    this.#timer ??= this.#schedule()
    return () => this.#leave(wait)
  }

  /** The process runs, from now: told when its target begins. */
  running(): void {
    this.#show(null, this.#now())
  }

  /** Tells what is left to be told, at the end of the process. */
  end(): void {
    this.#busy?.end()
  }

  #leave(wait: Entered): void {
    if (this.#young.delete(wait)) {
      const nowUs = this.#now()
      if (nowUs - wait.sinceUs < SHORT_WAIT_US) {
        this.#shortWaits++
        this.#shortWaitUs += nowUs - wait.sinceUs
        return
      }
      this.#missed = wait
      this.#leftAtUs = nowUs
    } else {
      if (!this.#old.delete(wait)) return
      if (wait.for === 'sleeping') this.#sleeping--
      else this.#waitsChanged = true
      this.#leftAtUs = this.#now()
    }
    // Before what the end of this wait sets going has its turn, which may be long.
    if (this.#old.size === 0) this.#tell()
    else if (!this.#telling) {
      this.#telling = true
      // Of many that end together, each alone would cost too much.
      process.nextTick(() => {
        this.#telling = false
        if (this.#now() - this.#toldAtUs >= SHORT_WAIT_US) this.#tell()
        else this.#timer ??= this.#schedule()
      })
    }
  }

  #schedule(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = undefined
      const nowUs = this.#now()
      for (const wait of this.#young) {
        if (nowUs - wait.sinceUs < SHORT_WAIT_US) break
        this.#young.delete(wait)
        this.#old.add(wait)
        if (wait.for === 'sleeping') this.#sleeping++
        else this.#waitsChanged = true
      }
      this.#tell()
      if (this.#shortWaits > 0 && nowUs - this.#sumsToldAtUs > SUMS_EVERY_US) this.#tellSums(nowUs)
      if (this.#young.size > 0 || this.#waitsChanged || this.#shortWaits > 0) this.#timer ??= this.#schedule()
    }, SHORT_WAIT_US / 1000).unref()
  }

  /** Tells what has changed since it last told. */
  #tell(): void {
    let latest: Entered | null = null
    for (const wait of this.#old) latest = wait
    const missed = this.#missed
    this.#missed = undefined
    if (missed) this.#show(missed, missed.sinceUs)
    if (latest !== this.#shown) {
      // One that began before what has ended goes on.
      this.#show(latest, latest ? Math.max(latest.sinceUs, this.#leftAtUs) : this.#leftAtUs)
    }
    if (this.#waitsChanged) this.#tellWaits()
  }

  #show(wait: Entered | null, atUs: number): void {
    this.#shown = wait
    this.#toldAtUs = this.#now()
    const state: LiveState = wait === null ? 'running' : wait.for === 'sleeping' ? 'sleeping' : 'waiting'
    const waitingOn = wait === null || wait.for === 'sleeping' ? undefined : targetOf(wait.for)
    this.#busy?.changed(wait === null, atUs)
    this.#emit({ type: 'process.state', atUs, process: this.#process, state, ...(waitingOn && { waitingOn }) })
  }

  #tellWaits(): void {
    const nowUs = this.#now()
    const count = this.#old.size - this.#sleeping
    if (count === 0 ? !this.#anyWaitsTold : nowUs - this.#waitsToldAtUs < WAITS_EVERY_US) {
      this.#waitsChanged = count > 0
      if (count > 0) this.#timer ??= this.#schedule()
      return
    }
    const waits: Wait[] = []
    for (const wait of this.#old) {
      if (wait.for === 'sleeping') continue
      const { timeoutMs, sinceUs } = wait
      waits.push({ on: wait.for.on, sinceUs, ...(timeoutMs !== undefined && { timeoutMs }) })
      if (waits.length === MOST_WAITS) break
    }
    this.#waitsChanged = false
    this.#waitsToldAtUs = nowUs
    this.#anyWaitsTold = count > 0
    const more = count - waits.length
    this.#emit({ type: 'process.waits', atUs: nowUs, process: this.#process, waits, ...(more > 0 && { more }) })
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
}

function targetOf({ on, what, label }: Waiting): WaitTarget {
  return { what, id: on.id, label }
}
