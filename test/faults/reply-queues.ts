/**
 * A reply queue for each request, through three processes: the one that asks, the one that answers, and the one between them.
 * Each tells by how many bytes its heap has grown for each request after the first third. Needs `--expose-gc`. Every second
 * reply queue is closed, the others are only forgotten.
 */
import { main, Process, Queue, SimpleQueue } from 'forkscope'

const REQUESTS = 6_000
const WARM = REQUESTS / 3

interface Request {
  number: number
  reply: SimpleQueue<number>
}

/** Remembers what the heap holds now. @returns what to call after the last request */
function growth(who: string): () => void {
  const used = () => {
    globalThis.gc?.()
    return process.memoryUsage().heapUsed
  }
  const before = used()
  return () => console.log(who, Math.round((used() - before) / (REQUESTS - WARM)))
}

export async function serve(requests: Queue<Request>): Promise<void> {
  let tell = () => {}
  for await (const { number, reply } of requests) {
    if (number === WARM) tell = growth('answers')
    await reply.put(number * 2)
  }
  tell()
}

export async function ask(requests: Queue<Request>, said: Queue<string>): Promise<void> {
  let tell = () => {}
  for (let number = 0; number < REQUESTS; number++) {
    if (number === WARM) {
      tell = growth('asks')
      await said.put('warm')
    }
    const reply = new SimpleQueue<number>()
    await requests.put({ number, reply })
    if ((await reply.get()) !== number * 2) throw new Error('the wrong answer')
    if (number % 2 === 0) await reply.close()
  }
  tell()
  await said.put('done')
}

main(import.meta, async () => {
  const [requests, said] = [new Queue<Request>(), new Queue<string>()]
  for (const child of [new Process(serve, [requests]), new Process(ask, [requests, said])]) child.start()
  await said.get()
  const tell = growth('is between')
  await said.get()
  tell()
  await requests.close()
})
