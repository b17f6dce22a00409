/**
 * Everything that happens while a program runs, as plain data: one union on `type`, one clock.
 *
 * `atUs` is microseconds of the system's monotonic clock since the session began. `process`, `queue`, `pool`, `task`
 * and `problem` are ids that are unique in the session; a pid is not, because the system reuses pids.
 * The names and fields that the design fixes are a contract; fields may be added, never renamed.
 */

export type ProcessId = string
export type QueueId = string
export type PoolId = string
export type TaskId = string
export type ProblemId = string
export type ObjectId = string

/** What a living process is doing. `exited` is not here: it is told by `process.exited`. */
export type LiveState = 'starting' | 'running' | 'sleeping' | 'waiting'

/** `main` calls the program's main function, `worker` belongs to a pool, `thread` shares its parent's pid and memory. */
export type ProcessKind = 'main' | 'process' | 'worker' | 'thread'

/** What a process is blocked on, so that a view can say it and link to it. */
export interface WaitTarget {
  /**
   * What it is doing: getting from a queue, putting to one, joining a process or a pool, waiting for a task's result or for
   * a task to do, acquiring a lock, receiving from a connection or sending by one, waiting for an event, a condition or at a barrier, or, at its
   * end, until what it put to a queue has been handed over (`flush`).
   */
  what:
    | 'get'
    | 'put'
    | 'flush'
    | 'join'
    | 'result'
    | 'task'
    | 'acquire'
    | 'receive'
    | 'send'
    | 'event'
    | 'condition'
    | 'barrier'
    | 'other'
  /** The id of the queue, process, pool or task it waits for, where there is one. */
  id?: string
  /** In words, to be read after "waiting: ", such as `put to pages`. */
  label: string
}

/** What processes share besides queues, and can wait for. */
export type ObjectKind =
  | 'lock'
  | 'rlock'
  | 'semaphore'
  | 'bounded-semaphore'
  | 'condition'
  | 'event'
  | 'barrier'
  | 'pipe'
  | 'dict'
  | 'list'
  | 'namespace'

/** One of the things that a process waits for now. A thread is a process here. */
export interface Wait {
  /**
   * `end` is which side of it: `put`, `get`, `join` or `flush` of a queue, `task` of a pool that a worker waits for, `result` of what was given to a pool, `0` or `1` of a pipe,
   * whichever this process has.
   */
  on: { kind: ObjectKind | 'process' | 'queue' | 'pool' | 'task'; id: string; end?: string }
  sinceUs: number
  /** How long it may last, in milliseconds of the session's clock; without it, it has no end of its own. */
  timeoutMs?: number
}

/** An error that crossed a process boundary; `cause` nests at most a few levels deep. */
export interface ErrorInfo {
  name: string
  message: string
  stack: string
  cause?: ErrorInfo
  /** Those that an AggregateError is made of. */
  errors?: ErrorInfo[]
  /** Its own properties besides these, as far as they are plain data; no more than `MAX_ERROR_PROPERTIES`. */
  properties?: Record<string, unknown>
}

/** Somebody blocked on a queue or another object, or who holds it, and since when. */
export interface Waiter {
  process: ProcessId
  sinceUs: number
  /** Which end of a pipe. */
  end?: string
}

/** How a session came to its end. */
export type SessionOutcome = 'finished' | 'stopped' | 'failed'

export type ProblemKind =
  | 'task-failed'
  | 'worker-died'
  | 'process-failed'
  | 'process-died'
  | 'pool-broken'
  | 'program-failed'
  | 'forced-stop'
  | 'lock-abandoned'
  | 'guardian-missing'
  | 'malformed-event'
  | 'deadlock'
  | 'task-lost'
  | 'cannot-end'
  | 'item-lost'
  | 'unhandled-rejection'
  | 'slow-callback'
  | 'agent-off'

export interface SessionStarted {
  type: 'session.started'
  atUs: number
  program: string
  title: string
  parameters: Record<string, string | number>
  /** Wall time of `atUs` 0, ISO 8601: noted once, so that a recording can be dated. */
  startedAt: string
}

/** The stop was asked for: until the session has ended, its processes are being ended. */
export interface SessionStopping {
  type: 'session.stopping'
  atUs: number
}

export interface SessionEnded {
  type: 'session.ended'
  atUs: number
  outcome: SessionOutcome
  /** Processes of the session that still existed after the stop; anything but 0 is a defect worth telling. */
  leftovers: number
}

