/** The processes of this user, to choose one from: all that can be attached to, each with what it is known by. */
import { readdirSync } from 'node:fs'
import { uptime } from 'node:os'
import type { UserProcess, UserProcesses } from '../../shared/user-process.ts'
import { nameOf } from '../agents/members.ts'
import { readPageBytes } from '../process-tree/page-size.ts'
import { readCommand, readExecutable, readUid } from '../process-tree/portrait.ts'
import { StatFiles, TICK_MS } from '../process-tree/stat.ts'
import { runtimeOf } from '../stacks/read-stack.ts'

/** No more are listed: the page searches what it is given. */
const MOST = 5_000
/** As much of a command line as one chooses by. */
const LONGEST_COMMAND = 1_000

/**
 * @returns those of this user, without this process and without those that have ended, by pid, so that parents mostly come before their children; none where
 * the system does not tell. `more` is how many there are besides.
 */
export function processesOfUser(): UserProcesses {
  const stats = new StatFiles()
  const me = process.getuid?.()
  const pageBytes = readPageBytes()
  const nowMs = uptime() * 1_000
  const own = listPids().filter((pid) => pid !== process.pid && readUid(pid) === me)
  const processes = own.slice(0, MOST).flatMap((pid): UserProcess[] => {
    const stat = stats.glance(pid)
    const command = readCommand(pid).slice(0, LONGEST_COMMAND)
    const executable = readExecutable(pid)
    // The kernel's own threads run no file, and what has ended runs none any more.
    if (!stat || stat.state === 'Z' || (executable === null && command === '')) return []
    const { start, ppid, cpuTimeMs, rssPages } = stat
    const name = command === '' ? stat.name : nameOf({ command, pid })
    const ageMs = Math.max(0, nowMs - start * TICK_MS)
    const runtime = runtimeOf({ pid, executable })
    return [{ pid, start, ppid, name, command, cpuTimeMs, ageMs, memoryBytes: rssPages * pageBytes, runtime }]
  })
  return { processes, more: Math.max(0, own.length - MOST) }
}

/** @returns the list without a process and all that descend from it, as far as the list tells */
export function withoutDescendants({ processes, more }: UserProcesses, pid: number): UserProcesses {
  const parents = new Map(processes.map((one) => [one.pid, one.ppid]))
  const descends = (one: UserProcess): boolean => {
    const seen = new Set<number>()
    for (let at: number | undefined = one.pid; at !== undefined && !seen.has(at); at = parents.get(at)) {
      if (at === pid) return true
      seen.add(at)
    }
    return false
  }
  return { processes: processes.filter((one) => !descends(one)), more }
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
