/** Waiting for a condition, instead of for a time. */
import { readFileSync } from 'node:fs'

/** Resolves as soon as `condition` gives something true, with that; rejects with `what` after the time. */
export async function waitUntil<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeoutMs = 30_000,
): Promise<Exclude<NonNullable<T>, false>> {
  const end = Date.now() + timeoutMs
  for (;;) {
    const value = await condition()
    if (value) return value as Exclude<NonNullable<T>, false>
    if (Date.now() > end) throw new Error(`After ${timeoutMs} ms still not: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Whether a process exists; a zombie does not count, for it has ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return processState(pid) !== 'Z'
}

/** @returns the pid of a process's parent as the kernel has it, or null if there is no such process */
export function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? null : Number(parent)
  } catch {
    return null
  }
}

/** The kernel's letter for what a process does, where the kernel can be asked. */
export function processState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3)
  } catch {
    return undefined
  }
}
