/** A process's CPU and memory over time, as columns for a chart. */
import type { Sample } from '../../shared/session-state.ts'

export interface SampleColumns {
  /** Seconds. */
  x: number[]
  cpuPercent: number[]
  megabytes: number[]
}

/** @returns the samples from `fromUs` on, with the last one before so that the line begins at the edge */
export function sampleColumns(samples: readonly Sample[], fromUs: number): SampleColumns {
  const columns: SampleColumns = { x: [], cpuPercent: [], megabytes: [] }
  const first = samples.findIndex(({ atUs }) => atUs >= fromUs)
  if (first < 0) return columns
  for (const { atUs, cpuPercent, memoryBytes } of samples.slice(Math.max(0, first - 1))) {
    columns.x.push(atUs / 1e6)
    columns.cpuPercent.push(cpuPercent)
    columns.megabytes.push(memoryBytes / 1e6)
  }
  return columns
}

/** @returns a round number at or above `value`, and at least `least`: the top of an axis that seldom moves */
export function roundTop(value: number, least: number): number {
  const wanted = Math.max(value, least)
  const magnitude = 10 ** Math.floor(Math.log10(wanted))
  const factor = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((candidate) => candidate * magnitude >= wanted) ?? 10
  return factor * magnitude
}
