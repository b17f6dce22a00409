/**
 * Messages of a child that means harm, or is broken, made from the table of all messages. Each comes with what must become of it, told
 * from how it was made and not from what the library says.
 */
import { batchesOf } from '../../src/multiprocessing/wire/batch/own-batch.ts'
import { encodeFrame } from '../../src/multiprocessing/wire/frames.ts'
import { MESSAGES, type MessageType } from '../../src/multiprocessing/wire/messages.ts'
import { encodeValue } from '../../src/multiprocessing/wire/values.ts'
import type { Check } from '../../src/shared/checks.ts'
import type { Chance } from '../seeded.ts'

/** The child, what may be below it, and others it must not speak for. */
export const SELF = '0.1'
const OWN_PATHS = [SELF, '0.1.1', '0.1.2.3']
const OTHERS = ['0', '0.2', '0.3', '0.10', '0.22.1', '1']
/** What everybody may use, and so the hostile child too. */
export const OPEN_QUEUE = '0/queue1'

/**
 * `fine`: the connection stays, whatever the answer. `fatal`: it ends, by a WireError, before anything of it reached anybody. `either`:
 * the header is right, and what else there is may be read or not.
 */
export type Verdict = 'fine' | 'fatal' | 'either'

export interface HostileFrame {
  type: string
  /** How it was made, to be shown. */
  made: string
  verdict: Verdict
  bytes: Buffer
}

const OPS = [
  'acquire',
  'release',
  'value',
  'condition-wait',
  'notify',
  'wait',
  'reset',
  'abort',
  'state',
  'set',
  'clear',
]
const MORE_OPS = ['send', 'receive', 'poll', 'close', 'attach', 'get', 'has', 'delete', 'pop', 'set-default', 'update']
const LIST_OPS = ['entries', 'size', 'push', 'insert', 'at', 'all', 'length', 'is-set', 'task-done', 'join', 'x']

