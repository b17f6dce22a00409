/** Results one by one: in order and as they come, in chunks, past errors, two iterators at once. */
import { Event, main, Pool, type ResultIterator } from 'forkscope'
import { listOf, print, range, sorted } from './in-python-words.ts'

let gate: Event

export function keep(event: Event) {
  gate = event
}

export const square = (n: number) => n * n

export async function waitIfZero(n: number) {
  if (n === 0) await gate.wait()
  return n
}

export function refuseOdd(n: number) {
  if (n % 2 === 1) throw new RangeError(`${n} is odd`)
  return n
}

const END = 'the end'

/** Python's `next(results, 'the end')`. */
async function next<T>(results: ResultIterator<T>): Promise<T | string> {
  const { done, value } = await results.next()
  return done ? END : value
}

const message = (error: Error) => (error.name === 'RangeError' ? error.message : Promise.reject(error))

async function allOf<T>(results: ResultIterator<T>): Promise<(T | string)[]> {
  const seen: (T | string)[] = []
  for (;;) {
    const item = await next(results).catch(message)
    if (item === END) return seen
    seen.push(item)
  }
}

function* oneTo(last: number) {
  for (const n of range(last)) yield n + 1
}

main(import.meta, async () => {
  const event = new Event()
  await using pool = new Pool(2, { initializer: keep, initArgs: [event] })
  const listed = async (items: Iterable<number>, chunkSize = 1) => listOf(pool.imap(square, items, { chunkSize }))
  const unordered = async (items: number[], chunkSize = 1) =>
    sorted(await listOf(pool.imapUnordered(square, items, { chunkSize })))
  print('in order:', await listed(range(8)))
  print('in chunks:', await listed(range(10), 3), await listed([4], 9))
  print('as they come:', await unordered(range(8)), await unordered(range(10), 4))
  print('of nothing:', await listed([]), await unordered([]))
  print('of a generator:', await listed(oneTo(3)))

  const results = pool.imapUnordered(waitIfZero, range(4))
  const first3 = [await next(results), await next(results), await next(results)]
  print('whichever is first:', sorted(first3))
  await event.set()
  print('then the late one:', await next(results), await next(results), await next(results))
  await event.clear()
  const ordered = pool.imap(waitIfZero, range(4))
  print('others go on:', await pool.apply(square, [5]))
  await event.set()
  print('the late one first:', await listOf(ordered))

  print('past errors:', await allOf(pool.imap(refuseOdd, range(6))))
  print('in any order:', sorted((await allOf(pool.imapUnordered(refuseOdd, range(6)))).map(String)))
  const chunks = pool.imap(refuseOdd, [0, 2, 3, 4], { chunkSize: 2 })
  print('the chunk before:', await next(chunks), await next(chunks))
  print('a chunk with an error:', await next(chunks).catch(message))

  const [first, second] = [pool.imap(square, range(3)), pool.imap(square, range(10, 13))]
  const pairs: unknown[] = []
  for (const _ of range(3)) pairs.push([await next(second), await next(first)])
  print('two at once:', pairs)
  const seen: number[] = []
  for await (const result of pool.imap(square, range(100))) {
    if (result > 30) break
    seen.push(result)
  }
  print('left early:', seen, await pool.apply(square, [9]))
})
