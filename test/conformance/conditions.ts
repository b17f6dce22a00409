/** Conditions: who is woken, what `waitFor` gives, one after the other, and a store with a size. */
import {
  Condition,
  Lock,
  Manager,
  main,
  type Namespace,
  Process,
  RLock,
  type SharedList,
  StateError,
  sleep,
} from 'forkscope'
import { joinAll, print, range, settle, sorted, startAll, throws } from './in-python-words.ts'

type Numbers = SharedList<number>
type Values = Namespace<{ ready: string; turn: string }>

export async function waitOnce(condition: Condition, waiting: Numbers, woken: Numbers, number: number) {
  await condition.with(async () => {
    await waiting.push(number)
    await condition.wait()
    await woken.push(number)
  })
}

export async function play(condition: Condition, values: Values, log: SharedList<string>, word: string) {
  for (const _ of range(3)) {
    await condition.with(async () => {
      await condition.waitFor(async () => (await values.get('turn')) === word)
      await log.push(word)
      await values.set('turn', word === 'ping' ? 'pong' : 'ping')
      await condition.notifyAll()
    })
  }
}

export async function produce(condition: Condition, store: Numbers, sizes: Numbers) {
  for (const item of range(6)) {
    await condition.with(async () => {
      await condition.waitFor(async () => (await store.length()) < 2)
      await sizes.push(await store.push(item))
      await condition.notifyAll()
    })
  }
}

export async function consume(condition: Condition, store: Numbers, eaten: Numbers) {
  for (const _ of range(6)) {
    await condition.with(async () => {
      await condition.waitFor(async () => (await store.length()) > 0)
      await eaten.push((await store.pop(0)) as number)
      await condition.notifyAll()
    })
  }
}

export async function setAndNotify(condition: Condition, values: Values) {
  await condition.with(async () => {
    await values.set('ready', 'ready')
    await condition.notify()
  })
}

main(import.meta, async () => {
  const manager = new Manager()
  const [condition, waiting, woken] = [new Condition(), manager.list<number>(), manager.list<number>()]
  const waiters = range(4).map((i) => new Process(waitOnce, [condition, waiting, woken, i]))
  startAll(waiters)
  await settle(async () => (await waiting.length()) === 4)
  await condition.with(() => condition.notify())
  await settle(async () => (await woken.length()) === 1)
  await condition.with(() => condition.notify(2))
  await settle(async () => (await woken.length()) === 3)
  await sleep(100)
  print('one, then two more:', await woken.length())
  await condition.with(() => condition.notifyAll())
  await joinAll(waiters)
  print('and all:', sorted(await woken.toArray()))
  await condition.with(() => condition.notify(5))
  print('nobody is there to be notified')

  await condition.with(async () => {
    print('no notification:', await condition.wait({ timeoutMs: 50 }))
    print('never so:', (await condition.waitFor(() => '', { timeoutMs: 50 })) === '')
    print('so already:', await condition.waitFor(() => 'so', { timeoutMs: 50 }))
  })
  const values: Values = manager.namespace()
  await values.set('ready', '')
  const setter = new Process(setAndNotify, [condition, values])
  await condition.with(async () => {
    setter.start()
    print('so later:', await condition.waitFor(() => values.get('ready'), { timeoutMs: 30_000 }))
  })
  await setter.join()

  await values.set('turn', 'ping')
  const log = manager.list<string>()
  const players = ['pong', 'ping'].map((word) => new Process(play, [condition, values, log, word]))
  startAll(players)
  await joinAll(players)
  print('in turn:', await log.toArray())

  const [store, sizes, eaten] = [manager.list<number>(), manager.list<number>(), manager.list<number>()]
  const lock = new Lock()
  const own = new Condition({ lock })
  const both = [new Process(consume, [own, store, eaten]), new Process(produce, [own, store, sizes])]
  startAll(both)
  await joinAll(both)
  print('through a store:', await eaten.toArray(), await store.length(), Math.max(...(await sizes.toArray())) <= 2)

  await own.acquire()
  print('its lock is the one given:', await lock.acquire({ wait: false }))
  await own.release()
  print('and free again:', await lock.acquire({ wait: false }))
  await lock.release()
  const recursive = new Condition({ lock: new RLock() })
  await recursive.with(async () => {
    await recursive.with(async () => print('held twice:', await recursive.wait({ timeoutMs: 50 })))
    print('held once:', await recursive.wait({ timeoutMs: 50 }))
  })
  for (const call of [() => condition.wait(), () => condition.notify(), () => condition.notifyAll()]) {
    if (await throws(StateError, call)) print('only with the lock')
  }
})
