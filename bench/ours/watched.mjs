/** Numbers a second through a queue, awaited one by one, while somebody watches or nobody does. Arguments: on or off, count. */
import { Process, Queue } from '../../dist/multiprocessing/index.js'
import { startRun } from '../../dist/multiprocessing/library/library.js'

export async function produce(queue, count) {
  for (let i = 0; i < count; i++) await queue.put(i)
}

async function program(count) {
  const queue = new Queue()
  const producer = new Process(produce, [queue, count])
  producer.start()
  if ((await queue.get()) !== 0) throw new Error('wrong item')
  const start = performance.now()
  for (let i = 1; i < count; i++) if ((await queue.get()) !== i) throw new Error('wrong item')
  console.log((count - 1) / ((performance.now() - start) / 1000))
  await producer.join()
}

if (process.argv[2]) {
  const [how, count] = [process.argv[2], Number(process.argv[3])]
  process.argv.length = 2
  if (how === 'off') await program(count)
  else {
    let events = 0
    const originNs = process.hrtime.bigint()
    const { outcome } = await startRun({
      main: () => program(count),
      speed: 1,
      nodePath: null,
      originNs,
      sink: (event) => {
        events++
        if (event.type === 'process.output') process.stdout.write(event.text)
      },
    }).ended
    if (outcome !== 'finished' || events < 5) throw new Error('nobody watched')
  }
}