export interface ProcessStarted {
  type: 'process.started'
  atUs: number
  process: ProcessId
  name: string
  pid: number
  parentPid: number
  parent: ProcessId | null
  kind: ProcessKind
  /** The pool that a worker belongs to. */
  pool?: PoolId
  /** It is the app's own process, which runs more than this session: it cannot be signalled, and is not one of the session's children. */
  isApp?: boolean
  /** Only the kernel knows of it: it tells nothing itself, so what it does or waits for is not known. */
  isSilent?: boolean
}

/** More is known of a process than when it started; what is left out stays as it was. */
export interface ProcessDescribed {
  type: 'process.described'
  atUs: number
  process: ProcessId
  name?: string
  kind?: ProcessKind
  parent?: ProcessId
  pool?: PoolId
  /** Its command line. */
  command?: string
  /** What it runs on, if something in it tells of it: `Python 3.11.7`. */
  runtime?: string
  /** Whether only the kernel knows of it. */
  isSilent?: boolean
  /** What of it is not seen, why, and what one can do about it, in a sentence or two; empty where all is. */
  unseen?: string
}

/** Which pipes and sockets a process has open that others have the other end of, instead of what was told before. The kernel tells that. */
export interface ProcessConnected {
  type: 'process.connected'
  atUs: number
  process: ProcessId
  ends: ConnectedEnd[]
  /** How many there are besides; left out where these are all. */
  more?: number
}

export interface ConnectedEnd {
  /** By its inode: `pipe:[4711]`, `socket:[4712]`. */
  link: string
  /** What this process can do with it. */
  end: 'read' | 'write' | 'both'
  descriptors: number[]
  /** Some of those who have the other end, and whether there are more. */
  with: ProcessId[]
  isMore?: boolean
  /** The kernel did not tell that these two sockets are a pair; they were made one after the other. */
  isGuess?: boolean
  /** What has come for this process and was not read, where the kernel tells it: of sockets. */
  unreadBytes?: number
}

export interface ProcessStateChanged {
  type: 'process.state'
  /** When the state began. A wait is told only once it has lasted 20 ms, so this may lie a little before the event. */
  atUs: number
  process: ProcessId
  state: LiveState
  waitingOn?: WaitTarget
}

/** All that a process waits for, told when that changes; like states, a wait is told once it has lasted 20 ms. */
export interface ProcessWaits {
  type: 'process.waits'
  atUs: number
  process: ProcessId
  /** In the order in which they began. */
  waits: Wait[]
  /** How many there are besides; left out where these are all. */
  more?: number
}

/**
 * How busy the event loop of a process, or of a thread, was from `fromUs` to `atUs`: the share of the time in which it ran code, instead of
 * waiting for something to happen. Told when that changes, and once a second while the process is running: one that runs and
 * tells nothing for longer has not let go of its event loop.
 */
export interface ProcessBusy {
  type: 'process.busy'
  atUs: number
  process: ProcessId
  fromUs: number
  busyPercent: number
}

/** Waits and sleeps shorter than 20 ms, summed since the last such event: they are never sent one by one. */
export interface ProcessWaited {
  type: 'process.waited'
  atUs: number
  process: ProcessId
  waits: number
  waitedUs: number
}

export interface ProcessExited {
  type: 'process.exited'
  atUs: number
  process: ProcessId
  exitCode: number | null
  signal: string | null
  /** The program itself, or its stop, wanted this end. */
  asked?: boolean
  /** Why, in words, where that is known: `the system had no memory left`. */
  reason?: string
}

export interface ProcessOutput {
  type: 'process.output'
  atUs: number
  process: ProcessId
  stream: 'stdout' | 'stderr'
  text: string
  /** Which of the tasks that this process has begun printed it, 1 for the first; left out where that is none, or not known. */
  taskOfProcess?: number
}

export interface UsageSample {
  process: ProcessId
  /** Over the time since the sample before, which is the same for all processes; 100 is one core. */
  cpuPercent: number
  /** Resident set. */
  memoryBytes: number
  /** CPU time in all: since it began, or, of the app itself, since the session did. */
  cpuMs?: number
}

export interface ProcessSampled {
  type: 'process.sampled'
  atUs: number
  samples: UsageSample[]
}

export interface QueueCreated {
  type: 'queue.created'
  atUs: number
  queue: QueueId
  name: string
  /** 0 means without bound. */
  maxsize: number
  /** The process that made the queue and keeps its items. */
  process: ProcessId
}

