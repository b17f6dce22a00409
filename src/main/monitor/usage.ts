/** What processes use, as the system counts it. */
import pidusage from 'pidusage'

/** `cpuTimeMs` is all CPU time since the process started, user and system. */
export interface Usage {
  cpuTimeMs: number
  memoryBytes: number
}

/**
 * Reads many processes at once. A pid that is gone is left out; a system that cannot be asked gives an empty map, for a
 * missing figure is better than no window.
 *
 * pidusage's own percentage is not used: its first value is always 0 and its clock has a resolution of 10 ms. CPU time over
 * our own clock is exact to the kernel's tick.
 */
export async function readUsage(pids: readonly number[]): Promise<Map<number, Usage>> {
  const usage = new Map<number, Usage>()
  if (pids.length === 0) return usage
  try {
    const found = await pidusage([...pids])
    for (const status of Object.values(found)) {
      if (status) usage.set(status.pid, { cpuTimeMs: status.ctime, memoryBytes: status.memory })
    }
  } catch {
    // Every one of them is gone, or the system's tool is not there.
  }
  return usage
}
