/** The state of a session as its reducer holds it: what views see, and what only reducing needs. All of it is plain data. */
import type {
  ObjectRow,
  OutputLine,
  PoolRow,
  ProblemRow,
  ProcessRow,
  QueueRow,
  Row,
  SessionHead,
  SessionId,
  SessionState,
  TaskRow,
} from '../shared/session-state.ts'
import { LIMITS } from './limits.ts'
import { createLog } from './log.ts'
import { createTable, createTrackedTable, endRow, type TrackedTable } from './table.ts'

/** A line that may go on. */
export interface OpenLine {
  /** What is shown of it, and what has begun at its end and is not shown, such as half a colour. */
  raw: string
  atUs: number
  /** Of its item in the log; -1 if it has none yet. */
  position: number
}

export interface Tables {
  processes: TrackedTable<ProcessRow>
  queues: TrackedTable<QueueRow>
  objects: TrackedTable<ObjectRow>
  pools: TrackedTable<PoolRow>
  tasks: TrackedTable<TaskRow>
  problems: TrackedTable<ProblemRow>
}
export type TableName = keyof Tables

export interface ReducedState extends Omit<SessionState, TableName>, Tables {
  openLines: Map<string, OpenLine>
  /** Of all lines in the log together. */
  outputCharacters: number
  /** No fewer than there are in all logs of each kind together. */
  historyItems: { lanes: number; samples: number; depths: number }
}

export const tableNames = [
  'processes',
  'queues',
  'objects',
  'pools',
  'tasks',
  'problems',
] as const satisfies readonly TableName[]

export const historyNames = ['lanes', 'samples', 'depths'] as const
export type HistoryName = (typeof historyNames)[number]

/** The logs that rows of a table have, each by the row's id. */
export const LOGS_OF: Readonly<Record<TableName, readonly HistoryName[]>> = {
  processes: ['lanes', 'samples'],
  queues: ['depths'],
  objects: [],
  pools: [],
  tasks: [],
  problems: [],
}

function createHead(session: SessionId, program: string, title: string): SessionHead {
  return {
    rev: 0,
    session,
    program,
    title,
    parameters: {},
    startedAt: '',
    phase: 'starting',
    endedAtUs: null,
    leftovers: 0,
  }
}

function createLogs(): Pick<SessionState, 'lanes' | 'samples' | 'depths' | 'output'> {
  return { lanes: new Map(), samples: new Map(), depths: new Map(), output: createLog<OutputLine>() }
}

/** @returns a view's copy of a state, of which it has seen nothing yet */
export function createSessionState(session: SessionId, program: string, title: string): SessionState {
  return {
    rev: 0,
    head: createHead(session, program, title),
    processes: createTable(),
    queues: createTable(),
    objects: createTable(),
    pools: createTable(),
    tasks: createTable(),
    problems: createTable(),
    ...createLogs(),
  }
}

/** @returns the state of a session that has told nothing yet */
export function createReducedState(session: SessionId, program: string, title: string): ReducedState {
  return {
    rev: 0,
    head: createHead(session, program, title),
    processes: createTrackedTable(LIMITS.living.processes),
    queues: createTrackedTable(LIMITS.living.queues),
    objects: createTrackedTable(LIMITS.living.objects),
    pools: createTrackedTable(LIMITS.living.pools),
    tasks: createTrackedTable(LIMITS.living.tasks),
    problems: createTrackedTable(LIMITS.living.problems),
    ...createLogs(),
    openLines: new Map(),
    outputCharacters: 0,
    historyItems: { lanes: 0, samples: 0, depths: 0 },
  }
}

/** A row has ended; the one that is forgotten for it, if one is, takes its logs with it. */
export function endRowOf(state: ReducedState, table: TableName, id: string): void {
  const tracked: TrackedTable<Row> = state[table]
  const forgotten = endRow(tracked, state.rev, id, LIMITS.ended[table])
  if (forgotten !== null) for (const logs of LOGS_OF[table]) state[logs].delete(forgotten)
}
