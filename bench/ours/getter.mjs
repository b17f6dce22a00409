/** How many items a second a child gets, one by one, from a queue of its parent. Arguments: who puts (parent, sibling), count. */
import { main, Process, Queue } from '../../dist/multiprocessing/index.js'

export async function produce(queue, count) {
  for (let i = 0; i < count; i++) await queue.put(i)
}

export async function consume(queue, count, said) {
  let start = 0
  for (let i = 0; i < count; i++) {
    if ((await queue.get()) !== i) throw new Error(`wrong item ${i}`)
    if (i === 0) start = performance.now()
  }
  await said.put((count - 1) / ((performance.now() - start) / 1000))
}

const [putter, count] = [process.argv[2], Number(process.argv[3])]
process.argv.length = 2

main(import.meta, async () => {
  const [queue, said] = [new Queue(), new Queue()]
  new Process(consume, [queue, count, said]).start()
  if (putter === 'parent') await produce(queue, count)
  else new Process(produce, [queue, count]).start()
  console.log(await said.get())
})
