/** What the rows of a session say, in words a person would use. */
import { poolPace } from '../../session/pools.ts'
import type {
  LaneSegment,
  PoolRow,
  ProcessRow,
  QueueRow,
  SessionHead,
  SessionState,
  TaskRow,
} from '../../shared/session-state.ts'
import { countOf, formatGlance, formatRest, formatWait } from './format.ts'
import { waitsWords } from './waits.ts'

/** The sign beside a state, never without its word. */
export type StateSign = 'running' | 'waiting' | 'sleeping' | 'starting' | 'good' | 'bad' | 'stopped' | 'awaiting'

export interface StateWords {
  sign: StateSign
  text: string
  /** The same where there is little room, if it can be said shorter; what of the rest is seen if there is more. */
  short?: string
  rest?: string
}

/** @returns how a process ended */
export function endWords({ exitCode, signal, stoppedBy, isApp, kind, command }: ProcessRow): StateWords {
  if (stoppedBy) return { sign: 'stopped', text: stoppedBy === 'you' ? 'stopped by you' : 'ended by the program' }
  if (signal) return { sign: 'bad', text: `ended by ${signal}`, short: signal }
  if (exitCode !== 0 && exitCode !== null)
    return isApp
      ? { sign: 'bad', text: 'failed' }
      : { sign: 'bad', text: `exited with ${exitCode}`, short: `exit ${exitCode}` }
  // Of a program that is not ours, only who waited for a process knows how it ended.
  if (exitCode === null && command !== null && kind !== 'thread') return { sign: 'stopped', text: 'ended' }
  return { sign: 'good', text: 'finished' }
}

/** @returns how a process ended, as short as can be: `SIGKILL`, `exit 3`; empty if it ended well */
export function endMark(row: ProcessRow): string {
  if (endWords(row).sign !== 'bad') return ''
  return row.signal ?? `exit ${row.exitCode}`
}

/** @returns what a process does, or how it ended */
export function stateWords(row: ProcessRow, state: SessionState, nowUs: number): StateWords {
  if (row.state === 'exited') return endWords(row)
  if (row.isSilent && row.state === 'starting') return { sign: 'starting', text: 'alive' }
  if (row.state === 'waiting') {
    const words = waitsWords(row, state)
    return words ? { sign: 'waiting', ...words } : { sign: 'waiting', text: row.waitingOn?.label ?? 'waiting' }
  }
  const task = row.task === null ? undefined : state.tasks.rows.get(row.task)
  if (row.state === 'sleeping') return doing('sleeping', 'sleeping', task)
  if (row.state === 'starting') return { sign: 'starting', text: 'starting' }
  const busyPercent = busyNow(row, nowUs)
  if (busyPercent !== null && busyPercent <= AWAITING_PERCENT) return doing('awaiting', 'awaiting', task)
  return { sign: 'running', text: task ? shortCall(task.name) : 'running' }
}

/** Which task it is tells more than what the sign says too. */
function doing(sign: StateSign, word: string, task: TaskRow | undefined): StateWords {
  if (!task) return { sign, text: word }
  const call = shortCall(task.name)
  return { sign, text: `${call}, ${word}`, short: call, rest: `, ${word}` }
}

/** A process that ran code in no more than this share of the time awaits something. */
const AWAITING_PERCENT = 5
/** It is told once a second how busy a process is, unless that does not let go of its event loop; a busy machine is late. */
const TOLD_WITHIN_US = 2_500_000

/** @returns how busy a process is that runs; null if that is not known: what was told is of before, or long ago */
export function busyNow({ state, busyPercent, busyAtUs, stateSinceUs }: ProcessRow, nowUs: number): number | null {
  if (state !== 'running' || busyAtUs === null || busyAtUs <= stateSinceUs) return null
  return nowUs - busyAtUs > TOLD_WITHIN_US ? null : busyPercent
}

/** A call without the texts that are longer than they are worth in a table: `spider(pages, 7)`. */
export function shortCall(name: string): string {
  return name.replace(/(, )?"[^"]{10,}"/g, '').replace('(, ', '(')
}

/** @returns a stretch of a lane in words, for a tooltip */
export function segmentWords(segment: LaneSegment, state: SessionState): string {
  const task = segment.task === null ? undefined : state.tasks.rows.get(segment.task)
  if (segment.state === 'waiting') return `waiting: ${segment.waitingOn?.label ?? 'for something'}`
  const doing = segment.state === 'running' ? runningWords(segment) : segment.state
  return task ? `${doing} in ${task.name}` : doing
}

