/** What a process waits for, and who could end that, by the names of things. */
import type { ObjectRow, ProcessRow, SessionState } from '../../shared/session-state.ts'
import type { ProcessId, Wait } from '../../shared/telemetry.ts'
import { countOf } from './format.ts'
import type { Selection } from './related.ts'

/** What each kind of object is called. */
const KINDS: Readonly<Record<string, string>> = {
  lock: 'lock',
  rlock: 'lock',
  semaphore: 'semaphore',
  'bounded-semaphore': 'semaphore',
  condition: 'condition',
  event: 'event',
  barrier: 'barrier',
  pipe: 'pipe',
  dict: 'dictionary',
  list: 'list',
  namespace: 'namespace',
}

/** @returns what a kind of object is called; one of a later version by its own name */
export function kindWords(kind: string): string {
  return Object.hasOwn(KINDS, kind) ? (KINDS[kind] as string) : kind
}

/** @returns an object by its kind and name, without saying the same twice */
export function objectWords({ kind, name }: Pick<ObjectRow, 'kind' | 'name'>): string {
  const words = kindWords(kind)
  return name.toLowerCase().startsWith(words) || name === kind ? name : `${words} ${name}`
}

type State = Pick<SessionState, 'processes' | 'queues' | 'objects' | 'pools' | 'tasks'>

/** @returns what a wait is for: `put to pages`, `join worker 2`, `lock database` */
export function waitWords({ on: { kind, id, end } }: Wait, state: State): string {
  switch (kind) {
    case 'queue': {
      const name = state.queues.rows.get(id)?.name ?? 'a queue'
      if (end === 'put') return `put to ${name}`
      if (end === 'get') return `get from ${name}`
      return end === 'join' ? `join ${name}` : `hear from ${name}`
    }
    case 'process':
      return `join ${state.processes.rows.get(id)?.name ?? 'a process'}`
    case 'pool':
      if (end === 'task') return 'next task'
      return `${end === 'result' ? 'results of' : 'join'} ${state.pools.rows.get(id)?.name ?? 'a pool'}`
    case 'task':
      return `result of ${state.tasks.rows.get(id)?.name ?? 'a task'}`
    default: {
      const row = state.objects.rows.get(id)
      return row ? objectWords(row) : `a ${kindWords(kind)}`
    }
  }
}

/** @returns all that a process waits for in a few words, and in fewer: the first, and how many there are besides; null if nothing is told */
export function waitsWords(
  { waits, moreWaits }: Pick<ProcessRow, 'waits' | 'moreWaits'>,
  state: State,
): { text: string; short?: string } | null {
  const [first] = waits
  if (!first) return null
  const more = waits.length - 1 + moreWaits
  const words = waitWords(first, state)
  return more > 0
    ? { text: `${words} and ${countOf(more, 'more', 'more')}`, short: `${words} +${more}` }
    : { text: words }
}

/** @returns what a wait selects; null if it is for nothing that can be */
export function selectionOfWait({ on: { kind, id } }: Wait, state: State): Selection | null {
  if (kind === 'pool') return null
  const [table, selects] =
    kind === 'queue'
      ? ([state.queues, 'queue'] as const)
      : kind === 'process'
        ? ([state.processes, 'process'] as const)
        : kind === 'task'
          ? ([state.tasks, 'task'] as const)
          : ([state.objects, 'object'] as const)
  return table.rows.has(id) ? { kind: selects, id } : null
}

export interface Others {
  /** To be read before their names: `held by`. */
  words: string
  processes: ProcessId[]
}

const distinct = (processes: readonly ProcessId[]) => [...new Set(processes)]

/** @returns who could end a wait; null where that is nobody in particular */
export function othersOf({ on: { kind, id, end } }: Wait, state: State): Others | null {
  switch (kind) {
    case 'queue': {
      const row = state.queues.rows.get(id)
      if (row && end === 'put') return { words: 'got by', processes: row.consumers }
      return row && end === 'get' ? { words: 'put by', processes: row.producers } : null
    }
    case 'task': {
      const worker = state.tasks.rows.get(id)?.process
      return worker ? { words: 'run by', processes: [worker] } : null
    }
    case 'process':
    case 'pool':
      return null
    default: {
      const row = state.objects.rows.get(id)
      if (!row) return null
      const holders = row.kind === 'pipe' ? row.holders.filter((holder) => holder.end !== end) : row.holders
      if (holders.length === 0) return null
      const words = row.kind === 'pipe' ? 'the other end is with' : 'held by'
      return { words, processes: distinct(holders.map(({ process }) => process)) }
    }
  }
}

/** What can be held; of the others nobody has more than another. */
const HELD: ReadonlySet<string> = new Set(['lock', 'rlock', 'semaphore', 'bounded-semaphore'])

/** @returns an object's state in words: `held by 1, 2 wait` */
export function objectStateWords({ kind, holders, waiting, gone }: ObjectRow): string {
  if (gone) return 'gone'
  const parts: string[] = []
  if (HELD.has(kind) && holders.length > 0) parts.push(`held by ${holders.length}`)
  if (waiting.length > 0) parts.push(`${waiting.length} ${waiting.length === 1 ? 'waits' : 'wait'}`)
  return parts.join(', ') || (HELD.has(kind) ? 'free' : 'nobody waits')
}

/** How many objects are listed at most; all of them are counted. */
export const MOST_OBJECTS = 200

/** @returns the objects to list: those that somebody waits for, then those that are held, then the others as they came */
export function listedObjects(objects: Iterable<ObjectRow>): ObjectRow[] {
  const weight = ({ waiting, holders, gone }: ObjectRow) =>
    gone ? 3 : waiting.length > 0 ? 0 : holders.length > 0 ? 1 : 2
  return [...objects].sort((a, b) => weight(a) - weight(b) || a.order - b.order).slice(0, MOST_OBJECTS)
}
