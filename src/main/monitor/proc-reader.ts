/** Usage from Linux' `/proc/PID/stat`, by descriptors that stay open. */
import { uptime } from 'node:os'
import { readPageBytes } from '../../sources/process-tree/page-size.ts'
import { StatFiles, TICK_MS } from '../../sources/process-tree/stat.ts'
import type { Usage, UsageReader } from './usage.ts'

export class ProcReader implements UsageReader {
  readonly #stats = new StatFiles()
  #pageBytes = 0

  read(pids: readonly number[]): Promise<Map<number, Usage>> {
    this.#pageBytes ||= readPageBytes()
    const usage = new Map<number, Usage>()
    const nowMs = uptime() * 1000
    for (const pid of pids) {
      const stat = this.#stats.read(pid)
      if (!stat || stat.state === 'Z') continue
      const ageMs = nowMs - stat.start * TICK_MS
      usage.set(pid, { cpuTimeMs: stat.cpuTimeMs, memoryBytes: stat.rssPages * this.#pageBytes, ageMs })
    }
    for (const pid of [...this.#stats.open]) if (!usage.has(pid)) this.#stats.forget(pid)
    return Promise.resolve(usage)
  }

  close(): void {
    this.#stats.close()
  }
}
