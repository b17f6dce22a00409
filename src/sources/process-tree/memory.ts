/** What a process has for itself of the memory, which its resident set does not tell: pages that it shares are counted in full there. */
import { readStart } from './read-text.ts'

export interface Memory {
  /** Proportional set: what is shared is divided by how many share it. */
  pssBytes: number
  /** What would be free if it ended. */
  ownBytes: number
}

/** It costs ten times as much as all else that is read of a process: for what is selected, or seldom. @returns null if it is gone or not ours to look at */
export function readMemory(pid: number): Memory | null {
  const text = readStart(`/proc/${pid}/smaps_rollup`, 'latin1')
  if (!text) return null
  const bytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) * 1024
  return { pssBytes: bytes('Pss'), ownBytes: bytes('Private_Clean') + bytes('Private_Dirty') }
}
