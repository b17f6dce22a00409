/** How a view follows a session's state: the rows and log tails that changed after the revision it has seen. */
import { applyTail, createLog, type Log, type LogTail, tailSince } from './log.ts'
import type {
  DepthPoint,
  LaneSegment,
  OutputLine,
  PoolRow,
  ProblemRow,
  ProcessRow,
  QueueRow,
  Sample,
  SessionHead,
  SessionId,
  SessionState,
  TaskRow,
} from './session-state.ts'

export interface SessionPatch {
  session: SessionId
  /** The revision this patch starts from: 0 means it carries the whole state. */
  since: number
  rev: number
  /** The session's clock when the patch was made. */
  nowUs: number
  head?: SessionHead
  processes?: ProcessRow[]
  queues?: QueueRow[]
  pools?: PoolRow[]
  tasks?: TaskRow[]
  /** Tasks that were forgotten to stay within bounds. */
  forgottenTasks?: string[]
  problems?: ProblemRow[]
  lanes?: Record<string, LogTail<LaneSegment>>
  samples?: Record<string, LogTail<Sample>>
  depths?: Record<string, LogTail<DepthPoint>>
  output?: LogTail<OutputLine>
}

/** @returns an empty state for a session that has told nothing yet */
export function createSessionState(session: SessionId, program: string, title: string): SessionState {
  return {
    rev: 0,
    head: {
      rev: 0,
      session,
      program,
      title,
      parameters: {},
      startedAt: '',
      phase: 'starting',
      endedAtUs: null,
      leftovers: 0,
    },
    processes: new Map(),
    queues: new Map(),
    pools: new Map(),
    tasks: new Map(),
    problems: new Map(),
    lanes: new Map(),
    samples: new Map(),
    depths: new Map(),
    output: createLog(),
    forgottenTasks: createLog(),
  }
}

function rowsSince<T extends { rev: number }>(rows: Map<string, T>, rev: number): T[] | undefined {
  const changed: T[] = []
  for (const row of rows.values()) if (row.rev > rev) changed.push(row)
  return changed.length > 0 ? changed : undefined
}

function tailsSince<T extends { rev: number }>(
  logs: Map<string, Log<T>>,
  rev: number,
): Record<string, LogTail<T>> | undefined {
  let changed: Record<string, LogTail<T>> | undefined
  for (const [id, log] of logs) {
    const tail = tailSince(log, rev)
    if (tail) {
      changed ??= {}
      changed[id] = tail
    }
  }
  return changed
}

/**
 * @param since the revision the view has seen; 0 for all of it
 * @param nowUs the session's clock
 * @returns what changed after `since`
 */
export function patchSince(state: SessionState, since: number, nowUs: number): SessionPatch {
  const patch: SessionPatch = { session: state.head.session, since, rev: state.rev, nowUs }
  if (state.head.rev > since || since === 0) patch.head = state.head
  const parts = {
    processes: rowsSince(state.processes, since),
    queues: rowsSince(state.queues, since),
    pools: rowsSince(state.pools, since),
    tasks: rowsSince(state.tasks, since),
    problems: rowsSince(state.problems, since),
    lanes: tailsSince(state.lanes, since),
    samples: tailsSince(state.samples, since),
    depths: tailsSince(state.depths, since),
    output: tailSince(state.output, since),
    forgottenTasks: since === 0 ? undefined : tailSince(state.forgottenTasks, since)?.items.map((item) => item.id),
  }
  for (const [key, value] of Object.entries(parts)) if (value !== undefined) Object.assign(patch, { [key]: value })
  return patch
}

function applyRows<T extends { id: string }>(rows: Map<string, T>, changed: T[] | undefined): void {
  if (changed) for (const row of changed) rows.set(row.id, row)
}

function applyTails<T extends { rev: number }>(
  logs: Map<string, Log<T>>,
  tails: Record<string, LogTail<T>> | undefined,
): void {
  if (!tails) return
  for (const [id, tail] of Object.entries(tails)) {
    let log = logs.get(id)
    if (!log) logs.set(id, (log = createLog()))
    applyTail(log, tail)
  }
}

/**
 * Brings a view's copy of the state up to date, in place.
 * A patch with `since` 0 replaces everything.
 * @returns false if the patch does not follow what the copy has seen, which then is unchanged and must be asked for anew
 */
export function applyPatch(state: SessionState, patch: SessionPatch): boolean {
  if (patch.session !== state.head.session || (patch.since !== 0 && patch.since !== state.rev)) return false
  if (patch.since === 0) {
    Object.assign(state, createSessionState(patch.session, state.head.program, state.head.title))
  }
  if (patch.head) state.head = patch.head
  applyRows(state.processes, patch.processes)
  applyRows(state.queues, patch.queues)
  applyRows(state.pools, patch.pools)
  applyRows(state.tasks, patch.tasks)
  for (const id of patch.forgottenTasks ?? []) state.tasks.delete(id)
  applyRows(state.problems, patch.problems)
  applyTails(state.lanes, patch.lanes)
  applyTails(state.samples, patch.samples)
  applyTails(state.depths, patch.depths)
  if (patch.output) applyTail(state.output, patch.output)
  state.rev = patch.rev
  return true
}
