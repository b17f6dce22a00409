/**
 * What something takes, as its inverse, to be compared with the inverse of what it may take at most. By the kernel's own counters.
 * Argument: queued (MB for a million small items at the owner), worker (private MB of an idle one), tasks (memory after two
 * million tasks beside that after one), idle (percent of a core of a program that waits), sampling (percent of a core, once a
 * second; then the number of processes), starts and workers (the longest time that starting so many holds the event loop, in ms).
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { main, Pool, Process, Queue, sleep } from '../../dist/multiprocessing/index.js'

export const nothing = (n) => n
export const wait = (queue) => queue.get()
export async function putMillion(queue) {
  for (let i = 0; i < 1_000_000; i++) await queue.put({ i })
}

const KIB_PER_MB = 1024

function fieldKib(file, name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'latin1'))[1])
}
const rssMb = () => fieldKib('/proc/self/status', 'VmRSS') / KIB_PER_MB

/** @returns the pids of this process and all below it */
function family() {
  const parents = new Map()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {}
  }
  const found = [process.pid]
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child)
  return found
}

/** CPU time of a process's threads, in nanoseconds. */
function cpuNs(pid) {
  let sum = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    sum += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0])
  }
  return sum
}

/** @returns the longest time until the event loop had its next turn, while something was done, in milliseconds */
async function longestHeld(act) {
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  await sleep(20)
  await act()
  delays.disable()
  return delays.max / 1e6
}

const measures = {
  async starts() {
    return longestHeld(async () => {
      const processes = Array.from({ length: Number(count) }, (_, i) => new Process(nothing, [i]))
      for (const each of processes) each.start()
      await Promise.all(processes.map((each) => each.join()))
    })
  },
  async workers() {
    return longestHeld(async () => {
      await using pool = new Pool(Number(count))
      await Promise.all(Array.from({ length: Number(count) }, () => pool.apply(sleep, [100])))
    })
  },
  async queued() {
    const before = rssMb()
    const queue = new Queue()
    const putter = new Process(putMillion, [queue])
    putter.start()
    await putter.join()
    if ((await queue.size()) !== 1_000_000) throw new Error('items are missing')
    return rssMb() - before
  },
  async worker() {
    await using pool = new Pool(1)
    await pool.apply(nothing, [1])
    await sleep(500)
    const file = `/proc/${family()[1]}/smaps_rollup`
    return (fieldKib(file, 'Private_Clean') + fieldKib(file, 'Private_Dirty')) / KIB_PER_MB
  },
  async tasks() {
    await using pool = new Pool(2)
    let half = 0
    for (let round = 1; round <= 80; round++) {
      await Promise.all(Array.from({ length: 25_000 }, (_, i) => pool.applyAsync(nothing, [i]).get()))
      if (round === 40) half = rssMb()
    }
    return rssMb() / half
  },
  async idle() {
    await using pool = new Pool(2)
    await pool.map(nothing, [1, 2])
    new Process(wait, [new Queue()], { daemon: true }).start()
    await sleep(1_000)
    const pids = family()
    const before = pids.map(cpuNs)
    const start = performance.now()
    await sleep(10_000)
    const tookNs = (performance.now() - start) * 1e6
    return (100 * pids.reduce((sum, pid, i) => sum + cpuNs(pid) - before[i], 0)) / tookNs
  },
  async sampling() {
    const { ProcReader } = await import('../../src/main/monitor/proc-reader.ts')
    const processes = Array.from({ length: Number(count) }, () => spawn('sleep', ['600'], { stdio: 'ignore' }))
    try {
      const reader = new ProcReader()
      const pids = processes.map(({ pid }) => pid)
      const samples = 30
      let usedUs = 0
      for (let i = -10; i < samples; i++) {
        const before = process.cpuUsage()
        if ((await reader.read(pids)).size !== pids.length) throw new Error('a process is missing')
        const { user, system } = process.cpuUsage(before)
        if (i >= 0) usedUs += user + system
      }
      return (100 * (usedUs / samples)) / 1e6
    } finally {
      for (const child of processes) child.kill('SIGKILL')
    }
  },
}

const [what, count] = process.argv.slice(2)
process.argv.length = 2
main(import.meta, async () => console.log(1 / (await measures[what]())))
