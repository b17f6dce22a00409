/** How many items a second, with three producers or three consumers. Arguments: many-to-one or one-to-many, count, and `unordered`. */
import { main, Process, Queue } from '../../dist/multiprocessing/index.js'

const THREE = [0, 1, 2]

export async function produce(queue: Queue<number>, first: number, count: number) {
  for (let i = 0; i < count; i++) await queue.put(first + i)
}

/** Gets until the end, and says how many and their sum. */
export async function consume(queue: Queue<number>, sums: Queue<[number, number]>) {
  let [got, sum] = [0, 0]
  for await (const item of queue) {
    got++
    sum += item
  }
  await sums.put([got, sum])
}

const [how, count, ordered] = [process.argv[2], Number(process.argv[3]), process.argv[4] !== 'unordered']
process.argv.length = 2

main(import.meta, async () => {
  const queue = new Queue<number>({ ordered })
  const expected = (count * (count - 1)) / 2
  let start = performance.now()
  let [got, sum] = [0, 0]
  if (how === 'many-to-one') {
    for (const n of THREE) new Process(produce, [queue, (n * count) / 3, count / 3]).start()
    for (; got < count; got++) {
      sum += await queue.get()
      if (got === 0) start = performance.now()
    }
  } else {
    const sums = new Queue<[number, number]>()
    const consumers = THREE.map(() => new Process(consume, [queue, sums]))
    for (const consumer of consumers) consumer.start()
    for (let i = 0; i < count; i++) await queue.put(i)
    await queue.close()
    for (const _ of THREE) {
      const [itsCount, itsSum] = await sums.get()
      got += itsCount
      sum += itsSum
    }
  }
  if (got !== count || sum !== expected) throw new Error('wrong items')
  console.log(count / ((performance.now() - start) / 1000))
})
