/** A session in words, for the terminal. */
import { poolPace } from '../../session/pools.ts'
import type { PoolRow, ProcessRow, QueueRow, SessionState } from '../../shared/session-state.ts'
import { type Paint, painter } from './terminal-paint.ts'

/** @returns what a process does or how it ended: `waiting: put to pages`, `ended by SIGKILL` */
export function describeState(row: ProcessRow, state: SessionState): string {
  if (row.state === 'exited') {
    if (row.stoppedBy) return row.stoppedBy === 'you' ? 'stopped by you' : 'ended by the program'
    if (row.signal) return `ended by ${row.signal}`
    // Only its parent is told that.
    if (row.exitCode === null) return row.endReason ?? 'ended'
    return row.exitCode === 0 ? 'finished' : `exited with ${row.exitCode}`
  }
  if (row.state === 'waiting' && row.waitingOn) return `waiting: ${row.waitingOn.label}`
  const task = row.task === null ? undefined : state.tasks.rows.get(row.task)
  return task ? task.name : row.state
}

/** @returns the depth in words: `2 of 6, 1 waits to put` */
export function describeQueue(row: QueueRow): string {
  const waiting = row.waitingToPut.length
  const room = row.maxsize > 0 ? ` of ${row.maxsize}` : ''
  return `${row.depth}${room}${waiting > 0 ? `, ${waiting} wait${waiting === 1 ? 's' : ''} to put` : ''}`
}

/**
 * @param nowUs null for a run that has ended
 * @returns how far a pool has come: `3 done, 2 running, 5 waiting, 0 failed, 4 s left`
 */
export function describePool(pool: PoolRow, nowUs: number | null): string {
  const { done, running, waiting, lost, failed, stopped } = pool
  const parts = [`${done} done`, `${running - lost} running`, `${waiting} waiting`, `${failed} failed`]
  if (lost > 0) parts.push(`${lost} lost`)
  if (stopped > 0) parts.push(`${stopped} not done`)
  const pace = nowUs === null ? null : poolPace(pool, nowUs)
  const seconds = `${Math.max(1, Math.round((pace?.us ?? 0) / 1e6))} s`
  if (pace) parts.push(pace.kind === 'left' ? `${seconds} left` : `no task has ended for ${seconds}`)
  return parts.join(', ')
}

/** @returns seconds with one decimal, for a clock in microseconds */
export function formatSeconds(us: number): string {
  return `${(us / 1e6).toFixed(1)} s`
}

/** @returns the closing lines: how it went, and every problem */
export function summarize(state: SessionState, paint: Paint = painter(false)): string {
  const { head, problems, processes } = state
  const children = [...processes.rows.values()].filter(({ isApp }) => !isApp).length + processes.forgotten
  const lines = [`${head.title}: ${head.phase} after ${formatSeconds(head.endedAtUs ?? 0)}, ${children} processes.`]
  for (const { message, count, consequence } of problems.rows.values()) {
    const times = count > 1 ? ` (${count} times)` : ''
    lines.push(`${paint('red', 'Problem:')} ${sentence(`${message}${times}`)}${consequence ? ` ${consequence}` : ''}`)
  }
  return `${lines.join('\n')}\n`
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
