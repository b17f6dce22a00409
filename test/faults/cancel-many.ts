/** A hundred thousand tasks that wait are cancelled, or aborted by one signal. Prints how many were, and in how many milliseconds of CPU. */
import { main, Pool, ProcessPoolExecutor } from 'forkscope'

const COUNT = 100_000

/** The CPU's, so that it does not matter what else the machine does. */
function usedMs(): number {
  const { user, system } = process.cpuUsage()
  return Math.round((user + system) / 1_000)
}

export function slow(n: number): Promise<number> {
  return new Promise((resolve) => setTimeout(() => resolve(n), 200))
}

async function cancelled(): Promise<number> {
  const executor = new ProcessPoolExecutor(2)
  const futures = Array.from({ length: COUNT }, (_, n) => executor.submit(slow, n))
  const before = usedMs()
  await executor.shutdown({ cancelFutures: true })
  console.log(futures.filter((future) => future.cancelled()).length)
  return usedMs() - before
}

async function aborted(): Promise<number> {
  const controller = new AbortController()
  await using pool = new Pool(2)
  const { signal } = controller
  const ends = Array.from({ length: COUNT }, (_, n) => pool.applyAsync(slow, [n], { signal }).get())
  const before = usedMs()
  controller.abort()
  const settled = await Promise.allSettled(ends)
  console.log(settled.filter(({ status }) => status === 'rejected').length)
  return usedMs() - before
}

main(import.meta, async () => {
  console.log(await cancelled())
  console.log(await aborted())
})
