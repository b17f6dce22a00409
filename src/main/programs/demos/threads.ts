// The same work on threads and on processes: threads share a PID and memory, processes share nothing and cost more.
import { main, Process, Queue, sleep, Thread } from 'forkscope'
import { countPrimes, megabytes, privateBytes } from './threads/measure.ts'
import { threadsParameters } from './threads/parameters.ts'

/** `board` is [primes found, then when each worker began, in µs]. A thread has it; a process has a copy. */
export async function work(board: Int32Array, index: number, rounds: number, originMs: number, told?: Queue<Told>) {
  board[1 + index] = (now() - originMs) * 1000
  await told?.put({ beganUs: board[1 + index] ?? 0, ownBytes: privateBytes() })
  console.log(`pid ${process.pid} looks for primes`)
  for (let round = 0; round < rounds; round++) {
    Atomics.add(board, 0, countPrimes(40_000)) // shared memory needs this: += would lose what another thread adds
    await sleep(50)
  }
  console.log(`the counter as I see it: ${board[0]}`)
}

export interface Told {
  beganUs: number
  ownBytes: number
}

const now = () => performance.timeOrigin + performance.now()
const mean = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length

main(import.meta, threadsParameters, async ({ workers, rounds }) => {
  const shared = new Int32Array(new SharedArrayBuffer(4 * (1 + workers)))
  const bytesBefore = privateBytes()
  const threadsFromMs = now()
  const threads = Array.from({ length: workers }, (_, i) => {
    return new Thread(work, [shared, i, rounds, threadsFromMs], { name: `thread ${i + 1}` })
  })
  for (const thread of threads) thread.start()
  while ([...shared.subarray(1)].includes(0)) await sleep(1)
  const threadBytes = Math.max(0, privateBytes() - bytesBefore) / workers
  const threadMs = mean([...shared.subarray(1)]) / 1000
  for (const thread of threads) await thread.join()

  const own = new Int32Array(1 + workers)
  const told = new Queue<Told>({ name: 'told' })
  const processesFromMs = now()
  const processes = Array.from({ length: workers }, (_, i) => {
    return new Process(work, [own, i, rounds, processesFromMs, told], { name: `process ${i + 1}` })
  })
  for (const process of processes) process.start()
  for (const process of processes) await process.join()
  // What a process has put is there once it was joined.
  const news: Told[] = []
  while (news.length < workers) news.push(await told.getNowait())

  const processMs = mean(news.map(({ beganUs }) => beganUs)) / 1000
  const processBytes = mean(news.map(({ ownBytes }) => ownBytes))
  console.log(`a thread began after ${threadMs.toFixed(0)} ms and added ${megabytes(threadBytes)} to this process`)
  console.log(`a process began after ${processMs.toFixed(0)} ms and has ${megabytes(processBytes)} of its own`)
  console.log(`main's counter after the threads: ${shared[0]}, after the processes: ${own[0]}`)
})
