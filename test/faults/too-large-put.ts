/** A child puts what is over the limit, is refused, puts something else, and ends. */
import { main, Process, Queue } from 'forkscope'

export async function put(queue: Queue<Uint8Array>): Promise<void> {
  await queue.put(new Uint8Array(1.2e9)).catch(({ name, message }) => console.log(name, message))
  await queue.put(new Uint8Array(2))
}

main(import.meta, async () => {
  const queue = new Queue<Uint8Array>()
  const child = new Process(put, [queue])
  child.start()
  console.log((await queue.get()).length)
  await child.join()
  console.log(child.exitCode, await queue.size())
})
