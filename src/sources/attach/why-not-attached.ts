/** Why a process cannot be attached to, before anything is asked of it. */
import { readFileSync } from 'node:fs'
import { readCommand, readExecutable, readUid } from '../process-tree/portrait.ts'
import { canSeeProcesses } from '../process-tree/process-tree.ts'
import { userName, whyNotThere } from '../process-tree/reach.ts'
import { StatFiles } from '../process-tree/stat.ts'

/** A chain of parents that is longer is none: one may end, and its number be another's, while it is followed. */
const MOST_PARENTS = 10_000

/** @returns a sentence for the user, with what to do where there is something; null if it can be */
export function whyNotAttached(pid: number): string | null {
  if (!canSeeProcesses()) return 'What runs already is not seen on this system, only on Linux.'
  const stat = new StatFiles().glance(pid)
  if (!stat) return whyNotThere(pid)
  const owner = threadOf(pid)
  if (owner !== pid) return `${pid} is a thread of process ${owner}: attach to that.`
  if (pid === process.pid) return `Process ${pid} is Forkscope itself.`
  if (stat.state === 'Z' || stat.state === 'X') return `Process ${pid} (${stat.name}) has ended already.`
  if (descendsFromUs(pid)) return `Process ${pid} belongs to Forkscope itself or was started in it.`
  const uid = readUid(pid)
  const me = process.getuid?.()
  if (uid !== null && me !== 0 && uid !== me) {
    return `Process ${pid} (${stat.name}) belongs to another user (${userName(uid)}). Start Forkscope as that user, or as root.`
  }
  const isKernels = readExecutable(pid) === null && readCommand(pid) === ''
  return isKernels ? `Process ${pid} (${stat.name}) is a thread of the kernel's own.` : null
}

/** `/proc/N` is there for each thread too, although it is not listed. */
function threadOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    return Number(/^Tgid:\s*(\d+)$/m.exec(status)?.[1] ?? pid)
  } catch {
    return pid
  }
}

/** What Forkscope has started it shows in a session already, or it is its own window. */
function descendsFromUs(pid: number): boolean {
  const stats = new StatFiles()
  let parent = stats.glance(pid)?.ppid ?? 0
  for (let step = 0; step < MOST_PARENTS && parent > 1; step++) {
    if (parent === process.pid) return true
    parent = stats.glance(parent)?.ppid ?? 0
  }
  return false
}
