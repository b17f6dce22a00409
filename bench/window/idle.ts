/** A program of ten processes that do nothing: what the window costs while nothing happens. */
import { main, Process, sleep } from '../../src/multiprocessing/index.ts'

export async function idle() {
  await sleep(24 * 3_600_000)
}

main(import.meta, async () => {
  const processes = Array.from({ length: 9 }, (_, i) => new Process(idle, [], { name: `idle ${i + 1}` }))
  for (const process of processes) process.start()
  for (const process of processes) await process.join()
})
