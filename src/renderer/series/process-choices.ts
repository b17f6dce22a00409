/** The processes that one can choose from, as a tree, and those of them that a search finds. */
import type { UserProcess } from '../../shared/user-process.ts'

export interface Choice {
  process: UserProcess
  /** How many of its ancestors are shown above it. */
  depth: number
  /** Whether the search is for it; else it is there because one below it is. */
  isFound: boolean
}

/**
 * @param search words that all must be in its name, its command line or its PID, in any case; all processes if it is empty
 * @returns each found one below its ancestors, children in the order of their PIDs
 */
export function processChoices(processes: readonly UserProcess[], search: string): Choice[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const isFound = ({ pid, name, command, runtime }: UserProcess) => {
    const text = `${pid} ${name} ${command} ${runtime ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  }
  const known = new Map(processes.map((process) => [process.pid, process]))
  const isShown = new Set<number>()
  const found = new Set<number>()
  for (const process of processes) {
    if (!isFound(process)) continue
    found.add(process.pid)
    for (let at: UserProcess | undefined = process; at && !isShown.has(at.pid); at = known.get(at.ppid))
      isShown.add(at.pid)
  }
  const below = new Map<number, UserProcess[]>()
  for (const process of processes) {
    if (!isShown.has(process.pid)) continue
    const parent = known.has(process.ppid) && process.ppid !== process.pid ? process.ppid : 0
    below.set(parent, [...(below.get(parent) ?? []), process])
  }
  const choices: Choice[] = []
  // Without recursion: a chain of processes may be long.
  const open = (below.get(0) ?? []).map((process) => ({ process, depth: 0 })).reverse()
  for (let next = open.pop(); next; next = open.pop()) {
    const { process, depth } = next
    choices.push({ process, depth, isFound: found.has(process.pid) })
    const children = below.get(process.pid) ?? []
    open.push(...children.map((child) => ({ process: child, depth: depth + 1 })).reverse())
  }
  return choices
}
