/** Samples CPU and memory of everything that runs, once a second, and gives each session its own as an event. */
import { PidusageReader } from './pidusage-reader.ts'
import { ProcReader } from './proc-reader.ts'
import type { UsageReader } from './usage.ts'

export interface MonitoredProcess {
  process: string
  pid: number
  /** On the session's clock. */
  startedAtUs: number
}

/** A session, as the monitor needs it. */
export interface Monitored {
  processes(): MonitoredProcess[]
  nowUs(): number
  sampled(samples: { process: string; cpuPercent: number; memoryBytes: number }[]): void
}

/** Long enough that the kernel's tick of 10 ms is one point of a hundred. */
export const SAMPLE_EVERY_MS = 1_000
/** A program that has just started is sampled sooner, or one that is over in a second would never be. */
const FIRST_SAMPLE_MS = 300

/** On Linux, more processes than this are read from `/proc` directly, which then costs a fraction. */
export const MOST_FOR_PIDUSAGE = 64

export class Monitor {
  readonly #pidusage: UsageReader = new PidusageReader()
  readonly #proc: UsageReader | null = process.platform === 'linux' ? new ProcReader() : null
  readonly #monitored = new Set<Monitored>()
  /** The last reading of each pid. */
  readonly #last = new Map<number, { cpuTimeMs: number; atMs: number }>()
  #timer: NodeJS.Timeout | undefined
  #sampling = false

  /** Samples these processes until the returned function is called. */
  add(monitored: Monitored): () => void {
    this.#monitored.add(monitored)
    this.#schedule(FIRST_SAMPLE_MS)
    return () => {
      this.#monitored.delete(monitored)
      if (this.#monitored.size > 0) return
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#last.clear()
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

  async #sample(): Promise<void> {
    const wanted = [...this.#monitored].map((monitored) => ({ monitored, processes: monitored.processes() }))
    const pids = new Set(wanted.flatMap(({ processes }) => processes.map(({ pid }) => pid)))
    const reader = pids.size > MOST_FOR_PIDUSAGE && this.#proc ? this.#proc : this.#pidusage
    const usage = await reader.read([...pids])
    const atMs = performance.now()
    const percents = new Map<number, number>()
    for (const [pid, { cpuTimeMs }] of usage) {
      const before = this.#last.get(pid)
      if (before && atMs > before.atMs && cpuTimeMs >= before.cpuTimeMs) {
        percents.set(pid, ((cpuTimeMs - before.cpuTimeMs) / (atMs - before.atMs)) * 100)
      }
      this.#last.set(pid, { cpuTimeMs, atMs })
    }
    for (const pid of this.#last.keys()) if (!pids.has(pid)) this.#last.delete(pid)
    for (const { monitored, processes } of wanted) {
      if (!this.#monitored.has(monitored)) continue
      const nowUs = monitored.nowUs()
      const samples = processes.flatMap(({ process: id, pid, startedAtUs }) => {
        const now = usage.get(pid)
        if (!now) return []
        // The app itself ran before the session: until it was read twice, its CPU in this session is not known.
        const sinceStart =
          pid === process.pid ? undefined : (now.cpuTimeMs * 1000 * 100) / Math.max(1, nowUs - startedAtUs)
        const cpuPercent = percents.get(pid) ?? sinceStart
        if (cpuPercent === undefined) return []
        return [{ process: id, cpuPercent: Math.round(cpuPercent * 10) / 10, memoryBytes: now.memoryBytes }]
      })
      if (samples.length > 0) monitored.sampled(samples)
    }
  }
}
