/** How many items a second go through a Queue between two processes. Arguments: how (one, many), count, bytes of each (0: numbers). */
import { main, Process, Queue } from 'forkscope'

const MOST = 1_024
const BATCH_BYTES = 1_048_576

function item(i: number, size: number): number | string {
  return size === 0 ? i : String(i).padStart(size, 'x')
}

export async function produce(queue: Queue<number | string>, how: string, count: number, size: number) {
  if (how === 'many') {
    const batch = Math.min(MOST, Math.max(1, Math.floor(BATCH_BYTES / Math.max(1, size))))
    for (let i = 0; i < count; i += batch) {
      await queue.putMany(Array.from({ length: Math.min(batch, count - i) }, (_, j) => item(i + j, size)))
    }
  } else for (let i = 0; i < count; i++) await queue.put(item(i, size))
}

const [how = 'one', count, size] = process.argv.slice(2).map((word, i) => (i === 0 ? word : Number(word))) as [
  string,
  number,
  number,
]
process.argv.length = 2

main(import.meta, async () => {
  const queue = new Queue<number | string>()
  const producer = new Process(produce, [queue, how, count, size])
  producer.start()
  let [got, first, start] = [0, 0, 0]
  while (got < count) {
    const values = how === 'many' ? await queue.getMany() : [await queue.get()]
    for (const value of values) if (value !== item(got++, size)) throw new Error(`wrong item ${got}`)
    if (start === 0) {
      start = performance.now()
      first = got
    }
  }
  console.log((count - first) / ((performance.now() - start) / 1000))
  await producer.join()
})