function runningWords({ busyPercent }: LaneSegment): string {
  if (busyPercent === null) return 'running'
  return busyPercent <= AWAITING_PERCENT ? 'awaiting' : `busy ${Math.round(busyPercent)} % of the time`
}

/** @returns how full a queue is, and who is held up by that */
export function queueWords(row: QueueRow): StateWords {
  const waiting = row.waitingToPut.length
  const room = row.maxsize > 0 ? ` of ${row.maxsize}` : ''
  const held = waiting > 0 ? `, ${waiting} ${waiting === 1 ? 'waits' : 'wait'} to put` : ''
  if (row.maxsize > 0 && row.depth >= row.maxsize) return { sign: 'waiting', text: `full: ${row.depth}${room}${held}` }
  if (row.depth === 0) {
    const hungry = row.waitingToGet.length
    const text = hungry > 0 ? `empty, ${hungry} ${hungry === 1 ? 'waits' : 'wait'} to get` : 'empty'
    return { sign: 'good', text: row.closed ? 'empty and closed' : text }
  }
  return {
    sign: 'running',
    text: `${countOf(row.depth, 'item')}${room ? `,${room.replace(' of', ' room for')}` : ''}${held}`,
  }
}

export interface WaitingWords {
  /** `worker 4 +1`, or `nobody`. */
  short: string
  /** How long the first of them has waited; empty if nobody does. */
  howLong: string
  /** All of them, each with what for and how long. */
  long: string
}

/** @returns who waits on a queue and for how long, those who put first */
export function waitingWords(row: QueueRow, state: SessionState, nowUs: number): WaitingWords {
  const waiters = [
    ...row.waitingToPut.map((waiter) => ({ ...waiter, what: 'to put' })),
    ...row.waitingToGet.map((waiter) => ({ ...waiter, what: 'to get' })),
  ]
  const [first] = waiters
  if (!first) return { short: 'nobody', howLong: '', long: 'Nobody waits' }
  const name = (process: string) => state.processes.rows.get(process)?.name ?? process
  const since = (sinceUs: number) => formatWait(Math.max(0, nowUs - sinceUs))
  return {
    short: `${name(first.process)}${waiters.length > 1 ? ` +${waiters.length - 1}` : ''}`,
    howLong: since(first.sinceUs),
    long: waiters.map(({ process, what, sinceUs }) => `${name(process)} waits ${what}, ${since(sinceUs)}`).join('; '),
  }
}

const PHASES: Record<SessionHead['phase'], string> = {
  starting: 'Starting',
  running: 'Live',
  stopping: 'Stopping',
  finished: 'Finished',
  stopped: 'Stopped by you',
  failed: 'Failed',
}

/**
 * @param stopped what is said of one that was stopped
 * @returns how a session is doing and how many of its tasks have failed: `Finished, 5 tasks failed`
 */
export function phaseWords(
  { phase }: Pick<SessionHead, 'phase'>,
  pools: Iterable<PoolRow>,
  stopped = PHASES.stopped,
): string {
  let failed = 0
  for (const pool of pools) failed += pool.failed
  const words = phase === 'stopped' ? stopped : PHASES[phase]
  return failed > 0 ? `${words}, ${countOf(failed, 'task')} failed` : words
}

/** `5 done · 3 running · 1 waiting · 1 lost · 1 failed`; what is none is left out, but for what is done. */
export function poolWords({ done, running, waiting, lost, failed, stopped }: PoolRow): string {
  const parts = [`${done} done`]
  if (running > lost) parts.push(`${running - lost} running`)
  if (waiting > 0) parts.push(`${waiting} waiting`)
  if (lost > 0) parts.push(`${lost} lost`)
  if (failed > 0) parts.push(`${failed} failed`)
  if (stopped > 0) parts.push(`${stopped} not done`)
  return parts.join(' · ')
}

/**
 * `6 of 10 · 4 s left`: what has ended of all tasks, and how long the rest may take as long as tasks end;
 * else `6 of 10 · no task has ended for 12 s`. Where all that is left is lost, `7 of 8 · 1 lost`.
 * @param nowUs null for a run that has ended
 */
export function progressWords(pool: PoolRow, nowUs: number | null): string {
  const ended = pool.done + pool.failed
  const progress = `${ended} of ${ended + pool.stopped + pool.running + pool.waiting}`
  const pace = nowUs === null ? null : poolPace(pool, nowUs)
  if (!pace) return pool.lost > 0 ? `${progress} · ${pool.lost} lost` : progress
  return `${progress} · ${pace.kind === 'left' ? `${formatRest(pace.us)} left` : `no task has ended for ${formatGlance(pace.us)}`}`
}
