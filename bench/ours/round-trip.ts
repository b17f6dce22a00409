/** How many round trips a second two idle queues allow, as the inverse of a percentile. Arguments: count, percentile. */
import { main, Process, Queue, sleep } from '../../dist/multiprocessing/index.js'

export async function answer(there: Queue<number>, back: Queue<number>) {
  for await (const item of there) await back.put(item)
}

/** Rounds that do not count: what is only done once, as compiling is, is not what a percentile is about. */
const WARM_UP = 3_000

const [count, percentile] = [Number(process.argv[2]), Number(process.argv[3])]
process.argv.length = 2

main(import.meta, async () => {
  const [there, back] = [new Queue<number>(), new Queue<number>()]
  const other = new Process(answer, [there, back])
  other.start()
  const times: number[] = []
  for (let i = -WARM_UP; i < count; i++) {
    if (i >= 0) await sleep(2)
    const start = performance.now()
    await there.put(i)
    if ((await back.get()) !== i) throw new Error('wrong item')
    if (i >= 0) times.push(performance.now() - start)
  }
  await there.close()
  await other.join()
  const sorted = times.sort((a, b) => a - b)
  console.log(1000 / (sorted[Math.floor((times.length * percentile) / 100)] as number))
})
