/** What a process uses, and what one that has ended has used, as far as that was measured. */
import type { ProcessRow } from '../../shared/session-state.ts'
import { formatCpuTime, formatMemory, formatPercent } from './format.ts'

export interface Figures {
  text: string
  /** What the figure is, where it needs saying. */
  help?: string
}

const OF_PROCESS = 'A thread has its process’s: see there'
/** It is measured once a second: who lived for less may never have been. */
const MAY_BE_MISSED_US = 1_500_000

/** @returns CPU now, in percent of a core; of an ended one its CPU time, or what that cannot have exceeded */
export function cpuFigure(row: ProcessRow, cores: number): Figures {
  if (row.kind === 'thread') return { text: '–', help: OF_PROCESS }
  if (row.endedAtUs === null) return { text: formatPercent(row.cpuPercent) }
  return cpuTimeFigure(row, cores)
}

/** @returns CPU time so far, or in all */
export function cpuTimeFigure({ cpuMs, startedAtUs, endedAtUs }: ProcessRow, cores: number): Figures {
  const text = formatCpuTime(cpuMs)
  if (endedAtUs === null) return { text }
  if (cpuMs !== null) return { text, help: 'CPU time when it was last measured, up to a second before its end' }
  const livedUs = Math.max(0, endedAtUs - startedAtUs)
  if (livedUs > MAY_BE_MISSED_US) return { text, help: 'It was not measured' }
  const help = 'It was over before it was measured: it cannot have used more than all cores for as long as it lived'
  return { text: atMost((livedUs / 1e6) * cores), help }
}

/** @returns memory now; of an ended one the most that was seen of it */
export function memoryFigure({ kind, endedAtUs, memoryBytes, peakMemoryBytes }: ProcessRow): Figures {
  if (kind === 'thread') return { text: '–', help: OF_PROCESS }
  if (endedAtUs === null) return { text: formatMemory(memoryBytes) }
  if (peakMemoryBytes === null) return { text: '–', help: 'It was over before it was measured' }
  return { text: formatMemory(peakMemoryBytes), help: 'The most that was seen of it, once a second' }
}

/** A bound, rounded up: `< 0.3 s`, `< 4 s`. */
function atMost(seconds: number): string {
  return `< ${seconds < 1 ? (Math.max(1, Math.ceil(seconds * 10)) / 10).toFixed(1) : Math.ceil(seconds)} s`
}
