/** Main waits for an answer of a process that has failed: it can never come. */
import { main, Process, Queue } from 'forkscope'

export async function crash(_: Queue<number>): Promise<void> {
  throw new Error('no answer')
}

main(import.meta, async () => {
  const answers = new Queue<number>({ name: 'answers' })
  new Process(crash, [answers]).start()
  console.log('answer', await answers.get())
})
