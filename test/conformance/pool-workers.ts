/** Which workers do a pool's tasks: initializers, so many tasks each, chunks. */
import { Barrier, main, Pool, Queue } from 'forkscope'
import { print, range, sorted, take } from './in-python-words.ts'

let kept: unknown[]

export function keep(...args: unknown[]) {
  kept = args
}

export async function announce(queue: Queue<number>, barrier: Barrier) {
  keep(barrier)
  await queue.put(process.pid)
}

export async function meet(_n: number) {
  await (kept[0] as Barrier).wait()
  return process.pid
}

export const pid = () => process.pid
export const pidOf = (_n: number) => process.pid
export const addKept = (n: number) => n + (kept as number[]).reduce((sum, k) => sum + k, 0)

function kinds(pids: number[]): number[] {
  const numbers = new Map<number, number>()
  return pids.map((pid) => {
    if (!numbers.has(pid)) numbers.set(pid, numbers.size)
    return numbers.get(pid) as number
  })
}

/** Python's list with several calls in it, one after the other. */
async function each<T>(count: number, call: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (const n of range(count)) results.push(await call(n))
  return results
}

main(import.meta, async () => {
  const started = new Queue<number>()
  {
    await using pool = new Pool(3, { initializer: announce, initArgs: [started, new Barrier(3)] })
    const pids = await pool.map(meet, range(3), { chunkSize: 1 })
    const said = sorted(await take(started, 3)).join() === sorted(pids).join()
    print('three workers, three initializers:', new Set(pids).size, said)
    const again = sorted(await pool.map(meet, range(3), { chunkSize: 1 })).join() === sorted(pids).join()
    print('again the same:', again, await started.empty())
  }
  {
    await using pool = new Pool(1, { initializer: keep, initArgs: [30, 12] })
    print('initialized:', await pool.map(addKept, range(3)), (await pool.apply(pid, [])) === process.pid)
  }
  {
    await using pool = new Pool(1, { maxTasksPerChild: 2 })
    print('two tasks each:', kinds(await each(4, () => pool.apply(pid, []))))
  }
  {
    await using pool = new Pool(1, { initializer: keep, initArgs: [1], maxTasksPerChild: 1 })
    print('and each is initialized:', await each(2, (n) => pool.apply(addKept, [n])))
    print('a chunk is one task:', kinds(await pool.map(pidOf, range(4), { chunkSize: 2 })))
  }
})
