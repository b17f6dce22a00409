/** How a process spent its time, from its beginning to its end or to now. */
import type { ProcessRow } from '../../shared/session-state.ts'

export type ShareKind = 'busy' | 'awaiting' | 'running' | 'waiting' | 'sleeping' | 'starting'

export interface Share {
  kind: ShareKind
  /** Of 1. */
  share: number
}

/** @returns what it did for at least half a percent of its time; `running` only where nobody told how busy it was */
export function timeShares(row: ProcessRow, nowUs: number): Share[] {
  const { state, stateSinceUs, busyUs } = row
  const spent = { ...row.spentUs }
  if (state !== 'exited') spent[state] += Math.max(0, nowUs - stateSinceUs)
  const busy = Math.min(busyUs, spent.running)
  const isTold = busyUs > 0 || row.busyPercent !== null
  const parts: [ShareKind, number][] = [
    ['busy', isTold ? busy : 0],
    ['awaiting', isTold ? spent.running - busy : 0],
    ['running', isTold ? 0 : spent.running],
    ['waiting', spent.waiting],
    ['sleeping', spent.sleeping],
    ['starting', spent.starting],
  ]
  const whole = parts.reduce((sum, [, us]) => sum + us, 0)
  return parts.filter(([, us]) => us > 0 && us >= whole / 200).map(([kind, us]) => ({ kind, share: us / whole }))
}
