// Failing tasks that nobody asks for. Python's pool says nothing about them; here every one is seen.
import { main, Pool, sleep } from 'forkscope'

export async function work(n: number) {
  await sleep(700)
  if (n === 2) throw new Error('the second task does not feel well')
  if (n === 4) JSON.parse('{ "not": json }')
  if (n === 5) process.exit(3)
  if (n === 7) process.kill(process.pid, 'SIGKILL')
  console.log(`task ${n} is done`)
  return n
}

main(import.meta, async () => {
  const pool = new Pool(3)
  const results = Array.from({ length: 10 }, (_, i) => pool.applyAsync(work, [i + 1]))
  pool.close()
  await pool.join() // does not hang, though two workers died
  const done = results.filter((result) => result.successful()).length
  console.log(`${done} of ${results.length} tasks are done, and nobody asked for the others`)
})
