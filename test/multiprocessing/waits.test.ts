/** What is told of waits: what each is for, by its id, whoever waits, and that who runs nothing is not told to run. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import {
  asCompleted,
  Barrier,
  BoundedSemaphore,
  Condition,
  type Connection,
  Event,
  JoinableQueue,
  Lock,
  Manager,
  Pipe,
  Pool,
  Process,
  ProcessPoolExecutor,
  Queue,
  RLock,
  Semaphore,
  type SharedDict,
  Thread,
} from '../../src/multiprocessing/index.ts'
import type { ObjectRow, ProcessRow } from '../../src/shared/session-state.ts'
import type { Waiter } from '../../src/shared/telemetry.ts'
import { pass } from '../fixtures/pool.ts'
import { hold, waitAt, waitFor } from '../fixtures/sync.ts'
import {
  awaitAndCompute,
  gate,
  keep,
  passOn,
  receive,
  sleepLong,
  waitForMany,
  waitInThread,
} from '../fixtures/waits.ts'
import { reduceAll } from '../session/reduced.ts'
import { waitUntil } from '../wait-until.ts'
import { type ObservedRun, observe, runObserved } from './observed.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

const processNamed = (run: ObservedRun, name: string): ProcessRow | undefined =>
  [...reduceAll(run.events).processes.rows.values()].find((row) => row.name === name)
const objectNamed = (run: ObservedRun, name: string): ObjectRow | undefined =>
  [...reduceAll(run.events).objects.rows.values()].find((row) => row.name === name)

const named = (run: ObservedRun, list: readonly Waiter[] = []) => {
  const { rows } = reduceAll(run.events).processes
  return list.map(({ process, end }) => `${rows.get(process)?.name}${end === undefined ? '' : ` ${end}`}`)
}

/** Waits until a process is told to wait for exactly these, each as `kind id end`. */
async function untilWaits(run: ObservedRun, name: string, ...expected: string[]): Promise<ProcessRow> {
  let seen: string[] = []
  const row = await waitUntil(`${name} waits for ${expected}`, () => {
    const found = processNamed(run, name)
    seen = (found?.waits ?? []).map(({ on: { kind, id, end } }) =>
      [kind, id, ...(end === undefined ? [] : [end])].join(' '),
    )
    return seen.toSorted().join() === expected.toSorted().join() && found
  }).catch((error) => {
    throw new Error(`${error.message}; it waits for ${seen}`)
  })
  return row
}

/** Waits until exactly these, by name, hold an object, and wait for it. */
async function untilHas(run: ObservedRun, name: string, holders: string[], waiting: string[]): Promise<ObjectRow> {
  let seen = ''
  return waitUntil(`${name} has ${holders} and ${waiting}`, () => {
    const row = objectNamed(run, name)
    seen = JSON.stringify([named(run, row?.holders).toSorted(), named(run, row?.waiting)])
    return seen === JSON.stringify([holders.toSorted(), waiting]) && row
  }).catch((error) => {
    throw new Error(`${error.message}; it has ${seen}`)
  })
}

function start(process: Process): Process {
  process.start()
  return process
}

test.each([
  ['lock', () => new Lock({ name: 'it' })],
  ['rlock', () => new RLock({ name: 'it' })],
  ['semaphore', () => new Semaphore(1, { name: 'it' })],
  ['bounded-semaphore', () => new BoundedSemaphore(1, { name: 'it' })],
])('a %s has holders and waiters, who change as it is given back', async (kind, make) => {
  await runObserved(async (run) => {
    const [lock, ready] = [make(), new Queue<number>()]
    await lock.acquire()
    const one = start(new Process(hold, [lock as Lock, ready], { name: 'one' }))
    const row = await untilHas(run, 'it', ['main'], ['one'])
    expect(row).toMatchObject({ kind, id: `0/${kind}1`, owner: '0' })
    expect(row.holders[0]?.sinceUs).toBeLessThan(row.waiting[0]?.sinceUs ?? 0)
    const waits = await untilWaits(run, 'one', `${kind} 0/${kind}1`)
    expect(waits).toMatchObject({ state: 'waiting', waitingOn: { what: 'acquire', id: `0/${kind}1` } })
    const two = start(new Process(hold, [lock as Lock, ready], { name: 'two' }))
    await untilHas(run, 'it', ['main'], ['one', 'two'])
    two.kill()
    await untilHas(run, 'it', ['main'], ['one'])
    await lock.release()
    await untilHas(run, 'it', ['one'], [])
    await untilWaits(run, 'one')
    one.kill()
    await one.join()
    // Whoever acquires a semaphore need not be who releases it, so that stays acquired.
    await untilHas(run, 'it', kind === 'semaphore' ? ['one'] : [], [])
  })
})

