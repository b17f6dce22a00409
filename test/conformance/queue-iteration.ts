/** Queues in loops, many items at once, and by priority: what Python writes with `iter`, loops, and a manager of its own. */
import { main, Process, Queue } from 'forkscope'
import { joinAll, listOf, print, range, startAll, take } from './in-python-words.ts'

export async function countUp(queue: Queue<number>, limit: number) {
  for (const number of range(limit)) await queue.put(number)
  await queue.close()
}

export async function addAll(queue: Queue<number>, sums: Queue<number>) {
  let total = 0
  for await (const number of queue) total += number
  await sums.put(total)
}

type Task = [priority: number, task: string]

export async function putTasks(queue: Queue<string>, tasks: Task[]) {
  for (const [priority, task] of tasks) await queue.put(task, { priority })
}

async function takeMany(queue: Queue<number>, count: number): Promise<number[]> {
  const numbers: number[] = []
  while (numbers.length < count) numbers.push(...(await queue.getMany(count - numbers.length)))
  return numbers
}

main(import.meta, async () => {
  const queue = new Queue<number>(3)
  const process = new Process(countUp, [queue, 10])
  process.start()
  print('until the end:', await listOf(queue))
  await process.join()

  const [numbers, sums] = [new Queue<number>(), new Queue<number>()]
  const adders = range(2).map(() => new Process(addAll, [numbers, sums]))
  startAll(adders)
  await numbers.putMany(range(101))
  await numbers.close()
  print('two share:', (await sums.get()) + (await sums.get()))
  await joinAll(adders)

  const many = new Queue<number>()
  await many.putMany(range(1000))
  print('many:', (await takeMany(many, 1000)).join() === range(1000).join(), await many.qsize())

  const urgent = new Queue<string>({ priority: true })
  const tasks: Task[] = [
    [5, 'sleep'],
    [0, 'eat'],
    [-1, 'run'],
    [5, 'dream'],
    [0, 'drink'],
  ]
  const putter = new Process(putTasks, [urgent, tasks])
  putter.start()
  await putter.join()
  print('waiting:', await urgent.qsize())
  print('by priority:', await take(urgent, 2))
  await urgent.put('wake', { priority: -7 })
  print('one more:', await take(urgent, 4), await urgent.empty())
})
