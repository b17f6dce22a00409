/** Timeouts of a month, of three centuries, and without end: whatever waits with one goes on waiting. */
import { Event, Lock, main, Pipe, Pool, Process, Queue, sleep } from 'forkscope'

export function slow(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

const DAY_MS = 86_400_000
const WAITED_MS = 300
const SLOW_MS = 60_000

main(import.meta, async () => {
  const pool = new Pool(6)
  // Its workers are at work: a task's time begins with it.
  await pool.map(slow, new Array(6).fill(100), { chunkSize: 1 })
  const waits: Record<string, Promise<unknown>> = {}
  for (const timeoutMs of [30 * DAY_MS, 300 * 365 * DAY_MS, Number.POSITIVE_INFINITY]) {
    const lock = new Lock()
    await lock.acquire()
    const child = new Process(slow, [SLOW_MS])
    child.start()
    const full = new Queue<number>(1)
    await full.put(1)
    const [, reading] = Pipe()
    Object.assign(waits, {
      [`get ${timeoutMs}`]: new Queue().get({ timeoutMs }),
      [`put ${timeoutMs}`]: full.put(2, { timeoutMs }),
      [`event ${timeoutMs}`]: new Event().wait({ timeoutMs }),
      [`acquire ${timeoutMs}`]: lock.acquire({ timeoutMs }),
      [`poll ${timeoutMs}`]: reading.poll({ timeoutMs }),
      [`join ${timeoutMs}`]: child.join({ timeoutMs }),
      [`task ${timeoutMs}`]: pool.applyAsync(slow, [SLOW_MS], { timeoutMs }).get(),
      [`result ${timeoutMs}`]: pool.applyAsync(slow, [SLOW_MS]).get({ timeoutMs }),
      [`sleep ${timeoutMs}`]: sleep(timeoutMs),
    })
  }
  for (const [what, wait] of Object.entries(waits)) {
    wait.then(
      (value) => console.log(what, 'ended with', value),
      (error) => console.log(what, 'failed:', error.message),
    )
  }
  await sleep(WAITED_MS)
  console.log(Object.keys(waits).length, 'waits')
  process.exit()
})