/** A queue's aggregate, at most every 100 ms. */
export interface QueueChanged {
  type: 'queue.changed'
  atUs: number
  queue: QueueId
  depth: number
  /** Highest and lowest depth since the last event, so that a peak between two events is not lost. */
  depthMax: number
  depthMin: number
  /** Each depth since the last event with its time, if there were few; without them only the extremes are known. */
  steps?: { atUs: number; depth: number }[]
  /** Totals since the queue was made. */
  puts: number
  gets: number
  waitingToPut: Waiter[]
  waitingToGet: Waiter[]
  /** Every process that has put or got so far, in the order of its first time. */
  producers: ProcessId[]
  consumers: ProcessId[]
  /** How long got items had stayed: counts by upper bound, powers of two of a millisecond: <1 ms, <2 ms, <4 ms … the last is open. */
  residence: number[]
}

export interface QueueClosed {
  type: 'queue.closed'
  atUs: number
  queue: QueueId
}

/** Of very many objects of one process only those are told that somebody waits for. */
export interface ObjectCreated {
  type: 'object.created'
  atUs: number
  object: ObjectId
  kind: ObjectKind
  name: string
  /** The process that made the object and keeps it. */
  process: ProcessId
}

/** Who has an object and who waits for it, at most every 100 ms. */
export interface ObjectChanged {
  type: 'object.changed'
  atUs: number
  object: ObjectId
  /** Who has acquired a lock or a semaphore, and who has an end of a pipe; nobody holds any other. */
  holders: Waiter[]
  /** Who waits for it, in the order in which they came. */
  waiting: Waiter[]
}

/** Nobody has the object any more. */
export interface ObjectGone {
  type: 'object.gone'
  atUs: number
  object: ObjectId
}

export interface PoolCreated {
  type: 'pool.created'
  atUs: number
  pool: PoolId
  name: string
  size: number
  process: ProcessId
  /** Whether it notices when a worker dies, and says so to who waits for a task of that one; it does if left out. Python's `Pool` does not. */
  noticesDeaths?: boolean
}

export interface PoolChanged {
  type: 'pool.changed'
  atUs: number
  pool: PoolId
  state: 'open' | 'closed' | 'terminated' | 'broken' | 'ended'
}

export interface TaskSubmitted {
  type: 'task.submitted'
  atUs: number
  task: TaskId
  pool: PoolId
  /** The call in words, arguments shortened: `spider(pages, 3)`. */
  name: string
  /** The failed task that this one runs again, if it does. */
  retryOf?: TaskId
}

export interface TaskStarted {
  type: 'task.started'
  atUs: number
  task: TaskId
  process: ProcessId
  /** Its pool and its name again: of a hundred thousand tasks that wait, not all are kept. */
  pool?: PoolId
  name?: string
}

export interface TaskFinished {
  type: 'task.finished'
  atUs: number
  task: TaskId
  pool?: PoolId
}

export interface TaskFailed {
  type: 'task.failed'
  atUs: number
  task: TaskId
  pool?: PoolId
  error: ErrorInfo
  /** It has not failed by itself: it was taken back, or its pool or the program was ended before it was done. */
  stopped?: boolean
}

/** Someone looked at a failed task's error. */
export interface TaskObserved {
  type: 'task.observed'
  atUs: number
  task: TaskId
}

/** What a problem tells has happened again. */
export interface ProblemRepeated {
  type: 'problem.repeated'
  atUs: number
  problem: ProblemId
  /** How often in all. */
  count: number
}

/** What a problem tells is not so any more. */
export interface ProblemResolved {
  type: 'problem.resolved'
  atUs: number
  problem: ProblemId
}

export interface ProblemRaised {
  type: 'problem.raised'
  atUs: number
  problem: ProblemId
  kind: ProblemKind
  /** One sentence a person would say. */
  message: string
  /** What became of it, a second sentence, where there is one. */
  consequence?: string
  process?: ProcessId
  pid?: number
  task?: TaskId
  pool?: PoolId
  error?: ErrorInfo
}

export type TelemetryEvent =
  | SessionStarted
  | SessionStopping
  | SessionEnded
  | ProcessStarted
  | ProcessDescribed
  | ProcessConnected
  | ProcessStateChanged
  | ProcessWaits
  | ProcessBusy
  | ProcessWaited
  | ProcessExited
  | ProcessOutput
  | ProcessSampled
  | QueueCreated
  | QueueChanged
  | QueueClosed
  | ObjectCreated
  | ObjectChanged
  | ObjectGone
  | PoolCreated
  | PoolChanged
  | TaskSubmitted
  | TaskStarted
  | TaskFinished
  | TaskFailed
  | TaskObserved
  | ProblemRaised
  | ProblemRepeated
  | ProblemResolved

export type TelemetryType = TelemetryEvent['type']

/** Waits shorter than this are summed into `process.waited` instead of being told one by one. */
export const SHORT_WAIT_US = 20_000

/** A queue, or another object, tells its aggregate at most this often. */
export const QUEUE_REPORT_MS = 100
