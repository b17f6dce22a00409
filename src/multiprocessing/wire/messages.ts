/**
 * Every message that travels between processes: who may send it, and what its header says. A header comes from a process that may be
 * broken, so nothing of it is used, or passed on, before it was checked here; what does not fit ends the connection that it came by.
 *
 * The types of headers are made from this table, and so are the messages of the fuzzer: a message that is not here does not exist.
 */
import {
  type Check,
  type Checked,
  exactly,
  isBoolean,
  isCount,
  isNumber,
  isText,
  listOf,
  oneOf,
  optional,
  orNull,
} from '../../shared/checks.ts'
import { WireError } from '../errors.ts'
import type { Header } from './frames.ts'

/** From a parent to its child, from a child to its parent, either, or from any process to any other by those between. */
export type Way = 'down' | 'up' | 'both' | 'routed'

type Fields = Record<string, Check>

interface Message<W extends Way = Way, F extends Fields = Fields, M extends boolean = boolean> {
  readonly way: W
  readonly fields: F
  /** Whether there may be more fields: texts, numbers and booleans, which only the receiver knows. */
  readonly more: M
}

/** `0`, `0.2`, `0.2.1`. */
const PATH = /^[\d.]{1,1000}$/
const isPath: Check<string> = (value): value is string => typeof value === 'string' && PATH.test(value)

const isLocation = exactly({ module: isText, name: isText })
const isPositive: Check<number> = (value): value is number => isCount(value) && value > 0
const isDuration: Check<number> = (value): value is number => isNumber(value) && value >= 0

const message =
  <W extends Way>(way: W) =>
  <F extends Fields>(fields: F): Message<W, F, false> => ({ way, fields, more: false })
const down = message('down')
const up = message('up')
const both = message('both')
const routed = <F extends Fields>(fields: F) => message('routed')({ to: isPath, from: isPath, ...fields })
const routedWithMore = <F extends Fields>(fields: F) => ({ ...routed(fields), more: true as const })

export const MESSAGES = {
  /** The first one: everything that a child must know to be part of the run. The payload: its arguments. */
  start: down({
    path: isPath,
    name: isText,
    kind: oneOf('process', 'worker'),
    /** A worker's. */
    pool: optional(isText),
    speed: isNumber,
    originNs: isText,
    /** Where its events go; null where nobody wants any. */
    observer: orNull(isPath),
    nodePath: orNull(isText),
    target: optional(isLocation),
    initializer: optional(isLocation),
  }),
  /** The first one of a child: it is up. */
  hello: up({}),
  /** Much that is large goes by this connection: a child would have memory for it. */
  'want-memory': up({}),
  /** There is memory for what is large. The child says whether it has it too, and then what is large goes there. */
  memory: down({ pid: isCount, fd: isCount }),
  'memory-mapped': up({ mapped: isBoolean }),
  /** Of a spare: it has loaded all that it can before it is told what it is. */
  loaded: up({}),
  /** The child has loaded its target, or its initializer, and calls it now. */
  begun: up({}),
  /** A worker can be given tasks. */
  ready: up({}),
  /** What was thrown that ends the child. */
  failed: up({}),
  /** Something went wrong in the child, or below it, that nobody there was looking out for. */
  problem: up({}),
  /** The child has done everything, and told everything; it ends with this exit code. */
  done: up({ exitCode: isCount }),

  /**
   * Tasks of one function on their way to a worker. The payload is a batch: of each its arguments, or those of several calls. `first` is
   * the number of the first one among all tasks that the worker was given.
   */
  tasks: down({ target: isLocation, calls: oneOf('one', 'items', 'lists'), first: isCount }),
  'give-back': down({}),
  /** Where a worker may note what it has done, from now on: see `child/ledger.ts`. */
  'note-in-memory': down({ pid: isCount, fd: isCount }),
  finish: down({}),
  /** The ends of tasks, in the order in which they were begun: results as a batch, or the one error as JSON. */
  'task-done': up({ meanMs: isDuration }),
  'task-failed': up({ meanMs: isDuration }),
  /** Tasks that were given and not begun, by their numbers: from the first up to, without, the last. */
  'given-back': up({ from: isCount, to: isCount }),

  /** A process, and all below it, is gone. */
  'peer-gone': both({ path: isPath }),
  /** A process below has sent what it must not, as the one for whom it was found out: its parent ends it. */
  'hub.expel': down({ path: isPath, message: isText }),
  /** The answer to a message for a process that is gone. */
  'hub.unreachable': routed({ path: isPath }),

  /** See `requests.ts`. */
  'request.withdraw': routed({ request: isCount }),
  'request.refused': routed({ request: isCount, name: isText, message: isText }),

  /** See `references.ts`; the payload: what has changed of which objects, as JSON. */
  'reference.changes': routed({}),

  /** What happened in the sender, for the process that observes the run; the payload: events as JSON. */
  events: routed({}),

  'object.ask': routedWithMore({ request: isCount, object: isText, op: isText }),
  'object.answer': routedWithMore({ request: isCount }),

  'queue.put': routed({ request: isCount, queue: isText, wait: isBoolean, priority: optional(isNumber) }),
  'queue.put-trusted': routed({ queue: isText }),
  /** `maps`: whether it could take items out of a ring by itself, and has none. */
  'queue.get': routed({ request: isCount, queue: isText, wait: isBoolean, max: isPositive, maps: isBoolean }),
  'queue.size': routed({ request: isCount, queue: isText }),
  'queue.close': routed({ request: isCount, queue: isText }),
  /** So many items of a delivery have come to their getter, which wants to know, or need not know, that the owner knows. */
  'queue.confirm': routed({ request: isCount, queue: isText, delivery: isCount, count: isPositive }),
  'queue.got': routed({ queue: isText, delivery: isCount, count: isPositive }),
  /** Items were taken out of the ring. */
  'queue.look': routed({ queue: isText }),
  'queue.end-known': routed({ queue: isText }),
  'queue.items': routed({
    request: isCount,
    delivery: isCount,
    sizes: optional(listOf(isCount)),
    ring: optional(exactly({ pid: isCount, fd: isCount })),
  }),
  'queue.done': routed({
    request: isCount,
    trusted: optional(isBoolean),
    size: optional(isCount),
    known: optional(isBoolean),
  }),
  'queue.full': routed({ request: isCount, put: isCount }),
  'queue.taken': routed({ queue: isText, frames: isCount }),
  'queue.end': routed({ queue: isText }),
} as const satisfies Record<string, Message>

