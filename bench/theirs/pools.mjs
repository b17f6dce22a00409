/** How many tasks that do nothing a pool of two of theirs does a second. Arguments: which (piscina, tinypool, …), count. */
import { fileURLToPath } from 'node:url'

const [which, count] = [process.argv[2], Number(process.argv[3])]
const file = fileURLToPath(new URL('./nothing.cjs', import.meta.url))
const size = 2
const ROUNDS = 3

const makers = {
  async piscina() {
    const { Piscina } = await import('piscina')
    const pool = new Piscina({ filename: file, minThreads: size, maxThreads: size, concurrentTasksPerWorker: 16 })
    return { run: (n) => pool.run(n), end: () => pool.destroy() }
  },
  async tinypool() {
    const { Tinypool } = await import('tinypool')
    const pool = new Tinypool({ filename: file, minThreads: size, maxThreads: size, concurrentTasksPerWorker: 16 })
    return { run: (n) => pool.run(n), end: () => pool.destroy() }
  },
  async 'tinypool on processes'() {
    const { Tinypool } = await import('tinypool')
    const pool = new Tinypool({ filename: file, minThreads: size, maxThreads: size, runtime: 'child_process' })
    return { run: (n) => pool.run(n), end: () => pool.destroy() }
  },
  async 'workerpool on processes'() {
    const { default: workerpool } = await import('workerpool')
    const pool = workerpool.pool(file, {
      minWorkers: size,
      maxWorkers: size,
      workerType: 'process',
      forkArgs: ['workerpool'],
    })
    return { run: (n) => pool.exec('nothing', [n]), end: () => pool.terminate() }
  },
  async 'jest-worker on processes'() {
    const { Worker } = await import('jest-worker')
    const pool = new Worker(file, { numWorkers: size, exposedMethods: ['nothing'] })
    return { run: (n) => pool.nothing(n), end: () => pool.end() }
  },
}

const pool = await makers[which]()
const round = async () => {
  const values = await Promise.all(Array.from({ length: count }, (_, n) => pool.run(n)))
  for (const [n, value] of values.entries()) if (value !== n) throw new Error('wrong result')
}
// As for ours, the first does not count: what is measured is a pool in use.
await round()
const start = performance.now()
for (let i = 0; i < ROUNDS; i++) await round()
console.log((ROUNDS * count) / ((performance.now() - start) / 1000))
await pool.end()
process.exit()
