/** What brings a view's copy of a session's state up to date, as it travels. `src/session/patch.ts` makes and applies it. */
import type {
  DepthPoint,
  LaneSegment,
  ObjectRow,
  OutputLine,
  PoolRow,
  ProblemRow,
  ProcessRow,
  QueueRow,
  Row,
  Sample,
  SessionHead,
  SessionId,
  TaskRow,
} from './session-state.ts'

/** What follows position `from` in a log; everything before `first` is gone. */
export interface LogTail<T> {
  first: number
  from: number
  items: T[]
}

/** Logs by the id of the row that they belong to. Pairs, for an id may be any text. */
export type LogTails<T> = [id: string, tail: LogTail<T>][]

export interface TablePatch<T extends Row> {
  /** These are all rows there are: what the view has of this table and its logs is replaced. */
  all?: true
  /** The rows that changed, in the order in which they came. */
  rows: T[]
  /** Rows that were forgotten, and their logs with them. */
  gone?: string[]
  forgotten: number
}

export interface SessionPatch {
  session: SessionId
  /** The revision this patch starts from: 0 means it carries the whole state. */
  since: number
  rev: number
  /** The session's clock when the patch was made. */
  nowUs: number
  head?: SessionHead
  processes?: TablePatch<ProcessRow>
  queues?: TablePatch<QueueRow>
  objects?: TablePatch<ObjectRow>
  pools?: TablePatch<PoolRow>
  tasks?: TablePatch<TaskRow>
  problems?: TablePatch<ProblemRow>
  lanes?: LogTails<LaneSegment>
  samples?: LogTails<Sample>
  depths?: LogTails<DepthPoint>
  output?: LogTail<OutputLine>
}
