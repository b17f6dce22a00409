/**
 * A reply queue for each request, through three processes: the one that asks, the one that answers, and the one between them.
 * Each tells by how many bytes its heap has grown for each request after the first third. Needs `--expose-gc`. Every second
 * reply queue is closed, the others are only forgotten.
 */
import { main, Process, Queue, SimpleQueue, sleep } from 'forkscope'

const REQUESTS = 6_000
const WARM = REQUESTS / 3

interface Request {
  number: number
  reply: SimpleQueue<number>
}

/** What the heap holds once nothing more is found to be garbage: that others held something for it is learnt only after a while. */
async function used(): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 15; round++) {
    globalThis.gc?.()
    await sleep(100)
    least = Math.min(least, process.memoryUsage().heapUsed)
  }
  return least
}

/** Remembers what the heap holds now. @returns what to call after the last request */
async function growth(who: string): Promise<() => Promise<void>> {
  const before = await used()
  return async () => console.log(who, Math.round(((await used()) - before) / (REQUESTS - WARM)))
}

export async function serve(requests: Queue<Request>): Promise<void> {
  let tell = async () => {}
  for await (const { number, reply } of requests) {
    if (number === WARM) tell = await growth('answers')
    await reply.put(number * 2)
  }
  await tell()
}

export async function ask(requests: Queue<Request>, said: Queue<string>): Promise<void> {
  let tell = async () => {}
  for (let number = 0; number < REQUESTS; number++) {
    if (number === WARM) {
      tell = await growth('asks')
      await said.put('warm')
    }
    const reply = new SimpleQueue<number>()
    await requests.put({ number, reply })
    if ((await reply.get()) !== number * 2) throw new Error('the wrong answer')
    if (number % 2 === 0) await reply.close()
  }
  await tell()
  await said.put('done')
}

main(import.meta, async () => {
  const [requests, said] = [new Queue<Request>(), new Queue<string>()]
  for (const child of [new Process(serve, [requests]), new Process(ask, [requests, said])]) child.start()
  await said.get()
  const tell = await growth('is between')
  await said.get()
  await tell()
  await requests.close()
})
