/** Four stages, each a process, with a bounded queue between any two: the slowest sets the pace, and nothing piles up. */
import { main, Process, Queue, sleep } from 'forkscope'

export async function read(out: Queue<string>) {
  for (let i = 1; i <= 20; i++) await out.put(`line ${i} of twenty`)
  await out.close()
}

export async function split(from: Queue<string>, to: Queue<string[]>) {
  for await (const line of from) await to.put(line.split(' '))
  await to.close()
}

export async function count(from: Queue<string[]>, to: Queue<number>) {
  for await (const words of from) {
    await sleep(5) // the slow one
    await to.put(words.length)
  }
  await to.close()
}

export async function sum(from: Queue<number>) {
  let total = 0
  for await (const words of from) total += words
  console.log(`${total} words`)
}

main(import.meta, async () => {
  const lines = new Queue<string>({ name: 'lines', maxsize: 4 })
  const words = new Queue<string[]>({ name: 'words', maxsize: 4 })
  const counts = new Queue<number>({ name: 'counts', maxsize: 4 })
  new Process(read, [lines]).start()
  new Process(split, [lines, words]).start()
  new Process(count, [words, counts]).start()
  new Process(sum, [counts]).start()
})
