/** What we promise beyond Python: nobody waits for ever because somebody died, and everything that waits is shown. */
import { expect, test } from 'vitest'
import {
  Barrier,
  BoundedSemaphore,
  BrokenBarrierError,
  Condition,
  EndOfFileError,
  Event,
  JoinableQueue,
  Lock,
  Manager,
  Pipe,
  Process,
  Queue,
  Semaphore,
  type SharedDict,
} from '../../src/multiprocessing/index.ts'
import {
  count,
  getAndSay,
  getAndStay,
  hold,
  keepDict,
  keepQueue,
  makeAndShare,
  receiveAndStay,
  waitAt,
  waitFor,
} from '../fixtures/sync.ts'
import { waitUntil } from '../wait-until.ts'
import { type ObservedRun, observe } from './observed.ts'

async function finished(run: ObservedRun): Promise<void> {
  const { outcome } = await run.handle.ended
  expect(run.of('problem.raised').filter(({ kind }) => kind === 'program-failed')).toEqual([])
  expect(outcome).toBe('finished')
}

function startAll(...processes: Process[]): void {
  for (const process of processes) process.start()
}

test.each([
  ['a lock', () => new Lock()],
  ['a bounded semaphore', () => new BoundedSemaphore(1)],
])('%s that is held by a process that is killed goes to the next, and that is told', async (_, make) => {
  const run = observe(async () => {
    const [lock, ready] = [make(), new Queue<number>()]
    const holder = new Process(hold, [lock as Lock, ready])
    holder.start()
    await ready.get()
    expect(await lock.acquire({ wait: false })).toBe(false)
    const mine = lock.acquire()
    holder.kill()
    expect(await mine).toBe(true)
    await lock.release()
  })
  await finished(run)
  expect(run.of('problem.raised').map(({ kind }) => kind)).toContain('lock-abandoned')
})

test('a semaphore may count anything, so what a killed process acquired stays acquired', async () => {
  const run = observe(async () => {
    const [semaphore, ready] = [new Semaphore(1), new Queue<number>()]
    const holder = new Process(hold, [semaphore, ready])
    holder.start()
    await ready.get()
    holder.kill()
    await holder.join()
    expect(await semaphore.acquire({ timeoutMs: 50 })).toBe(false)
  })
  await finished(run)
})

test('who waits for a lock and is killed is forgotten, and those behind it are served in order', async () => {
  const run = observe(async () => {
    const [lock, ready] = [new Lock(), new Queue<number>()]
    await lock.acquire()
    const [first, second] = [new Process(hold, [lock, ready]), new Process(hold, [lock, ready])]
    startAll(first, second)
    await waitUntil(
      'both wait',
      () => run.of('process.state').filter(({ waitingOn }) => waitingOn?.what === 'acquire').length >= 2,
    )
    first.kill()
    await first.join()
    await lock.release()
    expect(await ready.get()).toBe(second.pid)
    second.kill()
  })
  await finished(run)
})

test('a barrier is broken for all by one who ends while it waits, and is as new once it is reset', async () => {
  const run = observe(async () => {
    const [barrier, said] = [new Barrier(3), new Queue<string>()]
    const [one, other] = [new Process(waitAt, [barrier, said]), new Process(waitAt, [barrier, said])]
    startAll(one, other)
    await said.get()
    await said.get()
    while ((await barrier.waiting()) < 2);
    one.kill()
    expect(await said.get()).toBe('BrokenBarrierError')
    await expect(barrier.wait()).rejects.toThrow(BrokenBarrierError)
    await barrier.reset()
    const again = [new Process(waitAt, [barrier, said]), new Process(waitAt, [barrier, said])]
    startAll(...again)
    const indices = [await barrier.wait()]
    const words: string[] = []
    while (words.length < 4) words.push(await said.get())
    for (const word of words) if (word.startsWith('passed')) indices.push(Number(word.at(-1)))
    expect(indices.sort()).toEqual([0, 1, 2])
  })
  await finished(run)
})

test('a notification goes to one that lives', async () => {
  const run = observe(async () => {
    const [condition, said] = [new Condition(), new Queue<string>()]
    const [one, other] = [new Process(waitFor, [condition, said]), new Process(waitFor, [condition, said])]
    one.start()
    await said.get()
    other.start()
    await said.get()
    // Both have released the lock again, so both wait.
    await condition.with(() => {})
    one.kill()
    await one.join()
    await condition.with(() => condition.notify())
    expect(await said.get()).toBe('notified')
    await other.join()
  })
  await finished(run)
})

test('join of a queue does not wait for ever for one who got an item and died', async () => {
  const run = observe(async () => {
    const [queue, ready] = [new JoinableQueue<number>(), new Queue<number>()]
    await queue.put(1)
    const holder = new Process(getAndStay, [queue, ready])
    holder.start()
    await ready.get()
    const joined = expect(queue.join()).rejects.toThrow('had got an item')
    holder.kill()
    await joined
    expect(await queue.join()).toBe(true)
    expect(await queue.join({ timeoutMs: 10 })).toBe(true)
  })
  await finished(run)
})

