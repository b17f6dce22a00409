/** What is said beside the pointer about a moment of a process or a queue. */
import type { SessionState } from '../../shared/session-state.ts'
import { depthAt } from './depths.ts'
import { formatDuration, formatMoment } from './format.ts'
import { segmentAt } from './lanes.ts'
import { endWords, segmentWords } from './words.ts'

export interface HintText {
  title: string
  lines: string[]
}

/** @returns what the process did at `atUs`, with from when to when; null for a process that is not known */
export function laneHint(state: SessionState, process: string, atUs: number, nowUs: number): HintText | null {
  const row = state.processes.rows.get(process)
  if (!row) return null
  const title = row.kind === 'thread' ? `${row.name}, thread of PID ${row.pid}` : `${row.name}, PID ${row.pid}`
  if (atUs < row.startedAtUs) return { title, lines: [`starts at ${formatMoment(row.startedAtUs)}`] }
  if (row.endedAtUs !== null && atUs > row.endedAtUs) {
    return { title, lines: [`${endWords(row).text} at ${formatMoment(row.endedAtUs)}`] }
  }
  const endUs = row.endedAtUs ?? nowUs
  const segment = segmentAt(state.lanes.get(process)?.items ?? [], atUs, endUs)
  if (!segment) return { title, lines: [formatMoment(atUs)] }
  const toUs = segment.toUs ?? endUs
  const until = segment.toUs === null && row.endedAtUs === null ? 'now' : formatMoment(toUs)
  const lines = [segmentWords(segment, state)]
  const task = segment.task === null ? undefined : state.tasks.rows.get(segment.task)
  if (task && segment.state === 'waiting') lines.push(`in ${task.name}`)
  lines.push(`${formatMoment(segment.fromUs)} to ${until}, ${formatDuration(toUs - segment.fromUs)}`)
  return { title, lines }
}

/** @returns a queue's depth at `atUs`; null for a queue that is not known */
export function depthHint(state: SessionState, queue: string, atUs: number, nowUs: number): HintText | null {
  const row = state.queues.rows.get(queue)
  if (!row) return null
  const title = `${row.name}, queue`
  const depth = atUs > nowUs ? undefined : depthAt(state.depths.get(queue)?.items ?? [], atUs)
  if (depth === undefined) return { title, lines: [formatMoment(atUs)] }
  const room = row.maxsize > 0 ? ` of ${row.maxsize}` : ''
  return { title, lines: [`depth ${depth}${room}`, `at ${formatMoment(atUs)}`] }
}