test.each([
  ['its own lock', () => new Condition({ name: 'it' })],
  ['a lock of somebody else', () => new Condition({ name: 'it', lock: new Lock() })],
])('who waits for a condition with %s waits for that, and once notified for its lock', async (_, make) => {
  await runObserved(async (run) => {
    const [condition, said] = [make(), new Queue<string>()]
    const one = start(new Process(waitFor, [condition, said], { name: 'one' }))
    const { id } = await untilHas(run, 'it', [], ['one'])
    expect(id).toBe('0/condition1')
    await untilWaits(run, 'one', 'condition 0/condition1')
    await condition.acquire()
    await condition.notify()
    await untilHas(run, 'it', [], [])
    const lock = [...reduceAll(run.events).objects.rows.values()].find(({ kind }) => kind.endsWith('lock'))
    await untilHas(run, lock?.name ?? '', ['main'], ['one'])
    await condition.release()
    await one.join()
    await untilHas(run, lock?.name ?? '', [], [])
  })
})

test('an event and a barrier have those who wait', async () => {
  await runObserved(async (run) => {
    const [event, barrier, said] = [new Event({ name: 'flag' }), new Barrier(2, { name: 'gate' }), new Queue<string>()]
    const processes = [
      start(new Process(gate, [event], { name: 'one' })),
      start(new Process(waitAt, [barrier, said], { name: 'two' })),
    ]
    await untilHas(run, 'flag', [], ['one'])
    await untilHas(run, 'gate', [], ['two'])
    await untilWaits(run, 'one', 'event 0/event1')
    await untilWaits(run, 'two', 'barrier 0/barrier1')
    await event.set()
    await barrier.wait()
    for (const process of processes) await process.join()
    await untilHas(run, 'flag', [], [])
    await untilHas(run, 'gate', [], [])
  })
})

test('a pipe has an end at each process, and who receives waits at its own', async () => {
  await runObserved(async (run) => {
    const [here, there] = Pipe({ name: 'it' })
    const one = start(new Process(receive as (end: Connection) => Promise<void>, [there], { name: 'one' }))
    await untilHas(run, 'it', ['one 1'], ['one 1'])
    await untilWaits(run, 'one', 'pipe 0/pipe1 1')
    await here.send('hello')
    await one.join()
    await untilHas(run, 'it', ['main 0'], [])
  })
})

test('who asks for something of a process that does not answer waits for just that', async () => {
  await runObserved(async (run) => {
    const out = new Queue<{ dict: SharedDict<string, number>; queue: Queue<number> }>()
    const keeper = start(new Process(keep, [out], { name: 'keeper' }))
    const { dict, queue } = await out.get()
    process.kill(keeper.pid as number, 'SIGSTOP')
    const asked = [dict.get('a'), queue.size(), queue.close(), queue.get({ timeoutMs: 60_000 })]
    const row = await untilWaits(
      run,
      'main',
      'dict 0.1/dict1',
      ...Array(2).fill('queue 0.1/queue1'),
      'queue 0.1/queue1 get',
    )
    expect(row.waits.map(({ timeoutMs }) => timeoutMs)).toEqual([undefined, undefined, undefined, 60_000])
    process.kill(keeper.pid as number, 'SIGCONT')
    await Promise.allSettled(asked)
    await untilWaits(run, 'main')
    keeper.kill()
  })
})

