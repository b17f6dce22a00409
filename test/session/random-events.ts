/** Events as nobody would tell them: in any order, about things that never began, ended twice, or never end. */
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'
import { chance } from '../seeded.ts'

const NAMES = ['', 'worker', '__proto__', 'x'.repeat(5_000), '\u001b[31mred', '😀'.repeat(700)]
const PRINTED = [
  'a',
  '\n',
  '\r',
  '\u001b[3',
  '1mred',
  'a line\n',
  '\n\n\n',
  '10 %\r',
  'x'.repeat(9_000),
  '\u001b]8;;',
  '\u0007',
]

/**
 * @param ids of how many different processes, queues, pools, tasks and problems they tell
 * @returns `count` events that the seed decides
 */
export function randomEvents(seed: number, count: number, ids = 12): TelemetryEvent[] {
  const { below, pick } = chance(seed)
  const id = (kind: string) => pick([`${kind}${below(ids)}`, `${kind}${below(ids)}`, `${kind}${below(3)}`, '__proto__'])
  let clock = 0
  const error = () => ({
    name: 'Error',
    message: pick(NAMES),
    stack: 'at x',
    cause: { name: 'E', message: '', stack: '' },
  })
  const waiters = () => Array.from({ length: below(3) }, () => ({ process: id('p'), sinceUs: below(clock + 1) }))
  const any: ((atUs: number) => TelemetryEvent)[] = [
    (atUs) => ({
      ...{ type: 'process.started', atUs, process: id('p'), name: pick(NAMES), pid: below(100), parentPid: 1 },
      ...{ parent: pick([null, id('p')]), kind: pick(['main', 'process', 'worker', 'thread']) },
    }),
    (atUs) => ({ type: 'process.state', atUs, process: id('p'), state: pick(['running', 'sleeping', 'starting']) }),
    (atUs) => ({
      ...{ type: 'process.state', atUs, process: id('p'), state: 'waiting' },
      waitingOn: { what: 'get', id: id('q'), label: pick(NAMES) },
    }),
    (atUs) => ({
      ...{ type: 'process.waits', atUs, process: id('p') },
      waits: Array.from({ length: below(4) }, () => ({
        on: { kind: pick(['lock', 'queue', 'process']), id: id('o'), ...(below(2) > 0 && { end: 'put' }) },
        sinceUs: below(clock + 1),
        ...(below(2) > 0 && { timeoutMs: below(9) }),
      })),
      ...(below(9) === 0 && { more: below(9) }),
    }),
    (atUs) => ({ type: 'process.busy', atUs, process: id('p'), fromUs: below(atUs + 1), busyPercent: below(101) }),
    (atUs) => ({
      ...{ type: 'process.busy', atUs, process: id('p'), fromUs: Math.max(0, atUs - below(300_000)) },
      busyPercent: pick([0, 100]),
    }),
    (atUs) => ({ type: 'process.waited', atUs, process: id('p'), waits: below(9), waitedUs: below(9_000) }),
    (atUs) => ({
      ...{ type: 'process.exited', atUs, process: id('p'), exitCode: pick([0, 1, null]), signal: null },
      asked: pick([true, false]),
    }),
    (atUs) => ({
      type: 'process.output',
      atUs,
      process: id('p'),
      stream: pick(['stdout', 'stderr']),
      text: pick(PRINTED),
    }),
    (atUs) => ({
      type: 'process.output',
      atUs,
      process: id('p'),
      stream: 'stdout',
      text: pick(PRINTED) + pick(PRINTED),
    }),
    (atUs) => ({
      type: 'process.sampled',
      atUs,
      samples: [0, 1].map(() => ({
        process: id('p'),
        cpuPercent: below(100),
        memoryBytes: below(1e9),
        cpuMs: below(1e6),
      })),
    }),
    (atUs) => ({ type: 'queue.created', atUs, queue: id('q'), name: pick(NAMES), maxsize: below(3), process: id('p') }),
    (atUs) => ({
      ...{ type: 'queue.changed', atUs, queue: id('q'), depth: below(9), depthMax: 9, depthMin: 0 },
      ...{ puts: below(100), gets: below(100), waitingToPut: waiters(), waitingToGet: waiters() },
      ...{ producers: [id('p')], consumers: [], residence: [below(5)] },
      ...(below(2) > 0 && { steps: [{ atUs, depth: below(9) }] }),
    }),
    (atUs) => ({ type: 'queue.closed', atUs, queue: id('q') }),
    (atUs) => ({
      ...{ type: 'object.created', atUs, object: id('o'), kind: pick(['lock', 'lock', 'pipe', 'barrier']) },
      ...{ name: pick(NAMES), process: id('p') },
    }),
    (atUs) => ({ type: 'object.changed', atUs, object: id('o'), holders: waiters(), waiting: waiters() }),
    (atUs) => ({ type: 'object.gone', atUs, object: id('o') }),
    (atUs) => ({
      type: 'pool.created',
      atUs,
      pool: id('w'),
      name: pick(NAMES),
      size: below(4),
      process: id('p'),
      noticesDeaths: false,
    }),
    (atUs) => ({ type: 'pool.changed', atUs, pool: id('w'), state: pick(['open', 'closed', 'terminated', 'ended']) }),
    (atUs) => ({ type: 'task.submitted', atUs, task: id('t'), pool: id('w'), name: pick(NAMES) }),
    (atUs) => ({ type: 'task.started', atUs, task: id('t'), process: id('p') }),
    (atUs) => ({ type: 'task.finished', atUs, task: id('t') }),
    (atUs) => ({ type: 'task.failed', atUs, task: id('t'), error: error(), stopped: pick([true, false]) }),
    (atUs) => ({
      ...{ type: 'process.described', atUs, process: id('p') },
      ...(below(2) > 0 && { name: pick(NAMES), runtime: pick(['Python 3.11.7', 'Node 24.1.0']) }),
      ...(below(2) > 0 && { parent: id('p'), isSilent: pick([true, false]), unseen: pick(['', 'its stack']) }),
    }),
    (atUs) => ({
      ...{ type: 'process.connected', atUs, process: id('p'), more: below(3) },
      ends: [{ link: id('pipe:'), end: pick(['read', 'write', 'both']), descriptors: [below(9)], with: [id('p')] }],
    }),
    (atUs) => ({ type: 'problem.resolved', atUs, problem: id('e') }),
    (atUs) => ({ type: 'problem.repeated', atUs, problem: id('e'), count: below(1_000) }),
    (atUs) => ({ type: 'task.observed', atUs, task: id('t') }),
    (atUs) => ({
      type: 'problem.raised',
      atUs,
      problem: id('e'),
      kind: 'task-failed',
      message: pick(NAMES),
      error: error(),
    }),
    (atUs) => ({ type: 'session.stopping', atUs }),
  ]
  const rare: ((atUs: number) => TelemetryEvent)[] = [
    (atUs) => ({ ...{ type: 'session.started', atUs, program: 'p', title: 'P' }, parameters: { n: 1 }, startedAt: '' }),
    (atUs) => ({ type: 'session.ended', atUs, outcome: 'finished', leftovers: 0 }),
    (atUs) => ({ type: 'from.tomorrow', atUs }) as unknown as TelemetryEvent,
  ]
  return Array.from({ length: count }, () => {
    clock += below(100_000)
    // Now and then one is late.
    const atUs = below(10) > 0 ? clock : below(clock + 1)
    return pick(below(100) > 0 ? any : rare)(atUs)
  })
}

/** A pool and so many of its tasks, each begun and ended, and a problem for every tenth. */
export function manyTasks(count: number): TelemetryEvent[] {
  const events: TelemetryEvent[] = [
    {
      ...{ type: 'process.started', atUs: 0, process: '0', name: 'main', pid: 1, parentPid: 0 },
      parent: null,
      kind: 'main',
    },
    { type: 'pool.created', atUs: 0, pool: 'w', name: 'pool', size: 1, process: '0' },
  ]
  for (let i = 0; i < count; i++) {
    const task = `t${i}`
    events.push({ type: 'task.submitted', atUs: i, task, pool: 'w', name: `f(${i})` })
    events.push({ type: 'task.started', atUs: i, task, process: '0' }, { type: 'task.finished', atUs: i + 1, task })
    if (i % 10 === 0)
      events.push({ ...{ type: 'problem.raised', atUs: i, problem: `e${i}` }, kind: 'task-failed', message: 'x' })
  }
  return events
}
