/** Small items, large items, and a pool's large arguments and results, wherever shared memory may fail. */
import { main, Pool, Process, Queue } from 'forkscope'

const MIB = 1_048_576

export async function sum(queue: Queue<number | Uint8Array>): Promise<void> {
  let total = 0
  for await (const item of queue) total += typeof item === 'number' ? item : item.length
  console.log(total)
}

export async function half(bytes: Uint8Array): Promise<Uint8Array> {
  return bytes.subarray(bytes.length / 2)
}

main(import.meta, async () => {
  const queue = new Queue<number | Uint8Array>()
  const child = new Process(sum, [queue])
  child.start()
  for (let i = 0; i < 10_000; i++) await queue.put(i)
  for (let i = 0; i < 30; i++) await queue.put(new Uint8Array(MIB))
  await queue.close()
  await child.join()
  await using pool = new Pool(2)
  const halves = await pool.map(
    half,
    Array.from({ length: 16 }, () => new Uint8Array(4 * MIB)),
  )
  console.log(halves.reduce((bytes, { length }) => bytes + length, 0))
})
