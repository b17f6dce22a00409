/**
 * Whether plain data is what the types of `telemetry.ts` say. Events come from other processes, which may be broken, and
 * from files: nothing is reduced to state that was not checked here.
 */
import {
  type Check,
  isBoolean,
  isCount,
  isNumber,
  isRecord,
  isText,
  listOf,
  oneOf,
  optional,
  orNull,
  shape,
} from './checks.ts'
import type { ErrorInfo, TelemetryEvent, TelemetryType } from './telemetry.ts'

type Fields<T extends TelemetryType> = Record<
  Exclude<keyof Extract<TelemetryEvent, { type: T }>, 'type' | 'atUs'>,
  Check
>

const MAX_CAUSES = 8
/** An error carries no more properties than this. */
export const MAX_ERROR_PROPERTIES = 16

/** @returns whether this is an error as it travels; causes may nest a few levels deep */
export function isErrorInfo(value: unknown, depth = 0): value is ErrorInfo {
  if (!isRecord(value) || depth > MAX_CAUSES) return false
  const { name, message, stack, cause, errors, properties } = value
  if (!isText(name) || !isText(message) || !isText(stack)) return false
  return (
    (cause === undefined || isErrorInfo(cause, depth + 1)) &&
    (errors === undefined || (Array.isArray(errors) && errors.every((each) => isErrorInfo(each, depth + 1)))) &&
    (properties === undefined || areProperties(properties))
  )
}

function areProperties(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length <= MAX_ERROR_PROPERTIES
}

const isError: Check<ErrorInfo> = (value) => isErrorInfo(value)
const waiter = shape({ process: isText, sinceUs: isNumber, end: optional(isText) })
const wait = shape({
  on: shape({ kind: isText, id: isText, end: optional(isText) }),
  sinceUs: isNumber,
  timeoutMs: optional(isNumber),
})

const isProcessKind = oneOf('main', 'process', 'worker', 'thread')

const CHECKS: { readonly [T in TelemetryType]: Fields<T> } = {
  'session.started': {
    program: isText,
    title: isText,
    parameters: (value): value is Record<string, string | number> =>
      isRecord(value) && Object.values(value).every((each) => isText(each) || isNumber(each)),
    startedAt: isText,
  },
  'session.stopping': {},
  'session.ended': { outcome: oneOf('finished', 'stopped', 'failed'), leftovers: isCount },
  'process.started': {
    process: isText,
    name: isText,
    pid: isCount,
    parentPid: isCount,
    parent: orNull(isText),
    kind: isProcessKind,
    pool: optional(isText),
    isApp: optional(isBoolean),
    isSilent: optional(isBoolean),
  },
  'process.described': {
    process: isText,
    name: optional(isText),
    kind: optional(isProcessKind),
    parent: optional(isText),
    pool: optional(isText),
    command: optional(isText),
    runtime: optional(isText),
    isSilent: optional(isBoolean),
    unseen: optional(isText),
  },
  'process.connected': {
    process: isText,
    ends: listOf(
      shape({
        link: isText,
        end: oneOf('read', 'write', 'both'),
        descriptors: listOf(isCount),
        with: listOf(isText),
        isMore: optional(isBoolean),
        isGuess: optional(isBoolean),
        unreadBytes: optional(isCount),
      }),
    ),
    more: optional(isCount),
  },
  'process.state': {
    process: isText,
    state: oneOf('starting', 'running', 'sleeping', 'waiting'),
    waitingOn: optional(shape({ what: isText, id: optional(isText), label: isText })),
  },
  'process.waits': { process: isText, waits: listOf(wait), more: optional(isCount) },
  'process.busy': { process: isText, fromUs: isNumber, busyPercent: isNumber },
  'process.waited': { process: isText, waits: isCount, waitedUs: isNumber },
  'process.exited': {
    process: isText,
    exitCode: orNull(isNumber),
    signal: orNull(isText),
    asked: optional(isBoolean),
    reason: optional(isText),
  },
  'process.output': {
    process: isText,
    stream: oneOf('stdout', 'stderr'),
    text: isText,
    taskOfProcess: optional(isCount),
  },
  'process.sampled': {
    samples: listOf(shape({ process: isText, cpuPercent: isNumber, memoryBytes: isNumber, cpuMs: optional(isNumber) })),
  },
  'queue.created': { queue: isText, name: isText, maxsize: isNumber, process: isText },
  'queue.changed': {
    queue: isText,
    depth: isCount,
    depthMax: isCount,
    depthMin: isCount,
    steps: optional(listOf(shape({ atUs: isNumber, depth: isCount }))),
    puts: isCount,
    gets: isCount,
    waitingToPut: listOf(waiter),
    waitingToGet: listOf(waiter),
    producers: listOf(isText),
    consumers: listOf(isText),
    residence: listOf(isCount),
  },
  'queue.closed': { queue: isText },
  'object.created': { object: isText, kind: isText, name: isText, process: isText },
  'object.changed': { object: isText, holders: listOf(waiter), waiting: listOf(waiter) },
  'object.gone': { object: isText },
  'pool.created': {
    pool: isText,
    name: isText,
    size: isCount,
    process: isText,
    noticesDeaths: optional(isBoolean),
  },
  'pool.changed': { pool: isText, state: oneOf('open', 'closed', 'terminated', 'broken', 'ended') },
  'task.submitted': { task: isText, pool: isText, name: isText, retryOf: optional(isText) },
  'task.started': { task: isText, process: isText, pool: optional(isText), name: optional(isText) },
  'task.finished': { task: isText, pool: optional(isText) },
  'task.failed': { task: isText, pool: optional(isText), error: isError, stopped: optional(isBoolean) },
  'task.observed': { task: isText },
  'problem.repeated': { problem: isText, count: isCount },
  'problem.resolved': { problem: isText },
  'problem.raised': {
    problem: isText,
    kind: oneOf(
      'task-failed',
      'worker-died',
      'process-failed',
      'process-died',
      'pool-broken',
      'program-failed',
      'forced-stop',
      'lock-abandoned',
      'guardian-missing',
      'malformed-event',
      'deadlock',
      'task-lost',
      'cannot-end',
      'item-lost',
      'unhandled-rejection',
      'slow-callback',
      'agent-off',
    ),
    message: isText,
    consequence: optional(isText),
    process: optional(isText),
    pid: optional(isCount),
    task: optional(isText),
    pool: optional(isText),
    error: optional(isError),
  },
}

/** @returns whether events of this type are known here */
export function isKnownType(type: string): type is TelemetryType {
  return Object.hasOwn(CHECKS, type)
}

/** @returns whether this is an event whose every known field is of its type; fields that are not known do not matter */
export function isTelemetryEvent(value: unknown): value is TelemetryEvent {
  if (!isRecord(value) || !isText(value.type) || !isNumber(value.atUs)) return false
  if (!isKnownType(value.type)) return false
  const checks: Record<string, Check> = CHECKS[value.type]
  return Object.entries(checks).every(([name, check]) => check(value[name]))
}

/** @returns the id of what an event is about: a process, queue, object, pool, task or problem; null if it is about the session */
export function subjectOf(event: TelemetryEvent): string | null {
  if ('task' in event && event.type !== 'problem.raised') return event.task
  if ('queue' in event) return event.queue
  if ('object' in event) return event.object
  if (event.type === 'pool.created' || event.type === 'pool.changed') return event.pool
  if (event.type === 'problem.raised') return event.problem
  return 'process' in event ? (event.process ?? null) : null
}