test('several waits at once, of the program and of its clock, are told together', async () => {
  const run: ObservedRun = observe(
    async () => {
      const [queue, joined] = [new Queue<number>(), new JoinableQueue<number>()]
      await joined.put(1)
      const one = start(new Process(sleepLong, [], { name: 'one' }))
      const all = [queue.get({ timeoutMs: 90_000 }), one.join({ timeoutMs: 180_000 }), joined.join()]
      const row = await untilWaits(run, 'main', 'queue 0/queue1 get', 'process 0.1', 'queue 0/queue2 join')
      expect(row.waits.map(({ timeoutMs }) => timeoutMs)).toEqual([45_000, 90_000, undefined])
      expect(row.waits.every(({ sinceUs }) => sinceUs > 0 && sinceUs <= row.stateSinceUs)).toBe(true)
      await queue.put(1)
      await joined.get()
      await joined.taskDone()
      await untilWaits(run, 'main', 'process 0.1')
      one.kill()
      await Promise.all(all)
    },
    { speed: 2 },
  )
  expect(await run.handle.ended).toMatchObject({ outcome: 'finished' })
})

test('tasks, pools and executors that are waited for are told, and a worker that waits for its pool', async () => {
  await runObserved(async (run) => {
    const go = new Event()
    await using pool = new Pool(1)
    const [first, second] = [pool.applyAsync(pass, [go]), pool.applyAsync(pass, [go])]
    const all = [first.get(), second.wait()]
    await untilWaits(run, 'main', 'task 0/task1', 'task 0/task2')
    await go.set()
    await Promise.all(all)
    const worker = run.of('process.started').find(({ kind }) => kind === 'worker')?.name ?? ''
    await untilWaits(run, worker, 'pool 0/pool1 task')
    await go.clear()
    const results = pool.imap(pass, [go])
    const next = results.next()
    await untilWaits(run, 'main', 'pool 0/pool1')
    const mapped = pool.map(pass, [go])
    await untilWaits(run, 'main', 'pool 0/pool1', 'pool 0/pool1')
    await go.set()
    await Promise.all([next, mapped])
    pool.close()
    await go.clear()
    await using executor = new ProcessPoolExecutor(1)
    const future = executor.submit(pass, go)
    const completed = asCompleted([future]).next()
    await untilWaits(run, 'main', 'pool 0/pool2')
    await go.set()
    await completed
  })
})

test('a thread tells itself what it waits for, and who joins it waits for the thread', async () => {
  await runObserved(async (run) => {
    const [waiter, sleeper] = [
      new Thread(waitInThread, ['inner'], { name: 'one' }),
      new Thread(sleepLong, [], { name: 'two' }),
    ]
    waiter.start()
    sleeper.start()
    const joined = waiter.join()
    await untilWaits(run, 'one', 'lock 0.1/lock1')
    await untilHas(run, 'inner', ['one'], ['one'])
    await untilWaits(run, 'main', 'process 0.1')
    await waitUntil('two sleeps', () => processNamed(run, 'two')?.state === 'sleeping')
    // Its sleep began after its wait, and may be told after it.
    await waitUntil('one sleeps', () => processNamed(run, 'one')?.state === 'sleeping')
    expect(processNamed(run, 'one')).toMatchObject({ kind: 'thread', state: 'sleeping' })
    joined.catch(() => {})
    run.handle.stop()
    await expect(joined).rejects.toThrow()
  }).catch((error) => expect(error.name).toBe('StoppedError'))
})

test('main has returned: it does not run, but waits for its processes, threads and pools', async () => {
  const go = Promise.withResolvers<Event>()
  const run = observe(async () => {
    const event = new Event()
    start(new Process(gate, [event], { name: 'one' }))
    new Thread(awaitAndCompute, [100, 1], { name: 'thread' }).start()
    new Pool(1).applyAsync(pass, [event])
    go.resolve(event)
  })
  const event = await go.promise
  await untilWaits(run, 'main', 'process 0.1', 'pool 0/pool1')
  expect(processNamed(run, 'main')?.state).toBe('waiting')
  expect(run.of('process.waits').some(({ waits }) => waits.some(({ on }) => on.id === '0.2'))).toBe(true)
  await event.set()
  expect(await run.handle.ended).toMatchObject({ outcome: 'finished' })
})

