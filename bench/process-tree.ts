/**
 * What looking at a tree costs, as a share of a core: CPU time of this process while it scans as a session does, for a hundred processes and for a thousand.
 * `node --conditions=forkscope-source bench/process-tree.ts [COUNT…]`
 */
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { identityOf, ProcessTree } from '../src/sources/process-tree/process-tree.ts'

/** At most this percent of a core, by the number of processes. */
const GOALS: ReadonlyMap<number, number> = new Map([
  [100, 0.6],
  [1_000, 4],
])
const SECONDS = 12

async function measure(count: number): Promise<number> {
  const script = `i=1; while [ $i -lt ${count} ]; do sleep 1000 & i=$((i+1)); done; wait`
  const child = spawn('sh', ['-c', script], { detached: true, stdio: 'pipe' })
  const root = child.pid === undefined ? null : identityOf(child.pid)
  if (!root) throw new Error('The processes to look at could not be started.')
  const tree = new ProcessTree({ roots: [root] })
  try {
    while ([...tree.processes].length < count) {
      tree.scan()
      await sleep(50)
    }
    // What is read once of each is over after that.
    for (let time = 0; time < 60; time++) tree.scan(time * 2_000)
    const before = process.cpuUsage()
    const beganMs = performance.now()
    let looks = 0
    while (performance.now() - beganMs < SECONDS * 1_000) {
      tree.scan()
      looks++
      await sleep(tree.pauseMs)
    }
    const { user, system } = process.cpuUsage(before)
    const percent = (user + system) / 10 / (performance.now() - beganMs)
    const goal = GOALS.get(count)
    console.log(
      `${count} processes: ${percent.toFixed(2)} % of a core, ${(looks / SECONDS).toFixed(1)} looks a second${goal === undefined ? '' : `; at most ${goal} %`}`,
    )
    return percent
  } finally {
    tree.close()
    process.kill(-root.pid, 'SIGKILL')
  }
}

const counts = process.argv.slice(2).map(Number)
for (const count of counts.length > 0 ? counts : GOALS.keys()) await measure(count)
