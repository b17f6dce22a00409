import { readFileSync } from 'node:fs'

/** @returns the size of a memory page, which `rss` is counted in */
export function readPageBytes(): number {
  try {
    const found = /^KernelPageSize:\s+(\d+) kB/m.exec(readFileSync('/proc/self/smaps', 'latin1'))
    return found ? Number(found[1]) * 1024 : 4096
  } catch {
    return 4096
  }
}
