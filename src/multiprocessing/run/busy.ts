/**
 * How busy the event loop of this process, or thread, is, told as `process.busy`: a process that runs a task which awaits an answer is
 * not busy, though it waits for nothing that the library knows of.
 *
 * Times are told apart by looks at the loop's utilisation: a few a second, and one wherever the process does something else.
 * Looks that saw about the same are told as one.
 */
import type { TelemetryEvent } from '../../shared/telemetry.ts'

/** While it runs; what is shorter is told together with what is beside it. */
const LOOK_EVERY_MS = 250
/** While it waits and nothing happens. */
const LOOK_RARELY_MS = 1_000
/** Of a process that runs, at least so often: whoever sees nothing for longer knows that it does not let go of its loop. */
const TELL_AT_LEAST_EVERY_US = 1_000_000
/** Less than this says nothing. */
const LEAST_US = 20_000
/** Shares that are not further apart are the same. */
const SAME_PERCENT = 10

/** Asked for where it is used, for Node loads it then. Where it is typed as a browser's, this is missing. */
const loop = () =>
  performance as typeof performance & Pick<import('node:perf_hooks').Performance, 'eventLoopUtilization'>

/** In Electron's main process it is Chromium that waits, and Node's figure for it says nothing. There, what its thread computes is what it is busy with. */
function isElectronMain(): boolean {
  return (process as { type?: string }).type === 'browser'
}

function canTell(): boolean {
  return typeof (isElectronMain() ? process.threadCpuUsage : loop().eventLoopUtilization) === 'function'
}

/** @returns for how long it was idle, since a moment that is always the same */
function readIdleMs(): number {
  if (!isElectronMain()) return loop().eventLoopUtilization().idle
  const { user, system } = process.threadCpuUsage()
  return performance.now() - (user + system) / 1_000
}

export class Busy {
  readonly #process: string
  readonly #now: () => number
  readonly #emit: (event: TelemetryEvent) => void
  #running = false
  #timer: NodeJS.Timeout | undefined
  #looksRarely = true
  /** Until when it has looked. */
  #lookedAtUs: number
  /** When the loop's idle time was last read, and what it was; it has none before it begins to turn. */
  #readAtUs: number
  #idleMs: number
  /** What was seen since then is not told yet. */
  #fromUs: number
  #percent = 0
  /** The share that was told last; -1 as long as none was. */
  #toldPercent = -1

  /** @returns undefined where it cannot be told */
  static of(process: string, now: () => number, emit: (event: TelemetryEvent) => void): Busy | undefined {
    return canTell() ? new Busy(process, now, emit) : undefined
  }

  private constructor(process: string, now: () => number, emit: (event: TelemetryEvent) => void) {
    this.#process = process
    this.#now = now
    this.#emit = emit
    this.#lookedAtUs = this.#fromUs = this.#readAtUs = now()
    this.#idleMs = readIdleMs()
  }

  /** It runs, or waits, from a moment on that may lie a little in the past. */
  changed(running: boolean, atUs: number): void {
    if (running === this.#running) return
    this.#look(atUs)
    if (this.#running || this.#isNews) this.#tell()
    // It waited, as before: what was seen then is not told together with what comes.
    else this.#fromUs = this.#lookedAtUs
    this.#running = running
    if (running && this.#looksRarely) this.#lookIn(LOOK_EVERY_MS)
  }

  /** Tells what was seen since it last told, at the end. */
  end(): void {
    clearTimeout(this.#timer)
    this.#look(this.#now())
    if (this.#running) this.#tell()
  }

  get #isNews(): boolean {
    return Math.abs(this.#percent - this.#toldPercent) > SAME_PERCENT
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer)
    this.#looksRarely = ms > LOOK_EVERY_MS
    this.#timer = setTimeout(() => {
      const nowUs = this.#now()
      this.#look(nowUs)
      if (this.#isNews || (this.#running && nowUs - this.#fromUs >= TELL_AT_LEAST_EVERY_US)) this.#tell()
      this.#lookIn(this.#running || this.#percent > SAME_PERCENT ? LOOK_EVERY_MS : LOOK_RARELY_MS)
    }, ms).unref()
  }

  /** Sees how busy it was since the last look. What was seen before is told first, if that was another share. */
  #look(untilUs: number): void {
    const elapsedUs = untilUs - this.#lookedAtUs
    if (elapsedUs < LEAST_US) return
    const idleMs = readIdleMs()
    const nowUs = this.#now()
    // What has been since then, while the process was not yet told to wait, was hardly more than idle.
    const activeUs = nowUs - this.#readAtUs - (idleMs - this.#idleMs) * 1_000
    const percent = Math.min(100, Math.max(0, Math.round((activeUs * 100) / elapsedUs)))
    this.#readAtUs = nowUs
    this.#idleMs = idleMs
    const seenBefore = this.#lookedAtUs - this.#fromUs
    if (seenBefore > 0 && Math.abs(percent - this.#percent) > SAME_PERCENT) {
      this.#tell()
      this.#percent = percent
    } else {
      // About the same for longer: the mean of all of it.
      this.#percent = Math.round((this.#percent * seenBefore + percent * elapsedUs) / (seenBefore + elapsedUs))
    }
    this.#lookedAtUs = untilUs
  }

  #tell(): void {
    const [fromUs, atUs, busyPercent] = [this.#fromUs, this.#lookedAtUs, this.#percent]
    if (atUs <= fromUs) return
    this.#fromUs = atUs
    this.#toldPercent = busyPercent
    this.#emit({ type: 'process.busy', atUs, process: this.#process, fromUs, busyPercent })
  }
}
