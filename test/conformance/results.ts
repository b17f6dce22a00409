/** What a pool gives for work that is not waited for: ready or not, in time or not, well or not, and the callbacks. */
import { Event, main, Pool, StateError, TimeoutError } from 'forkscope'
import { print, range, throws } from './in-python-words.ts'

let gate: Event

export function keep(event: Event) {
  gate = event
}

export async function passGate(n: number) {
  await gate.wait()
  return n
}

export const square = (n: number) => n * n
export const length = (text: string) => text.length

export function divide(a: number, b: number) {
  if (b === 0) throw new RangeError(`division of ${a} by zero`)
  return Math.floor(a / b)
}

export function refuseOdd(n: number) {
  if (n % 2 === 1) throw new RangeError(`${n} is odd`)
  return n
}

const message = <T>(call: PromiseLike<T>) =>
  Promise.resolve(call).catch((error: Error) => (error.name === 'RangeError' ? error.message : Promise.reject(error)))

function* upTo(count: number) {
  yield* range(count)
}

main(import.meta, async () => {
  const event = new Event()
  await using pool = new Pool(2, { initializer: keep, initArgs: [event] })
  const late = pool.applyAsync(passGate, [7])
  print('ready:', late.ready())
  if (await throws(StateError, () => late.successful())) print('nobody knows yet')
  await late.wait({ timeoutMs: 50 })
  print('after a wait:', late.ready())
  for (const _ of range(2)) {
    if (await throws(TimeoutError, () => late.get({ timeoutMs: 50 }))) print('not in time')
  }
  const other = pool.applyAsync(square, [3])
  print('another one meanwhile:', await other.get(), late.ready())
  await event.set()
  await late.wait()
  print('ready:', late.ready(), late.successful(), await late.get(), await late.get({ timeoutMs: 1_000 }))

  const failed = pool.applyAsync(divide, [1, 0])
  await failed.wait()
  print('failed:', failed.ready(), failed.successful(), await message(failed.get()), await message(failed))

  const results = range(4).map((n) => pool.applyAsync(divide, [100, n]))
  print('one by one:', await Promise.all(results.map(message)))

  const seen: unknown[] = []
  const callback = (value: unknown) => seen.push(value)
  const errorCallback = (error: Error) => seen.push(`error: ${error.message}`)
  const both = { callback, errorCallback }
  await pool.applyAsync(square, [4], both).get()
  await message(pool.applyAsync(divide, [4, 0], both))
  await pool.mapAsync(square, range(4), both).get()
  await message(pool.mapAsync(refuseOdd, [0, 2, 5], { chunkSize: 1, ...both }))
  const lists: [number, number][] = [
    [6, 3],
    [9, 3],
  ]
  await pool.starmapAsync(divide, lists, both)
  await message(pool.starmapAsync(divide, [[6, 0]], both))
  print('callbacks:', ...seen)

  const whole = pool.mapAsync(square, range(20), { chunkSize: 3 })
  print('map_async:', (await whole.get({ timeoutMs: 30_000 })).slice(-3), whole.ready(), whole.successful())
  const part = pool.mapAsync(refuseOdd, [2, 4, 7, 8], { chunkSize: 2 })
  await part.wait()
  print('with a failure:', part.ready(), part.successful(), await message(part))
  const nothing = pool.mapAsync(square, [])
  print('of nothing:', await nothing, nothing.ready(), await pool.starmap(divide, []))
  const halves = (from: number, to: number) => range(from, to).map((n): [number, number] => [n, 2])
  print('starmap_async:', await pool.starmapAsync(divide, halves(7, 10)).get())
  print('in chunks:', await pool.starmap(divide, halves(0, 10), { chunkSize: 4 }))
  print('large chunks:', await pool.map(square, range(5), { chunkSize: 100 }))
  print('of a generator:', await pool.map(square, upTo(4)), await pool.map(length, ['a', 'bb', '']))
})
