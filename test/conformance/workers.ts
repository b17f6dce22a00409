/** The documentation's workers: they take what is to be done from one queue and put results into another. */
import { currentProcess, main, Process, Queue } from 'forkscope'
import { print, range, sorted } from './in-python-words.ts'

const functions = { mul: (a: number, b: number) => a * b, plus: (a: number, b: number) => a + b }
type Task = [name: keyof typeof functions, args: [number, number]]
type Said = [name: string, line: string]

export async function worker(tasks: Queue<Task | 'STOP'>, done: Queue<Said>) {
  for await (const task of tasks) {
    if (task === 'STOP') break
    const [name, args] = task
    await done.put([currentProcess().name, `${name}(${args.join(', ')}) = ${functions[name](...args)}`])
  }
  await done.put([currentProcess().name, 'stopped'])
}

async function take<T>(queue: Queue<T>, count: number): Promise<T[]> {
  const items: T[] = []
  while (items.length < count) items.push(await queue.get())
  return items
}

main(import.meta, async () => {
  const first = range(20).map((i): Task => ['mul', [i, 7]])
  const second = range(10).map((i): Task => ['plus', [i, 8]])
  const names = range(4).map((i) => `worker ${i}`)

  const [tasks, done] = [new Queue<Task | 'STOP'>(), new Queue<Said>()]
  for (const task of first) await tasks.put(task)
  const workers = names.map((name) => new Process(worker, [tasks, done], { name }))
  for (const each of workers) each.start()
  const said = await take(done, first.length)
  for (const task of second) await tasks.put(task)
  said.push(...(await take(done, second.length)))
  for (const _ of workers) await tasks.put('STOP')
  const stopped = await take(done, workers.length)

  for (const line of sorted(said.map(([, line]) => line))) print(line)
  print(
    'by the workers:',
    said.every(([name]) => names.includes(name)),
  )
  print(
    'stopped:',
    stopped.sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  for (const each of workers) await each.join()
  print(
    'exit codes:',
    workers.map(({ exitCode }) => exitCode),
  )
})
