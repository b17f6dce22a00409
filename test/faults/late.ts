/** What a target leaves behind ends before its process, or its thread, does. */
import { readFile } from 'node:fs'
import { main, Process, Queue, Thread } from 'forkscope'

export function timer(): void {
  setTimeout(() => console.log('the timer has run'), 50)
}

export function callback(queue: Queue<number>): void {
  readFile(import.meta.filename, (_, { length }) => void queue.put(length))
}

export function unawaited(): void {
  setTimeout(() => Promise.reject(new Error('nobody awaited it')), 20)
}

main(import.meta, async () => {
  const queue = new Queue<number>()
  for (const child of [new Process(timer), new Process(callback, [queue]), new Process(unawaited)]) {
    child.start()
    await child.join()
    console.log(child.name, child.exitCode)
  }
  console.log('in the queue:', await queue.size())
  const thread = new Thread(timer)
  thread.start()
  await thread.join()
  console.log('the thread has ended')
})
