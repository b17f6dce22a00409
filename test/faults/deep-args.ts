/** Values that one side can encode and the other may not be able to decode: the task settles, and the worker lives. */
import { currentProcess, main, Pool, Queue } from 'forkscope'

interface Nested {
  next?: Nested
}

export function worker(_: Nested): number {
  return process.pid
}

export function nested(depth: number): Nested {
  let value: Nested = {}
  for (let i = 0; i < depth; i++) value = { next: value }
  return value
}

main(import.meta, async () => {
  const pool = new Pool(1)
  const before = await pool.apply(worker, [{}])
  for (let i = 0; i < 200; i++) await pool.apply(worker, [nested(500)])
  for (const depth of [2_000, 20_000]) {
    const ends = await Promise.allSettled([
      pool.apply(worker, [nested(depth)]),
      pool.apply(worker, [{}]),
      pool.apply(nested, [depth]),
    ])
    // What a sibling of the task gets is not touched by it.
    console.log(depth, ends.map(({ status }) => status === 'fulfilled' || 'refused').join(' '), ends[1]?.status)
    for (const end of ends) if (end.status === 'rejected') console.log(end.reason.name, end.reason.message)
  }
  const queue = new Queue<Nested>()
  await queue
    .put(nested(20_000))
    .then(() => queue.get())
    .catch((error) => console.log(error.name, error.message))
  console.log(currentProcess().name, before === (await pool.apply(worker, [{}])) ? 'the same worker' : 'another worker')
  pool.close()
  await pool.join()
})