test('twenty thousand waits at once, and that many objects, are told in a bounded number of events', async () => {
  const run = await runObserved(async (self) => {
    const event = new Event()
    const one = start(new Process(waitForMany, [20_000, event], { name: 'one' }))
    const row = await waitUntil('they wait', () => {
      const found = processNamed(self, 'one')
      return found && found.waits.length + found.moreWaits === 20_000 && found
    })
    expect(row.waits.length).toBeLessThanOrEqual(100)
    await untilHas(self, 'event 1', [], ['one'])
    await event.set()
    await one.join()
    const locks = Array.from({ length: 20_000 }, () => new Lock())
    const last = locks.at(-1) as Lock
    await last.acquire()
    const mine = last.acquire()
    await untilHas(self, last.name, ['main'], ['main'])
    await last.release()
    await mine
    expect(locks).toHaveLength(20_000)
  })
  expect(run.events.length).toBeLessThan(5_000)
})

test('an object that nobody has any more is gone', async () => {
  await runObserved(async (run) => {
    const kept = new Lock({ name: 'kept' })
    for (let i = 0; i < 10; i++) new Manager().list({ name: 'dropped' })
    await waitUntil('one is collected', () => {
      collect()
      return objectNamed(run, 'dropped')?.gone
    })
    expect(objectNamed(run, kept.name)).toMatchObject({ kind: 'lock', gone: false })
  })
})

test.each([
  ['process', () => start(new Process(awaitAndCompute, [1_200, 1_200], { name: 'one' }))],
  [
    'thread',
    () => {
      const thread = new Thread(awaitAndCompute, [1_200, 1_200], { name: 'one' })
      thread.start()
      return thread
    },
  ],
])('a %s that awaits is told apart from one that computes, though both run', async (_, begin) => {
  const run = await runObserved(async () => {
    await begin().join()
  })
  const { processes, lanes } = reduceAll(run.events)
  const { id } = [...processes.rows.values()].find(({ name }) => name === 'one') as ProcessRow
  const stretches = (lanes.get(id)?.items ?? []).filter(({ state }) => state === 'running')
  const long = stretches.filter(({ fromUs, toUs }) => (toUs ?? 0) - fromUs > 500_000)
  expect(long.map(({ busyPercent }) => Math.round((busyPercent ?? -1) / 100))).toEqual([0, 1])
  expect(run.of('process.busy').filter(({ process }) => process === id).length).toBeLessThan(40)
})

test('events from deep in a tree arrive, and no process on their way reads them', async () => {
  const run = await runObserved(async (self) => {
    const out = new Queue<number>()
    start(new Process(passOn, [out], { name: 'between' }))
    expect(await out.get()).toBe(0)
    expect(processNamed(self, 'deep')).toMatchObject({ id: '0.1.1', parent: '0.1', state: 'exited', exitCode: 0 })
  })
  expect(
    run.of('process.state').filter(({ process, state }) => process === '0.1.1' && state === 'sleeping'),
  ).toHaveLength(5)
})

test('with a process that is killed those below it are told to have ended, which cannot tell', async () => {
  const run = await runObserved(async (self) => {
    const out = new Queue<number>()
    const between = start(new Process(passOn, [out, 100_000], { name: 'between' }))
    await waitUntil('one deep in the tree sleeps', () => processNamed(self, 'deep')?.state === 'sleeping')
    between.kill()
    await between.join()
  })
  const ends = run.of('process.exited').map(({ process, signal }) => [process, signal])
  expect(ends.slice(0, 2)).toEqual([
    ['0.1.1', 'SIGKILL'],
    ['0.1', 'SIGKILL'],
  ])
})
