/**
 * What the Python agent costs a program: CPU time of one operation with it and without, by turns, medians; starting is CPU time of a program that does nothing.
 * `node --conditions=forkscope-source bench/python-agent.ts [VERSION…]`
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { findPythons, type Python, PythonRun } from '../test/sources/python/pythons.ts'

/** At most so many microseconds more. */
const GOALS = { 'queue item': 1, 'pool task': 6, lock: 0.2, 'fork and join': 300, start: 5_000 } as const
const TURNS = 7
const program = join(import.meta.dirname, 'python/agent_cost.py')
const starts = 'import os, resource, subprocess, sys\nfor _ in range(10): subprocess.run([sys.executable, "-c", ""])\n'
const timeStarts = `${starts}usage = resource.getrusage(resource.RUSAGE_CHILDREN)\nprint((usage.ru_utime + usage.ru_stime) / 10 * 1e6)`

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

async function measure(python: Python, what: keyof typeof GOALS): Promise<void> {
  const args = what === 'start' ? ['-c', timeStarts] : [program, what]
  const seen: { without: number[]; under: number[] } = { without: [], under: [] }
  for (let turn = 0; turn < TURNS; turn++) {
    seen.without.push(Number(spawnSync(python.command, args).stdout))
    using run = new PythonRun(python, args)
    await run.ended
    seen.under.push(Number(run.output))
  }
  const [without, under] = [median(seen.without), median(seen.under)]
  const words = `${without.toFixed(2)} µs without, ${under.toFixed(2)} µs with: ${(under - without).toFixed(2)} more`
  console.log(`Python ${python.version}, ${what}: ${words}, goal ${GOALS[what]}`)
}

const wanted = process.argv.slice(2)
for (const python of findPythons().filter(({ version }) => wanted.length === 0 || wanted.includes(version))) {
  for (const what of Object.keys(GOALS) as (keyof typeof GOALS)[]) await measure(python, what)
}
