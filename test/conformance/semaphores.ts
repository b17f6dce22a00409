/** Locks and semaphores in other hands: released by another process, counted, used as a signal, and in a pool. */
import {
  BoundedSemaphore,
  Lock,
  Manager,
  main,
  Pool,
  Process,
  RLock,
  Semaphore,
  type SharedDict,
  type SharedList,
  StateError,
} from 'forkscope'
import { print, range, throws } from './in-python-words.ts'

let kept: Lock

export function keep(lock: Lock) {
  kept = lock
}

type Counts = SharedDict<string, number>

export async function addWith(shared: Counts) {
  for (const _ of range(3)) {
    await kept.with(async () => shared.set('count', ((await shared.get('count')) as number) + 1))
  }
}

export const release = (lock: Lock | Semaphore) => lock.release()

export async function releaseRefused(lock: RLock, said: SharedList) {
  await said.push((await throws(StateError, () => lock.release())) ? 'not its own' : 'released')
}

export async function acquire(semaphore: Semaphore, times: number, said: SharedList<number>) {
  for (const number of range(times)) {
    await semaphore.acquire()
    await said.push(number)
  }
}

export async function tryBoth(lock: Lock | RLock, said: SharedList) {
  const acquired = [await lock.acquire({ wait: false }), await lock.acquire({ timeoutMs: 50 })]
  await said.push(...acquired)
  for (const got of acquired) if (got) await lock.release()
}

async function finish(process: Process) {
  process.start()
  await process.join()
  return process.exitCode
}

/** Python's list with several calls in it, one after the other. */
async function times<T>(count: number, call: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  while (results.length < count) results.push(await call())
  return results
}

main(import.meta, async () => {
  const manager = new Manager()
  const [lock, said] = [new Lock(), manager.list()]
  await lock.acquire()
  print('released by another:', await finish(new Process(release, [lock])), await lock.acquire())
  await finish(new Process(tryBoth, [lock, said]))
  print('held by us:', await said.toArray())
  await lock.release()
  const inside = () => {
    throw new RangeError('inside')
  }
  if (await throws(RangeError, () => lock.with(inside))) {
    print('given back after an error:', await lock.acquire({ wait: false }))
  }
  await lock.release()

  const rlock = new RLock()
  print('three times:', await times(3, () => rlock.acquire()), await rlock.acquire({ wait: false }))
  await finish(new Process(releaseRefused, [rlock, said]))
  print('an RLock is its own:', await said.at(-1))
  await times(4, () => rlock.release())
  await finish(new Process(tryBoth, [rlock, said]))
  print('free at last:', (await said.toArray()).slice(-2))

  const [signal, heard] = [new Semaphore(0), manager.list<number>()]
  const none = [await signal.acquire({ wait: false }), await signal.acquire({ timeoutMs: 50 })]
  print('none:', ...none, await signal.getValue())
  const acquirer = new Process(acquire, [signal, 3, heard])
  acquirer.start()
  await times(3, () => signal.release())
  await acquirer.join()
  print('three signals:', await heard.toArray(), await signal.getValue())

  const places = new Semaphore(2)
  print('two places:', await times(3, () => places.acquire({ wait: false })), await places.getValue())
  await finish(new Process(release, [places]))
  print('one given back by another:', await places.getValue(), await places.acquire({ wait: false }))
  const bounded = new BoundedSemaphore(2)
  print('of two:', await bounded.acquire(), await bounded.getValue())
  await bounded.release()
  if (await throws(StateError, () => bounded.release())) print('no more than at first:', await bounded.getValue())

  const shared: Counts = manager.dict()
  await shared.set('count', 0)
  await using pool = new Pool(2, { initializer: keep, initArgs: [new Lock()] })
  await pool.map(addWith, Array<Counts>(6).fill(shared), { chunkSize: 1 })
  print('counted in a pool:', await shared.get('count'))
})
