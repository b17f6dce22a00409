/** Executors and their futures: states, cancelling, waiting for the first, the first failure or all, and shutting down. */
import {
  asCompleted,
  CancelledError,
  Event,
  type Future,
  main,
  ProcessPoolExecutor,
  StateError,
  TimeoutError,
  wait,
} from 'forkscope'
import { listOf, print, range, settle, throws } from './in-python-words.ts'

let gate: Event

export function keep(event: Event) {
  gate = event
}

export async function passGate(n: number) {
  await gate.wait()
  return n
}

export function refuse(n: number): number {
  throw new RangeError(`no ${n}`)
}

export const square = (n: number) => n * n
export const plus = (a: number, b: number) => a + b
export const add = (a: number, b: number, c: number) => a + b + c

const soon = { timeoutMs: 50 }

/** Python's `next(values, 'no more')`. */
async function next<T>(values: AsyncIterator<T>): Promise<T | string> {
  const { done, value } = await values.next()
  return done ? 'no more' : value
}

async function states(event: Event) {
  const executor = new ProcessPoolExecutor(1, { initializer: keep, initArgs: [event] })
  const futures = range(8).map((n) => executor.submit(passGate, n))
  const [first, last] = [futures[0], futures[7]] as [Future<number>, Future<number>]
  await settle(() => first.running())
  print('the first runs:', first.running(), first.done(), first.cancelled(), first.cancel())
  print('the last waits:', last.running(), last.done())
  print('cancelled:', last.cancel(), last.cancelled(), last.done(), last.running(), last.cancel())
  const without = [
    await throws(CancelledError, () => last.result()),
    await throws(CancelledError, () => last.exception()),
  ]
  print('and has no result:', ...without)
  const late = [
    await throws(TimeoutError, () => first.result(soon)),
    await throws(TimeoutError, () => first.exception(soon)),
  ]
  print('not in time:', ...late)
  const called: unknown[] = []
  first.addDoneCallback(async (future) => called.push(await future.result()))
  await event.set()
  print('the results:', await Promise.all(futures.slice(0, -1).map((future) => future.result())))
  print('the first is done:', first.done(), first.running(), first.cancel(), await first.exception())
  first.addDoneCallback((future) => called.push(future === first))
  await settle(() => called.length === 2)
  print('called back:', called)
  await executor.shutdown()
}

async function shuttingDown(event: Event) {
  await event.clear()
  const executor = new ProcessPoolExecutor(1, { initializer: keep, initArgs: [event] })
  const futures = range(9).map((n) => executor.submit(passGate, n))
  const first = futures[0] as Future<number>
  await settle(() => first.running())
  await executor.shutdown({ wait: false, cancelFutures: true })
  print('no more:', await throws(StateError, () => executor.submit(square, 1)))
  await event.set()
  await settle(() => futures.every((future) => future.done()))
  print('what was begun is done:', await first.result(), first.cancelled())
  const cancelled = futures.slice(-5).map((future) => future.cancelled())
  print('what was not is cancelled:', cancelled)
}

async function waiting(executor: ProcessPoolExecutor, event: Event) {
  const [slow, quick] = [executor.submit(passGate, 1), executor.submit(square, 2)]
  const first = await wait([slow, quick], { until: 'first-done' })
  print(
    'the first:',
    first.done.size === 1 && first.done.has(quick),
    first.notDone.size === 1 && first.notDone.has(slow),
  )
  const inTime = await wait([slow, quick], soon)
  print('in time:', inTime.done.size, inTime.notDone.size)
  const failing = executor.submit(refuse, 3)
  const failed = await wait([slow, failing], { until: 'first-failed' })
  const message = (await failing.exception())?.message
  print('the first failure:', failed.done.has(failing), failed.notDone.has(slow), message)
  const completed = asCompleted([slow, quick])
  const late = await throws(TimeoutError, () => asCompleted([slow], soon).next())
  print('as completed:', (await next(completed)) === quick, late)
  await event.set()
  print('then:', (await next(completed)) === slow, await next(completed))
  const all = await wait([slow, quick, failing], { until: 'all-done' })
  print('all:', all.done.size, all.notDone.size, (await wait([])).done.size)
  const raised = [await throws(Error, () => failing.result()), await throws(Error, () => failing.result())]
  print('raises:', ...raised)
}

async function mapping(executor: ProcessPoolExecutor, event: Event) {
  const squares = await listOf(executor.map(square, [range(5)]))
  print(
    'mapped:',
    squares,
    await listOf(
      executor.map(plus, [
        [1, 2, 3],
        [10, 20],
      ]),
    ),
  )
  const ones = range(7).map(() => 1)
  const chunks = await listOf(executor.map(add, [range(7), range(7), ones], { chunkSize: 3 }))
  print('in chunks:', chunks, await listOf(executor.map(square, [[]])))
  const results = executor.map(square, [range(3)])
  print('one by one:', await next(results), await next(results), await next(results), await next(results))
  await event.clear()
  print('mapped in time:', await throws(TimeoutError, () => listOf(executor.map(passGate, [[1]], soon))))
  await event.set()
}

main(import.meta, async () => {
  const event = new Event()
  await states(event)
  await shuttingDown(event)

  await event.clear()
  const executor = new ProcessPoolExecutor(2, { initializer: keep, initArgs: [event] })
  const waited: Future<number>[] = []
  {
    await using open = executor
    await waiting(open, event)
    await mapping(open, event)
    for (const n of range(4)) waited.push(open.submit(square, n))
  }
  const done = waited.map((future) => future.done())
  const sum = (await Promise.all(waited.map((future) => future.result()))).reduce((a, b) => a + b)
  print('waited for at the end:', done, sum)
  print('twice is fine:', await executor.shutdown(), await throws(StateError, () => executor.submit(square, 1)))
  print('map is refused at the call:', await throws(StateError, () => executor.map(square, [[1]])))
  print('no such executor:', await throws(RangeError, () => new ProcessPoolExecutor(0)))
})
