/** How pools end: close, join, terminate, `await using`, and a pool of a child; what is no pool; queues in tasks. */
import { main, Pool, Process, Queue, StateError } from 'forkscope'
import { print, range, sorted, take, throws } from './in-python-words.ts'

export const square = (n: number) => n * n

export async function beStuck(queue: Queue<string>) {
  await queue.put('stuck')
  for (;;);
}

export const note = (queue: Queue<number>, n: number) => queue.put(n)

export async function ownPool(queue: Queue) {
  await using pool = new Pool(2)
  await queue.put(await pool.map(square, range(4)))
}

const refused = (call: () => unknown) => throws(StateError, call)

/** Python's list with several calls in it, one after the other. */
async function each<T>(count: number, call: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (const n of range(count)) results.push(await call(n))
  return results
}

main(import.meta, async () => {
  const pool = new Pool(2)
  print('open:', await refused(() => pool.join()))
  const results = range(6).map((n) => pool.applyAsync(square, [n]))
  pool.close()
  pool.close()
  const calls = [() => pool.applyAsync(square, [1]), () => pool.map(square, [1]), () => pool.imap(square, [1])]
  print('closed:', ...(await each(3, (n) => refused(calls[n] as () => unknown))))
  await pool.join()
  await pool.join()
  const ready = results.map((result) => result.ready())
  print('but all is done:', ready, await Promise.all(results))
  pool.terminate()

  let over: Pool
  {
    await using open = new Pool(1)
    over = open
    print('with:', await open.apply(square, [5]))
  }
  print('with is over:', await refused(() => over.apply(square, [1])))

  const queue = new Queue<string>()
  const stuck = new Pool(2)
  stuck.applyAsync(beStuck, [queue])
  print('it is', await queue.get())
  stuck.terminate()
  stuck.terminate()
  await stuck.join()
  print('terminated:', await refused(() => stuck.apply(square, [1])))
  {
    await using pool = new Pool(2)
    const notes = new Queue<number>()
    await pool.starmap(
      note,
      range(4).map((n): [Queue<number>, number] => [notes, n]),
    )
    print('a queue in tasks:', sorted(await take(notes, 4)))
  }

  const lists = new Queue<number[]>()
  const child = new Process(ownPool, [lists])
  child.start()
  print('the pool of a child:', await lists.get())
  await child.join()
  for (const wrong of [() => new Pool(0), () => new Pool(-1), () => new Pool(1, { maxTasksPerChild: 0 })]) {
    print('no such pool:', await throws(RangeError, wrong))
  }
})
