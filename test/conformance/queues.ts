import { Empty, Full, JoinableQueue, main, Process, Queue, SimpleQueue, StateError } from 'forkscope'

export async function putAll(queue: Queue, items: unknown[]) {
  for (const item of items) await queue.put(item)
}

export async function double(work: JoinableQueue<number>, results: Queue<number>) {
  for (;;) {
    await results.put((await work.get()) * 2)
    await work.taskDone()
  }
}

function python(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `'${key}': ${python(item)}`)
      .join(', ')}}`
  }
  if (value === true || value === false) return value ? 'True' : 'False'
  return value === null ? 'None' : typeof value === 'string' ? `'${value}'` : String(value)
}

async function take(queue: Queue, count: number): Promise<unknown[]> {
  const items: unknown[] = []
  while (items.length < count) items.push(await queue.get())
  return items
}

/** Says what happened if `promise` ends with an error of that class. */
async function caught(promise: Promise<unknown>, kind: new (message: string) => Error, words: string) {
  await promise.catch((error) => {
    if (error instanceof kind) console.log(words)
  })
}

main(import.meta, async () => {
  const queue = new Queue()
  const process = new Process(putAll, [queue, ['a', 1, null, [1, { b: 2 }], 2.5]])
  process.start()
  console.log('first in, first out:', python(await take(queue, 5)))
  await process.join()
  await caught(queue.get({ timeoutMs: 50 }), Empty, 'empty after a while')
  await caught(queue.getNowait(), Empty, 'empty at once')

  const bounded = new Queue<number>(2)
  await bounded.put(1)
  await bounded.put(2)
  await caught(bounded.put(3, { timeoutMs: 50 }), Full, 'full after a while')
  await caught(bounded.putNowait(3), Full, 'full at once')
  console.log('size:', await bounded.qsize(), python(await bounded.full()), python(await bounded.empty()))
  console.log('got:', await bounded.get(), await bounded.get())
  console.log('emptied:', await bounded.qsize(), python(await bounded.full()), python(await bounded.empty()))

  const simple = new SimpleQueue<string>()
  console.log('simple, empty:', python(await simple.empty()))
  await simple.put('x')
  console.log('simple, got:', await simple.get())

  const [work, results] = [new JoinableQueue<number>(), new Queue<number>()]
  const worker = new Process(double, [work, results], { daemon: true })
  worker.start()
  for (let item = 0; item < 5; item++) await work.put(item)
  await work.join()
  console.log('all done:', python(await take(results, 5)))
  await caught(work.taskDone(), StateError, 'more done than put')
})