test('the end of a pipe comes when the process at the other end is killed', async () => {
  const run = observe(async () => {
    const [[ours, theirs], ready] = [Pipe(), new Queue<unknown>()]
    const other = new Process(receiveAndStay, [theirs, ready])
    other.start()
    await ours.send({ hello: new Map([['a', 1]]) })
    expect(await ready.get()).toEqual({ hello: new Map([['a', 1]]) })
    const end = expect(ours.recv()).rejects.toThrow(EndOfFileError)
    other.kill()
    await end
    expect(await ours.poll()).toBe(true)
    await expect(ours.send(1)).rejects.toThrow(EndOfFileError)
  })
  await finished(run)
})

test('what a child made is used by its own child and by its parent, through the tree', async () => {
  const run = observe(async () => {
    const [out, said] = [new Queue<{ lock: Lock; dict: SharedDict<string, number> }>(), new Queue<string>()]
    const child = new Process(makeAndShare, [out, said])
    child.start()
    const { lock, dict } = await out.get()
    await Promise.all([said.get(), count(lock, dict, 10)])
    await child.join()
    expect(child.exitCode).toBe(0)
    expect(lock.name).toBe('inner lock')
  })
  await finished(run)
})

test('what was kept by a process that is gone is said to be gone', async () => {
  const run = observe(async () => {
    const out = new Queue<SharedDict<string, number>>()
    const keeper = new Process(keepDict, [out])
    keeper.start()
    const dict = await out.get()
    await dict.set('a', 1)
    const waiting = dict.get('a')
    expect(await waiting).toBe(1)
    keeper.kill()
    await keeper.join()
    await expect(dict.get('a')).rejects.toThrow('is gone with the process that kept it')
  })
  await finished(run)
})

test('a queue whose keeper is gone refuses everybody, near and far in the tree', async () => {
  const run = observe(async () => {
    const [out, said] = [new Queue<Queue<number>>(), new Queue<string>()]
    const keeper = new Process(keepQueue, [out])
    keeper.start()
    const queue = await out.get()
    keeper.kill()
    await keeper.join()
    await expect(queue.get()).rejects.toThrow('is gone with the process that kept it')
    await expect(queue.put(1)).rejects.toThrow('is gone with the process that kept it')
    const far = new Process(getAndSay, [queue, said])
    far.start()
    expect(await said.get()).toBe('QueueClosedError')
    await far.join()
  })
  await finished(run)
})

test('a queue by priority gives what is lowest first, equal ones in order, also when an item comes back', async () => {
  const run = observe(async () => {
    const queue = new Queue<string>({ priority: true })
    for (const [item, priority] of [
      ['c', 2],
      ['a', -1],
      ['d', 2],
      ['b', 0],
    ] as const)
      await queue.put(item, { priority })
    await queue.put('b2')
    const got: string[] = []
    while (!(await queue.empty())) got.push(await queue.get())
    expect(got).toEqual(['a', 'b', 'b2', 'c', 'd'])
    await expect(queue.put('x', { priority: Number.NaN })).rejects.toThrow(RangeError)
    await expect(new Queue<string>().put('x', { priority: 1 })).rejects.toThrow('not a queue by priority')
  })
  await finished(run)
})

test('everything that waits is shown with what it waits for', async () => {
  const run = observe(async () => {
    const lock = new Lock({ name: 'the lock' })
    await lock.acquire()
    await lock.acquire({ timeoutMs: 60 })
    await new Event({ name: 'the event' }).wait({ timeoutMs: 60 })
    await new Barrier(2, { name: 'the barrier' }).wait({ timeoutMs: 60 }).catch(() => {})
    const condition = new Condition({ name: 'the condition' })
    await condition.with(() => condition.wait({ timeoutMs: 60 }))
    await Pipe({ name: 'the pipe' })[0].poll({ timeoutMs: 60 })
    const queue = new JoinableQueue<number>({ name: 'the queue' })
    await queue.put(1)
    await queue.join({ timeoutMs: 60 })
  })
  await finished(run)
  const labels = run.of('process.state').flatMap(({ waitingOn }) => (waitingOn ? [waitingOn.label] : []))
  for (const label of [
    'acquire the lock',
    'wait for the event',
    'wait at the barrier',
    'wait for the condition',
    'receive from the pipe',
    'join the queue',
  ]) {
    expect(labels).toContain(label)
  }
})

test('wrong use is refused in a sentence', async () => {
  const run = observe(async () => {
    expect(() => new Semaphore(-1)).toThrow(RangeError)
    expect(() => new Barrier(0)).toThrow(RangeError)
    await expect(new Lock().acquire({ timeoutMs: 'soon' as never })).rejects.toThrow('timeoutMs must be a number')
    await expect(new Condition().wait()).rejects.toThrow('has acquired')
    const dict = new Manager().dict()
    await expect(dict.get({} as never)).rejects.toThrow('key is a text')
    await expect(dict.set('f', () => 1)).rejects.toThrow('value is a function')
    await expect(new Manager().list().set(3, 1)).rejects.toThrow('no index 3')
    const [receiver, sender] = Pipe({ duplex: false })
    await expect(receiver.send(1)).rejects.toThrow('only receives')
    await expect(sender.recv()).rejects.toThrow('only sends')
  })
  await finished(run)
})
