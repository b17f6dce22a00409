/** How a process ended, from the status that waitpid(2) gives. */
import { constants } from 'node:os'

export interface Ended {
  exitCode: number | null
  signal: string | null
}

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(constants.signals).map(([name, n]) => [n, name]))

/** @param status as field 52 of a zombie's stat line tells it */
export function endedBy(status: number): Ended {
  const signal = status & 0x7f
  if (signal === 0) return { exitCode: (status >> 8) & 0xff, signal: null }
  return { exitCode: null, signal: NAMES.get(signal) ?? `signal ${signal}` }
}
