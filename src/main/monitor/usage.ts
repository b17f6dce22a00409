/** What processes use, as the system counts it; how it is read is up to a reader. */

/** `cpuTimeMs` is all CPU time since the process started, user and system; `ageMs` how long ago that was. */
export interface Usage {
  cpuTimeMs: number
  memoryBytes: number
  ageMs: number
}

/**
 * Reads many processes at once. A pid that is gone is left out; a system that cannot be asked gives an empty map, for a
 * missing figure is better than no window.
 */
export interface UsageReader {
  read(pids: readonly number[]): Promise<Map<number, Usage>>
  /** Gives back what it holds. It can be read again after that. */
  close(): void
}
