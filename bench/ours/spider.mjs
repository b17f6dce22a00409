/** The spider, ten pages of 100 ms by three processes, as runs a second. Argument: cold, or warm with processes that are there. */
import { main, Pool, Process, Queue, sleep } from '../../dist/multiprocessing/index.js'

export async function spider(queue, page) {
  await sleep(100)
  await queue.put(page)
}

export async function insertData(queue, count) {
  for (let i = 0; i < count; i++) await queue.get()
}

export const nothing = () => sleep(20)

const warm = process.argv[2] === 'warm'
process.argv.length = 2

main(import.meta, async () => {
  const queue = new Queue()
  await using pool = new Pool(3)
  let start = performance.now()
  const insert = new Process(insertData, [queue, 10])
  insert.start()
  if (warm) {
    await Promise.all([1, 2, 3].map(() => pool.apply(nothing, [])))
    start = performance.now()
  }
  for (let page = 0; page < 10; page++) pool.applyAsync(spider, [queue, page])
  pool.close()
  await pool.join()
  await insert.join()
  console.log(1000 / (performance.now() - start))
})