export type MessageType = keyof typeof MESSAGES

type FieldsOf<T extends MessageType> = (typeof MESSAGES)[T]['fields']
type MayBeLeftOut<F> = { [K in keyof F]: undefined extends Checked<F[K]> ? K : never }[keyof F]
type Told<F> = { [K in Exclude<keyof F, MayBeLeftOut<F>>]: Checked<F[K]> } & {
  [K in MayBeLeftOut<F>]?: Checked<F[K]> | undefined
}
type More<T extends MessageType> = (typeof MESSAGES)[T]['more'] extends false ? unknown : { [field: string]: unknown }

/** The header of a message, as the table has it. */
export type HeaderOf<T extends MessageType> = T extends MessageType ? { type: T } & Told<FieldsOf<T>> & More<T> : never

/** The types of messages that are passed on from process to process. */
export type RoutedType = {
  [T in MessageType]: (typeof MESSAGES)[T]['way'] extends 'routed' ? T : never
}[MessageType]

/** A message of any type, without some of the fields. */
export type AnyOf<T extends MessageType, Without extends string = never> = {
  [K in T]: Omit<HeaderOf<K>, Without>
}[T]

interface Known {
  readonly way: Way
  readonly names: readonly string[]
  readonly checks: readonly Check[]
  readonly more: boolean
}

const known = new Map<string, Known>(
  Object.entries(MESSAGES).map(([type, { way, fields, more }]): [string, Known] => [
    type,
    { way, names: Object.keys(fields), checks: Object.values(fields), more },
  ]),
)

/**
 * @param from who it comes from
 * @returns whether it may be passed on, to and from any process
 * @throws WireError that names the message and the field if it is not one that the sender may send
 */
export function checkHeader(header: Header, from: 'child' | 'parent'): boolean {
  const message = known.get(header.type)
  if (!message) throw new WireError(`A message is of a type that is not known, ${named(header.type)}.`)
  const { way, names, checks, more } = message
  if (way === (from === 'child' ? 'down' : 'up')) {
    throw new WireError(
      `A ${from} sent a message that only a ${from === 'child' ? 'parent' : 'child'} sends, ${header.type}.`,
    )
  }
  const told = header as unknown as Record<string, unknown>
  let count = 1
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string
    const value = told[name]
    if (!(checks[i] as Check)(value)) throw wrongField(header.type, name)
    if (value !== undefined) count++
  }
  if (Object.keys(told).length !== count) checkOthers(told, names, more)
  return way === 'routed'
}

const isScalar = (value: unknown) => isText(value) || isBoolean(value) || isNumber(value) || value === null

function checkOthers(header: Record<string, unknown>, names: readonly string[], more: boolean): void {
  for (const name of Object.keys(header)) {
    if (name === 'type' || names.includes(name)) continue
    if (!more || !isScalar(header[name])) throw wrongField(String(header.type), name)
  }
}

function wrongField(type: string, name: string): WireError {
  return new WireError(`A message ${type} has a header that it cannot have: its ${named(name)} is wrong.`)
}

const MOST_NAME_CHARACTERS = 100

/** What a hostile process calls something, fit to be shown. */
function named(name: string): string {
  return JSON.stringify(name.slice(0, MOST_NAME_CHARACTERS))
}
