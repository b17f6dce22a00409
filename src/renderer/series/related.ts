/** What belongs to what is selected, so that it is shown everywhere. */
import type {
  LaneSegment,
  ObjectRow,
  OutputLine,
  ProblemRow,
  SessionState,
  TaskRow,
} from '../../shared/session-state.ts'

export type SelectionKind = 'process' | 'queue' | 'object' | 'task'

export interface Selection {
  kind: SelectionKind
  id: string
}

/** What the selection says about other things; it is asked for each of those that are on screen. */
export interface Related {
  process: (id: string) => boolean
  queue: (id: string) => boolean
  object: (row: ObjectRow) => boolean
  task: (row: TaskRow) => boolean
  line: (line: OutputLine) => boolean
  problem: (row: ProblemRow) => boolean
}

const never = () => false
const NOTHING: Related = { process: never, queue: never, object: never, task: never, line: never, problem: never }

function printedBy(task: TaskRow, { process, taskOfProcess }: OutputLine): boolean {
  return taskOfProcess !== undefined && process === task.process && taskOfProcess === task.taskOfProcess
}

/** @returns what belongs to a selection */
export function relatedTo(selection: Selection | null, state: SessionState | null): Related {
  if (!selection || !state) return NOTHING
  const { tasks, queues, objects } = state
  switch (selection.kind) {
    case 'task': {
      const task = tasks.rows.get(selection.id)
      return {
        ...NOTHING,
        process: (id) => task?.process === id,
        task: ({ id }) => id === selection.id,
        line: (line) => task !== undefined && printedBy(task, line),
        problem: (row) => row.task === selection.id,
      }
    }
    case 'process': {
      const { id: process } = selection
      return {
        process: (id) => id === process,
        queue: (id) => {
          const row = queues.rows.get(id)
          return (
            row !== undefined && [...row.waitingToPut, ...row.waitingToGet].some((waiter) => waiter.process === process)
          )
        },
        object: ({ holders, waiting }) => [...holders, ...waiting].some((waiter) => waiter.process === process),
        task: (row) => row.process === process,
        line: (line) => line.process === process,
        problem: (row) =>
          row.process === process || (row.task !== null && tasks.rows.get(row.task)?.process === process),
      }
    }
    case 'queue': {
      const row = queues.rows.get(selection.id)
      const waiters = new Set(
        [...(row?.waitingToPut ?? []), ...(row?.waitingToGet ?? [])].map(({ process }) => process),
      )
      return { ...NOTHING, process: (id) => waiters.has(id), queue: (id) => id === selection.id }
    }
    case 'object': {
      const row = objects.rows.get(selection.id)
      const theirs = new Set([...(row?.holders ?? []), ...(row?.waiting ?? [])].map(({ process }) => process))
      return { ...NOTHING, process: (id) => theirs.has(id), object: ({ id }) => id === selection.id }
    }
  }
}

/** @returns what a line of output selects: the task that printed it, or its process where that was none, or is not known */
export function selectionOfLine(line: OutputLine, { tasks }: SessionState): Selection {
  for (const task of tasks.rows.values()) if (printedBy(task, line)) return { kind: 'task', id: task.id }
  return { kind: 'process', id: line.process }
}

/** @returns what a stretch of a lane selects: what it belongs to */
export function selectionOfStretch(process: string, segment: LaneSegment | undefined): Selection {
  return segment?.task ? { kind: 'task', id: segment.task } : { kind: 'process', id: process }
}

/** @returns what a problem selects; null if it is about nothing that can be */
export function selectionOfProblem({ task, process }: ProblemRow): Selection | null {
  if (task !== null) return { kind: 'task', id: task }
  return process === null ? null : { kind: 'process', id: process }
}
