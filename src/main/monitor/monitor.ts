/** Samples CPU and memory of everything that runs, once a second, and gives each session its own as an event. */

import type { UsageSample } from '../../shared/telemetry.ts'
import { PidusageReader } from './pidusage-reader.ts'
import { ProcReader } from './proc-reader.ts'
import type { Usage, UsageReader } from './usage.ts'

export interface MonitoredProcess {
  process: string
  pid: number
}

/** A session, as the monitor needs it. */
export interface Monitored {
  processes(): MonitoredProcess[]
  sampled(samples: UsageSample[]): void
}

/** Long enough that the kernel's tick of 10 ms is one point of a hundred. */
export const SAMPLE_EVERY_MS = 1_000
/** What the kernel counts by. */
const TICK_MS = 10
/** A program that has just started is sampled sooner, or one that is over in a second would never be. */
const FIRST_SAMPLE_MS = 300

/** On Linux, more processes than this are read from `/proc` directly, which then costs a fraction. */
export const MOST_FOR_PIDUSAGE = 64

export class Monitor {
  readonly #pidusage: UsageReader = new PidusageReader()
  readonly #proc: UsageReader | null = process.platform === 'linux' ? new ProcReader() : null
  readonly #monitored = new Set<Monitored>()
  /** The last reading of each pid, and when that was; before the first one, since when there is something to read. */
  #last: ReadonlyMap<number, Usage> = new Map()
  #sampledAtMs = 0
  /** The CPU time that the app itself had used when a session began. */
  readonly #appBefore = new WeakMap<Monitored, number>()
  #timer: NodeJS.Timeout | undefined
  #sampling = false

  /** Samples these processes until the returned function is called. */
  add(monitored: Monitored): () => void {
    if (this.#monitored.size === 0) this.#sampledAtMs = performance.now()
    const { user, system } = process.cpuUsage()
    this.#appBefore.set(monitored, (user + system) / 1_000)
    this.#monitored.add(monitored)
    this.#schedule(FIRST_SAMPLE_MS)
    return () => {
      this.#monitored.delete(monitored)
      if (this.#monitored.size > 0) return
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#last = new Map()
      this.#proc?.close()
    }
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#tick(), delayMs).unref()
  }

  async #tick(): Promise<void> {
    if (this.#sampling) return
    this.#sampling = true
    try {
      await this.#sample()
    } finally {
      this.#sampling = false
      if (this.#monitored.size > 0) this.#schedule(SAMPLE_EVERY_MS)
    }
  }

  /** All percentages are over the same time, since the sample before: so they can be added, and all cores are the most they come to. */
  async #sample(): Promise<void> {
    const wanted = [...this.#monitored].map((monitored) => ({ monitored, processes: monitored.processes() }))
    const pids = new Set(wanted.flatMap(({ processes }) => processes.map(({ pid }) => pid)))
    const reader = pids.size > MOST_FOR_PIDUSAGE && this.#proc ? this.#proc : this.#pidusage
    const usage = await reader.read([...pids])
    const atMs = performance.now()
    const windowMs = Math.max(1, atMs - this.#sampledAtMs)
    const before = this.#last
    this.#last = usage
    this.#sampledAtMs = atMs
    for (const { monitored, processes } of wanted) {
      if (!this.#monitored.has(monitored)) continue
      const samples = processes.flatMap(({ process: id, pid }): UsageSample[] => {
        const now = usage.get(pid)
        if (!now) return []
        const spentMs =
          now.cpuTimeMs - (before.get(pid)?.cpuTimeMs ?? (now.ageMs <= windowMs + TICK_MS ? 0 : Number.NaN))
        // It is older than what is known of it: what it used of late is known with the next sample.
        if (!(spentMs >= 0)) return []
        return [
          {
            process: id,
            cpuPercent: Math.round((1000 * spentMs) / windowMs) / 10,
            memoryBytes: now.memoryBytes,
            cpuMs: pid === process.pid ? this.#usedByApp(monitored, now) : now.cpuTimeMs,
          },
        ]
      })
      if (samples.length > 0) monitored.sampled(samples)
    }
  }

  /** @returns what the app itself has used since this session began; every other process is counted from its own beginning */
  #usedByApp(monitored: Monitored, now: Usage): number {
    return Math.max(0, Math.round(now.cpuTimeMs - (this.#appBefore.get(monitored) ?? 0)))
  }
}
