// Two processes and a queue between them: what goes in first comes out first.
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
    } catch (error) {
      if (!(error instanceof Empty)) throw error
      console.log('Empty: nothing for two seconds, so that was all')
      break
    }
    console.log(JSON.stringify(list))
  }
}

main(import.meta, async () => {
  const queue = new Queue<number>({ name: 'numbers' })
  new Process(download, [queue]).start()
  new Process(analysis, [queue]).start()
})
