/**
 * What is true about one session, as its views see it: tables of rows, and bounded logs of what changes over time.
 *
 * Every row and every log item carries `rev`, the session's revision at which it last changed. A view that has seen
 * revision R is brought up to date by what has `rev > R` (see `session-patch.ts`), so any number of views, however slow,
 * share one state and none of them needs a queue of its own. How events become this is in `src/session`.
 */
import type {
  ConnectedEnd,
  ErrorInfo,
  LiveState,
  ObjectId,
  ObjectKind,
  PoolId,
  ProblemId,
  ProblemKind,
  ProcessId,
  ProcessKind,
  QueueId,
  SessionOutcome,
  TaskId,
  Wait,
  Waiter,
  WaitTarget,
} from './telemetry.ts'

export type SessionId = string

export interface Row {
  rev: number
  id: string
  /** How many of its kind had come before it; a view shows rows in this order. */
  order: number
}

/** Rows in the order in which they came. One that ended is forgotten when too many others have ended after it. */
export interface Table<T extends Row> {
  rows: Map<string, T>
  /** How many rows were forgotten. */
  forgotten: number
}

/**
 * A bounded history: items are appended at the end, dropped from the front, and only the last ones ever change.
 * Positions are counted since the beginning and so stay valid when the front is dropped.
 */
export interface Log<T extends { rev: number }> {
  /** Position of `items[0]`. */
  first: number
  items: T[]
}

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

export interface ProcessRow extends Row {
  id: ProcessId
  name: string
  pid: number
  parent: ProcessId | null
  kind: ProcessKind
  pool: PoolId | null
  /** It is the app's own process, which runs more than this session. */
  isApp: boolean
  /** Only the kernel knows of it: `state` says no more than whether it lives, and it has no lane. */
  isSilent: boolean
  /** Its command line, what it runs on, and what of it is not seen, in a sentence; null where nothing was told. */
  command: string | null
  runtime: string | null
  unseen: string | null
  /** Pipes and sockets that it has open and others the other end of, and how many more there are. */
  ends: ConnectedEnd[]
  moreEnds: number
  startedAtUs: number
  state: LiveState | 'exited'
  stateSinceUs: number
  waitingOn: WaitTarget | null
  /** All that it waits for, in the order in which that began, and how many more there are. */
  waits: Wait[]
  moreWaits: number
  task: TaskId | null
  /** Those that have ended are counted as what became of them; one that has begun may be under way. */
  tasksBegun: number
  tasksDone: number
  tasksFailed: number
  endedAtUs: number | null
  exitCode: number | null
  signal: string | null
  /** Why it ended, in words, where that is known. */
  endReason: string | null
  /** Who wanted it to end, if somebody did. */
  stoppedBy: 'you' | 'program' | null
  /** null until the first sample, and after the end. */
  cpuPercent: number | null
  memoryBytes: number | null
  /** CPU time in all, and the most memory that was seen: they stay when it has ended. null if it was never sampled. */
  cpuMs: number | null
  peakMemoryBytes: number | null
  /** How long it was in each state, up to `stateSinceUs`; and for how much of all that its event loop ran code. */
  spentUs: Record<LiveState, number>
  busyUs: number
  /** The share of the time in which its event loop ran code, over about a second, and when that was told; null if it never was, and after the end. */
  busyPercent: number | null
  busyAtUs: number | null
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
  /** Where the task failed. */
  failed?: true
  /**
   * Of a stretch in which it was running: how much of the time its event loop ran code; the rest it awaited something that the
   * library knows nothing of. Of one that goes on, as far as it was told; null where nothing was.
   */
  busyPercent: number | null
}

export interface Sample {
  rev: number
  atUs: number
  cpuPercent: number
  memoryBytes: number
}

export interface QueueRow extends Row {
  id: QueueId
  name: string
  /** 0 means without bound. */
  maxsize: number
  owner: ProcessId
  createdAtUs: number
  depth: number
  depthMax: number
  puts: number
  gets: number
  /** Totals at a few moments of late, the last of them the present ones: `queueRates` makes rates of them. */
  ratePoints: RatePoint[]
  waitingToPut: Waiter[]
  waitingToGet: Waiter[]
  producers: ProcessId[]
  consumers: ProcessId[]
  residence: number[]
  closed: boolean
}

export interface RatePoint {
  atUs: number
  puts: number
  gets: number
}

/** A queue's depth from `atUs` on; `max` and `min` are the extremes since the point before. */
export interface DepthPoint {
  rev: number
  atUs: number
  depth: number
  max: number
  min: number
}

/** A lock, a pipe or another shared object that is no queue. */
export interface ObjectRow extends Row {
  id: ObjectId
  kind: ObjectKind
  name: string
  owner: ProcessId
  holders: Waiter[]
  waiting: Waiter[]
  /** Nobody has it any more, or its process has ended. */
  gone: boolean
}

export interface PoolRow extends Row {
  id: PoolId
  name: string
  size: number
  owner: ProcessId
  createdAtUs: number
  state: 'open' | 'closed' | 'terminated' | 'broken' | 'ended'
  /** Whether it says to who waits for a task that its worker has died. */
  noticesDeaths: boolean
  waiting: number
  running: number
  done: number
  failed: number
  /** Taken back, or not done because the pool or the program was ended. */
  stopped: number
  /** Of those that run, how many had a worker that has died, in a pool that does not notice: they never end. */
  lost: number
  submitted: number
  /** Of those that wait, how many have no row of their own, because there are too many. They get it when they start. */
  unlisted: number
  /** How many tasks were seen from their beginning to their end, and how long they took together. */
  timed: number
  timedUs: number
  /** Since when no task has ended though there were some. `poolPace` makes of it how long the rest may take. */
  quietSinceUs: number
}

export interface TaskRow extends Row {
  id: TaskId
  pool: PoolId
  name: string
  /** 1 for the pool's first task. */
  number: number
  state: 'waiting' | 'running' | 'done' | 'failed' | 'stopped'
  process: ProcessId | null
  /** Which of the tasks that its process has begun it is, 1 for the first; null until it has begun. */
  taskOfProcess: number | null
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
  /** The same with its colours, as ECMA-48 writes them (SGR); absent if it has none. */
  styled?: string
  /** Which of the tasks that its process has begun printed it; left out where that is none, or not known. */
  taskOfProcess?: number
}

export interface ProblemRow extends Row {
  id: ProblemId
  atUs: number
  /** How often it has happened. */
  count: number
  /** Since when it is not so any more; null while it is. */
  resolvedAtUs: number | null
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
  processes: Table<ProcessRow>
  queues: Table<QueueRow>
  objects: Table<ObjectRow>
  pools: Table<PoolRow>
  tasks: Table<TaskRow>
  problems: Table<ProblemRow>
  /** By process; they are forgotten with it. */
  lanes: Map<ProcessId, Log<LaneSegment>>
  samples: Map<ProcessId, Log<Sample>>
  /** By queue. */
  depths: Map<QueueId, Log<DepthPoint>>
  output: Log<OutputLine>
}