/** What fields are filled with: right for some and wrong for others, which their checks tell. */
const VALUES: readonly unknown[] = [
  ...OWN_PATHS,
  ...OTHERS,
  OPEN_QUEUE,
  '0.2/queue1',
  '0/none',
  '',
  '__proto__',
  'x'.repeat(5_000),
  'one',
  'process',
  0,
  1,
  2,
  7,
  4_096,
  Number.MAX_SAFE_INTEGER,
  -1,
  1.5,
  1e308,
  2 ** 53,
  -0.5,
  null,
  true,
  false,
  [],
  [1, 2],
  [8, -1],
  [1e9, 1e9],
  {},
  { module: 'm', name: 'n' },
  { pid: 1, fd: 3 },
  { pid: -1, fd: 'x' },
  { pid: 1, fd: 3, more: 1 },
  JSON.parse(`{"__proto__": 1}`),
  JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`),
]

/** Names of which there are better values than any that fits. */
const KNOWN: Readonly<Record<string, readonly unknown[]>> = {
  queue: [OPEN_QUEUE, OPEN_QUEUE, '0.2/queue1', '0/none'],
  object: [
    '0/lock1',
    '0/semaphore1',
    '0/barrier1',
    '0/event1',
    '0/pipe1',
    '0/dict1',
    '0/list1',
    '0/queue3/tally',
    '0/x',
  ],
  op: [...OPS, ...MORE_OPS, ...LIST_OPS],
  to: ['0', '0', '0', '0.2', '0.3', '0.1.1', '7'],
  from: [SELF, SELF, SELF, SELF, '0.1.1'],
  path: ['0.1.1', '0.1.2.3'],
  request: [0, 1, 2, 3, 4, 5, 6],
  delivery: [0, 1, 2, 3],
}
/** What an object is asked with beside its operation. */
const EXTRAS = ['key', 'index', 'count', 'end', 'wait', 'condition'] as const
const EXTRA_VALUES = ['"a"', 'a', 0, 1, -1, 1.5, 1e308, true, false, null, 'NaN', '{}', '0/condition1']

/** Such a field cannot be in a header: made once, for each of them. */
const fitting = new Map<Check, { right: unknown[]; wrong: unknown[] }>()

function candidates(check: Check): { right: unknown[]; wrong: unknown[] } {
  let known = fitting.get(check)
  if (!known) {
    known = { right: VALUES.filter((value) => check(value)), wrong: VALUES.filter((value) => !check(value)) }
    fitting.set(check, known)
  }
  return known
}

/** Messages that a child may send, and those that only a parent does. */
export const CHILDS_TYPES = Object.keys(MESSAGES).filter((type) => wayOf(type) !== 'down') as MessageType[]
const PARENTS_TYPES = Object.keys(MESSAGES).filter((type) => wayOf(type) === 'down') as MessageType[]

function wayOf(type: string): string {
  return MESSAGES[type as MessageType].way
}

function rightHeader(type: MessageType, { pick, below }: Chance): Record<string, unknown> {
  const header: Record<string, unknown> = { type }
  for (const [name, check] of Object.entries<Check>(MESSAGES[type].fields)) {
    if (check(undefined) && below(2) === 0) continue
    const known = (KNOWN[name] ?? []).filter((value) => check(value))
    header[name] = pick(known.length > 0 ? known : candidates(check).right)
  }
  if (MESSAGES[type].more) for (const name of EXTRAS) if (below(2) === 0) header[name] = pick(EXTRA_VALUES)
  // A process can only say of those below it that they are gone.
  if (type === 'hub.unreachable') header.path = pick(OWN_PATHS)
  return header
}

/** What fields of these names can never have, whatever the table says. */
const NEVER: Readonly<Record<string, readonly unknown[]>> = {
  ...Object.fromEntries(
    ['request', 'delivery', 'frames', 'put', 'max', 'size', 'from', 'to'].map((name) => [
      name,
      [-1, 1.5, 1e308, 2 ** 53, null],
    ]),
  ),
  meanMs: [-1, '1', null],
  sizes: [[8, -1], [1.5], 'x'],
  ring: [
    { pid: -1, fd: 3 },
    { pid: 1, fd: 'x' },
    { pid: 1, fd: 3, more: 1 },
  ],
  wait: ['true', 1],
  path: ['', 'x', '__proto__', 7],
}

/** @returns how the header was spoilt; undefined if there was nothing of the kind to spoil */
type Spoil = (header: Record<string, unknown>, type: MessageType, dice: Chance) => string | undefined

const SPOILS: readonly Spoil[] = [
  (header, type, { pick }) => {
    const names = Object.keys(MESSAGES[type].fields).filter((name) => Object.hasOwn(NEVER, name))
    if (names.length === 0) return undefined
    const name = pick(names)
    header[name] = pick(NEVER[name] as unknown[])
    return `${name} of what can never be`
  },
  (header, type, { pick }) => {
    const fields = Object.entries<Check>(MESSAGES[type].fields)
    if (fields.length === 0) return undefined
    const [name, check] = pick(fields)
    header[name] = pick(candidates(check).wrong)
    return `wrong ${name}`
  },
  (header, type, { pick }) => {
    const required = Object.entries<Check>(MESSAGES[type].fields).filter(([, check]) => !check(undefined))
    if (required.length === 0) return undefined
    const [name] = pick(required)
    delete header[name]
    return `without ${name}`
  },
  (header, type, { pick }) => {
    if (MESSAGES[type].more) header.more = pick([[], {}, JSON.parse('[[[[1]]]]')])
    else header[pick(['more', 'constructor', 'hasOwnProperty', 'toString'])] = 1
    return 'one field too many'
  },
  (header, _type, { pick }) => {
    if (wayOf(header.type as string) !== 'routed') return undefined
    header.from = pick(OTHERS)
    return `in the name of ${header.from}`
  },
  (header, _type, { pick }) => {
    // Also to others: what is forged must not be passed on.
    header.type = pick(['hub.unreachable', 'peer-gone'])
    for (const name of Object.keys(header)) if (!['type', 'to', 'from'].includes(name)) delete header[name]
    header.path = pick(header.type === 'peer-gone' ? [...OTHERS, SELF] : OTHERS)
    if (header.type === 'hub.unreachable') Object.assign(header, { to: pick(['0', '0.2', '0.3']), from: SELF })
    else for (const name of ['to', 'from']) delete header[name]
    return `the end of ${header.path}, to ${header.to}`
  },
  (header, _type, { pick }) => {
    header.type = pick([...PARENTS_TYPES, 'queue.steal', '', 'constructor', '__proto__', 'queue', 'x'.repeat(1_000)])
    return 'of a type that it may not send'
  },
]

const PATHS_OF_ERRORS = { name: 'E', message: 'm', stack: 's' }

/** Right ones, and such that are hostile to who reads them. */
function payloadOf(type: MessageType, dice: Chance): { parts: Uint8Array[]; right: boolean } {
  const { below, pick } = dice
  const right = below(5) > 0
  const spoilt = (bytes: Buffer): Buffer => {
    switch (below(5)) {
      case 0:
        return bytes.subarray(0, below(bytes.length))
      case 1:
        bytes[below(bytes.length)] = below(256)
        return bytes
      case 2:
        // Where a batch has its count, and its first lengths.
        if (bytes.length >= 12) bytes.writeUInt32LE(pick([0, 1, 0xffff, 0x7fffffff, 0xffffffff]), 4 * (1 + below(2)))
        return bytes
      case 3:
        return Buffer.alloc(0)
      default:
        return Buffer.from(Array.from({ length: below(200) }, () => below(256)))
    }
  }
  const made = (bytes: Buffer) => ({ parts: [right ? bytes : spoilt(bytes)], right })
  switch (type) {
    case 'queue.put':
    case 'queue.put-trusted':
    case 'queue.items':
    case 'task-done': {
      const items = pick<unknown[]>([
        [1, 2, 3],
        ['a', 'ä'],
        [{ a: 1 }, { b: [2] }],
        [new Map([[1, 2]])],
        [new Uint8Array(9)],
      ])
      return made(Buffer.concat(batchesOf(items)[0]?.encode(0, items.length) ?? []))
    }
    case 'object.ask':
    case 'object.answer':
      return made(Buffer.from(encodeValue(pick<unknown>([1, 'text', { a: [1] }, undefined]), 'value')))
    case 'reference.changes': {
      const change = { held: pick([-1, 0, 1]), sent: [`${SELF}#1`], received: pick([[], ['0#1', '0#2', '0.2#1']]) }
      const ids = ['0/queue1', '0/queue2', '0/lock2', '0/none']
      return made(Buffer.from(JSON.stringify(ids.slice(below(ids.length)).map((id) => [id, change]))))
    }
    case 'events': {
      const own = [{ type: 'task.finished', atUs: pick([1, -1e9, 1e308]), task: `${SELF}/task1` }]
      const bad = [
        ...[[null], 7, [{ type: 'session.ended', atUs: 1, outcome: 'finished', leftovers: 0 }]],
        ...[[{ type: 'task.finished', atUs: 1, task: '0.2/task1' }], [{ type: 'process.exited', atUs: 1, process: 7 }]],
        ...[[{ type: 'queue.closed', atUs: 1, queue: '0/queue1' }], [{ type: 'toString', atUs: 1 }]],
      ]
      if (right) return { parts: [Buffer.from(JSON.stringify(own))], right }
      const deep = `[{"type":"task.finished","atUs":1,"task":"${SELF}/t","x":${'['.repeat(500)}${']'.repeat(500)}}]`
      return { parts: [Buffer.from(below(4) === 0 ? deep : JSON.stringify(pick<unknown>(bad)))], right }
    }
    case 'failed':
    case 'task-failed': {
      const bad = [{}, null, { ...PATHS_OF_ERRORS, cause: 7 }, { ...PATHS_OF_ERRORS, errors: [null] }]
      return { parts: [Buffer.from(JSON.stringify(right ? PATHS_OF_ERRORS : pick<unknown>(bad)))], right }
    }
    default:
      return { parts: [Buffer.alloc(below(20), below(256))], right: true }
  }
}

