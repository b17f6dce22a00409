/** Whose child a process is, as the kernel has it: a pid that a process tells is only its word. */
import { readFileSync } from 'node:fs'

/** @returns undefined if there is no such process, or the kernel cannot be asked */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // Behind the name, which may have anything in it: state, parent.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

/** Whether a process was started by another, or by one that this one started, and so on. False where the kernel cannot be asked. */
export function descendsFrom(pid: number, ancestor: number): boolean {
  if (!Number.isSafeInteger(pid)) return false
  // Above every process is the first one; a pid that is used again while this looks must not lead in a circle.
  for (let above = parentOf(pid), steps = 0; above !== undefined && above > 1 && steps < 1_000; steps++) {
    if (above === ancestor) return true
    above = parentOf(above)
  }
  return false
}
