import {
  Barrier,
  BoundedSemaphore,
  Lock,
  Manager,
  main,
  type Namespace,
  Process,
  RLock,
  Semaphore,
  sleep,
} from 'forkscope'

interface Seen {
  counter: number
  acquired: boolean
  inside: number
  most: number
}
type Values = Namespace<Seen>

export async function add(lock: Lock, values: Values, times: number) {
  for (let i = 0; i < times; i++) {
    await lock.with(async () => {
      const value = (await values.get('counter')) ?? 0
      await sleep(1)
      await values.set('counter', value + 1)
    })
  }
}

export async function tryAcquire(lock: Lock | RLock, values: Values) {
  const acquired = await lock.acquire({ timeoutMs: 100 })
  await values.set('acquired', acquired)
  if (acquired) await lock.release()
}

export async function visit(semaphore: Semaphore, guard: Lock, values: Values, pair: Barrier) {
  const change = (by: number) =>
    guard.with(async () => {
      const inside = ((await values.get('inside')) ?? 0) + by
      await values.set('inside', inside)
      await values.set('most', Math.max((await values.get('most')) ?? 0, inside))
    })
  await semaphore.with(async () => {
    await change(1)
    // Two must be inside together, or nobody gets any further.
    await pair.wait()
    await change(-1)
  })
}

async function run(make: () => Process, count: number) {
  const processes = Array.from({ length: count }, make)
  for (const process of processes) process.start()
  for (const process of processes) await process.join()
}

const refused = (promise: Promise<unknown>) => promise.then(() => false).catch(() => true)
const python = (value: unknown) => (value === true ? 'True' : value === false ? 'False' : String(value))

main(import.meta, async () => {
  const values: Values = new Manager().namespace<Seen>()
  const lock = new Lock()
  await run(() => new Process(add, [lock, values, 20]), 3)
  console.log('counted under a lock:', await values.get('counter'))

  const tries = [await lock.acquire(), await lock.acquire({ wait: false }), await lock.acquire({ timeoutMs: 50 })]
  console.log('acquired:', tries.map(python).join(' '))
  await run(() => new Process(tryAcquire, [lock, values]), 1)
  console.log('another process gets it:', python(await values.get('acquired')))
  await lock.release()
  await run(() => new Process(tryAcquire, [lock, values]), 1)
  console.log('after the release:', python(await values.get('acquired')))

  const free = await refused(new Lock().release())
  console.log(free ? 'a free lock cannot be released' : 'released what is free')

  const rlock = new RLock()
  console.log('recursive:', python(await rlock.acquire()), python(await rlock.acquire()))
  await run(() => new Process(tryAcquire, [rlock, values]), 1)
  await rlock.release()
  console.log('half released, another gets it:', python(await values.get('acquired')))
  await rlock.release()
  const again = await refused(rlock.release())
  console.log(again ? 'who does not hold it cannot release it' : 'released once more')

  const semaphore = new Semaphore(2)
  const guard = new Lock()
  const pair = new Barrier(2)
  await run(() => new Process(visit, [semaphore, guard, values, pair]), 4)
  console.log('inside at once:', await values.get('most'))
  await semaphore.release()
  console.log('a semaphore grows:', await semaphore.getValue())
  console.log((await refused(new BoundedSemaphore(1).release())) ? 'a bounded one does not' : 'a bounded one grows')
})
