/** What the threads demo measures and works on. */
import { readFileSync } from 'node:fs'

/** @returns how many primes there are below `limit`, found the slow way: this is the work */
export function countPrimes(limit: number): number {
  let count = 0
  for (let n = 2; n < limit; n++) {
    let prime = true
    for (let d = 2; d * d <= n; d++) {
      if (n % d === 0) {
        prime = false
        break
      }
    }
    if (prime) count++
  }
  return count
}

/**
 * @returns the memory that this process shares with no other, as Linux counts it; elsewhere all that is resident, which
 *   includes the program's own code and so is more
 */
export function privateBytes(): number {
  try {
    const rollup = readFileSync('/proc/self/smaps_rollup', 'utf8')
    let kib = 0
    for (const [, value] of rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)) kib += Number(value)
    return kib * 1024
  } catch {
    return process.memoryUsage().rss
  }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
