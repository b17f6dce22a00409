/** A queue between two processes: the one that gets ends when nothing has come for two seconds. */
import { Empty, main, Process, Queue, sleep } from 'forkscope'

export async function download(queue: Queue<number>) {
  for (let i = 0; i < 10; i++) {
    await queue.put(i)
    await sleep(1000)
  }
}

export async function analysis(queue: Queue<number>) {
  const list: number[] = []
  for (;;) {
    try {
      list.push(await queue.get({ timeoutMs: 2000 }))
      console.log(JSON.stringify(list))
    } catch (error) {
      if (!(error instanceof Empty)) throw error
      break
    }
  }
  console.log(`analysed ${list.length} numbers`)
}

main(import.meta, async () => {
  const queue = new Queue<number>()
  new Process(download, [queue]).start()
  new Process(analysis, [queue]).start()
})
