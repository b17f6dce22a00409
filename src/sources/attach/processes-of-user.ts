/** The processes of this user, to choose one from: all that can be attached to, each with what it is known by. */
import { readdirSync } from 'node:fs'
import { uptime } from 'node:os'
import { readPageBytes } from '../process-tree/page-size.ts'
import { readCommand, readExecutable, readUid } from '../process-tree/portrait.ts'
import { StatFiles, TICK_MS } from '../process-tree/stat.ts'
import { runtimeOf } from '../stacks/read-stack.ts'

export interface UserProcess {
  pid: number
  /** With its pid, what `attachTo` wants. */
  start: number
  /** Its parent, which need not be in the list. */
  ppid: number
  name: string
  /** The first 4 KiB of its command line; empty if it has none. */
  command: string
  cpuTimeMs: number
  ageMs: number
  /** Resident set. */
  memoryBytes: number
  runtime: 'python' | 'node' | null
}

/** No more are listed: the page searches what it is given. */
const MOST = 5_000

/**
 * @returns those of this user, without this process and without those that have ended, by pid, so that parents mostly come before their children; none where
 * the system does not tell. `more` is how many there are besides.
 */
export function processesOfUser(): { processes: UserProcess[]; more: number } {
  const stats = new StatFiles()
  const me = process.getuid?.()
  const pageBytes = readPageBytes()
  const nowMs = uptime() * 1_000
  const own = listPids().filter((pid) => pid !== process.pid && readUid(pid) === me)
  const processes = own.slice(0, MOST).flatMap((pid): UserProcess[] => {
    const stat = stats.glance(pid)
    const command = readCommand(pid)
    const executable = readExecutable(pid)
    // The kernel's own threads run no file, and what has ended runs none any more.
    if (!stat || stat.state === 'Z' || (executable === null && command === '')) return []
    const { start, ppid, name, cpuTimeMs, rssPages } = stat
    const ageMs = Math.max(0, nowMs - start * TICK_MS)
    const runtime = runtimeOf({ pid, executable })
    return [{ pid, start, ppid, name, command, cpuTimeMs, ageMs, memoryBytes: rssPages * pageBytes, runtime }]
  })
  return { processes, more: Math.max(0, own.length - MOST) }
}

function listPids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number)
      .sort((a, b) => a - b)
  } catch {
    return []
  }
}
