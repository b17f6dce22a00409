/**
 * What is true about one session, as its views see it: tables of rows, and bounded logs of what changes over time.
 *
 * Every row and every log item carries `rev`, the session's revision at which it last changed. A view that has seen
 * revision R is brought up to date by what has `rev > R` (see `patch.ts`), so any number of views, however slow, share
 * one state and none of them needs a queue of its own.
 */
import type { Log } from './log.ts'
import type {
  ErrorInfo,
  LiveState,
  PoolId,
  ProblemId,
  ProblemKind,
  ProcessId,
  ProcessKind,
  QueueId,
  SessionOutcome,
  TaskId,
  Waiter,
  WaitTarget,
} from './telemetry.ts'

export type SessionId = string

export interface SessionHead {
  rev: number
  session: SessionId
  program: string
  title: string
  parameters: Record<string, string | number>
  startedAt: string
  phase: 'starting' | 'running' | 'stopping' | SessionOutcome
  /** Session clock when it ended; null while it runs. */
  endedAtUs: number | null
  leftovers: number
}

export interface ProcessRow {
  rev: number
  id: ProcessId
  name: string
  pid: number
  parent: ProcessId | null
  kind: ProcessKind
  pool: PoolId | null
  /** 0 for main, then in order of start: picks the colour. */
  order: number
  startedAtUs: number
  state: LiveState | 'exited'
  stateSinceUs: number
  waitingOn: WaitTarget | null
  task: TaskId | null
  tasksDone: number
  endedAtUs: number | null
  exitCode: number | null
  signal: string | null
  /** null until the first sample, and after the end. */
  cpuPercent: number | null
  memoryBytes: number | null
  /** Waits too short to be drawn, summed. */
  shortWaits: number
  shortWaitUs: number
}

/** One stretch of a process's lane. `toUs` is null for the stretch that goes on. */
export interface LaneSegment {
  rev: number
  fromUs: number
  toUs: number | null
  state: LiveState
  waitingOn: WaitTarget | null
  task: TaskId | null
}

export interface Sample {
  rev: number
  atUs: number
  cpuPercent: number
  memoryBytes: number
}

export interface QueueRow {
  rev: number
  id: QueueId
  name: string
  /** 0 means without bound. */
  maxsize: number
  owner: ProcessId
  depth: number
  depthMax: number
  puts: number
  gets: number
  putsPerSecond: number
  getsPerSecond: number
  waitingToPut: Waiter[]
  waitingToGet: Waiter[]
  producers: ProcessId[]
  consumers: ProcessId[]
  residence: number[]
  closed: boolean
}

/** A queue's depth from `atUs` on; `max` and `min` are the extremes since the point before. */
export interface DepthPoint {
  rev: number
  atUs: number
  depth: number
  max: number
  min: number
}

export interface PoolRow {
  rev: number
  id: PoolId
  name: string
  size: number
  owner: ProcessId
  state: 'open' | 'closed' | 'terminated' | 'broken' | 'ended'
  waiting: number
  running: number
  done: number
  failed: number
  /** Microseconds until the last known task is done, from the mean of the tasks so far; null where nothing is known. */
  etaUs: number | null
}

export interface TaskRow {
  rev: number
  id: TaskId
  pool: PoolId
  name: string
  /** 1 for the pool's first task. */
  number: number
  state: 'waiting' | 'running' | 'done' | 'failed'
  process: ProcessId | null
  submittedAtUs: number
  startedAtUs: number | null
  endedAtUs: number | null
  error: ErrorInfo | null
  observed: boolean
  retryOf: TaskId | null
}

/** One line of output, without its line break. */
export interface OutputLine {
  rev: number
  atUs: number
  process: ProcessId
  stream: 'stdout' | 'stderr'
  text: string
}

export interface ProblemRow {
  rev: number
  id: ProblemId
  atUs: number
  kind: ProblemKind
  message: string
  consequence: string | null
  process: ProcessId | null
  pid: number | null
  task: TaskId | null
  pool: PoolId | null
  error: ErrorInfo | null
}

export interface SessionState {
  rev: number
  head: SessionHead
  processes: Map<ProcessId, ProcessRow>
  queues: Map<QueueId, QueueRow>
  pools: Map<PoolId, PoolRow>
  tasks: Map<TaskId, TaskRow>
  problems: Map<ProblemId, ProblemRow>
  lanes: Map<ProcessId, Log<LaneSegment>>
  samples: Map<ProcessId, Log<Sample>>
  depths: Map<QueueId, Log<DepthPoint>>
  output: Log<OutputLine>
  /** Ids of tasks that were forgotten, so that views forget them too. */
  forgottenTasks: Log<{ rev: number; id: TaskId }>
}

/** How much of each history is kept; what is older is dropped from the front. */
export const LIMITS = {
  laneSegments: 2_000,
  samples: 1_800,
  depthPoints: 6_000,
  outputLines: 5_000,
  /** Ended tasks beyond this many are forgotten, oldest first; the pool's counts stay exact. */
  endedTasks: 2_000,
  problems: 500,
} as const
