/** Usage by pidusage, which knows every system. */
import pidusage from 'pidusage'
import type { Usage, UsageReader } from './usage.ts'

/**
 * pidusage's own percentage is not used: its first value is always 0 and its clock has a resolution of 10 ms. CPU time over
 * our own clock is exact to the kernel's tick.
 */
export class PidusageReader implements UsageReader {
  async read(pids: readonly number[]): Promise<Map<number, Usage>> {
    const usage = new Map<number, Usage>()
    if (pids.length === 0) return usage
    try {
      const found = await pidusage([...pids])
      for (const status of Object.values(found)) {
        if (!status) continue
        usage.set(status.pid, { cpuTimeMs: status.ctime, memoryBytes: status.memory, ageMs: status.elapsed })
      }
    } catch {
      // Every one of them is gone, or the system's tool is not there.
    }
    return usage
  }

  close(): void {}
}