/** What who decodes it cannot read ends the connection where that is the reader's neighbour, and is dropped elsewhere. */
const READ_WHOLE: ReadonlySet<string> = new Set(['failed'])
/** Those with a payload that a hostile process has most chances with. */
const READ_BY_OWNERS: readonly MessageType[] = ['queue.put', 'queue.put-trusted', 'object.ask', 'events', 'failed']
/** For the pool, which has no part in this. */
const OF_WORKERS: ReadonlySet<string> = new Set(['task-done', 'task-failed'])

/** A message that is mostly right, or one that is wrong in one way. */
export function hostileFrame(dice: Chance): HostileFrame {
  const { below, pick } = dice
  const type = pick(below(3) === 0 ? READ_BY_OWNERS : CHILDS_TYPES)
  const header = rightHeader(type, dice)
  const spoil = below(10) < 2 ? pick(SPOILS)(header, type, dice) : undefined
  const payload = payloadOf(type, dice)
  const bytes = Buffer.concat(encodeFrame(header as { type: string }, payload.parts))
  const made = `${String(header.type).slice(0, 40)} ${spoil ?? ''} ${JSON.stringify(header).slice(0, 300)}`
  if (spoil !== undefined) return { type: header.type as string, made, verdict: 'fatal', bytes }
  let verdict: Verdict = 'fine'
  if (!payload.right) {
    if (READ_WHOLE.has(type)) verdict = 'fatal'
    else if (header.from === SELF && header.to === '0') verdict = type === 'events' ? 'fatal' : 'either'
  }
  // What the payload of an object's request must be, the object says.
  if (type === 'object.ask' && header.from === SELF && header.to === '0') verdict = 'either'
  if (OF_WORKERS.has(type)) verdict = 'fine'
  return { type, made: `${made}${payload.right ? '' : ', payload spoilt'}`, verdict, bytes }
}

/** A frame that is cut off, or has a byte that is another. */
export function spoiltBytes(dice: Chance): Buffer {
  const { bytes } = hostileFrame(dice)
  if (dice.below(2) === 0) return bytes.subarray(0, dice.below(bytes.length))
  bytes[dice.below(bytes.length)] = dice.below(256)
  return bytes
}
