/** How many processes can be started one after the other in a second, each to its first message. Arguments: count, `spare` to have one ready each time. */
import { keepSpares, main, Process, Queue } from '../../dist/multiprocessing/index.js'

export const say = (queue) => queue.put(1)

const count = Number(process.argv[2])
const spare = process.argv[3] === 'spare'
process.argv.length = 2

main(import.meta, async () => {
  const queue = new Queue()
  const times = []
  for (let i = 0; i < count; i++) {
    if (spare) await keepSpares(1)
    const start = performance.now()
    const child = new Process(say, [queue])
    child.start()
    if ((await queue.get()) !== 1) throw new Error('wrong item')
    times.push(performance.now() - start)
    await child.join()
  }
  console.log(1000 / times.sort((a, b) => a - b)[times.length >> 1])
})
