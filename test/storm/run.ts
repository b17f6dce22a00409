/**
 * `npm run storm -- [--minutes 5] [--seed 1] [--without inner,full]`: one storm after the other, each with the next seed, and what
 * all did together.
 */
import { parseArgs } from 'node:util'
import { describeStorm, stormOf } from './own-process.ts'
import { FORCES } from './strikes.ts'

const STRIKES = 80

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    without: { type: 'string', default: '' },
  },
})
const without = values.without.split(',')
const forces = FORCES.filter((force) => !without.includes(force))
const end = performance.now() + Number(values.minutes) * 60_000
const sums: Record<string, number> = {}
let bad = 0
for (let seed = Number(values.seed); performance.now() < end; seed++) {
  const report = await stormOf(seed, STRIKES, forces)
  process.stdout.write(describeStorm(report))
  bad += report.faults.length
  const { put, got, givenBack, killed, stopped, full, tasks } = report
  for (const [what, count] of Object.entries({ put, got, givenBack, ...killed, stopped, full, ...tasks })) {
    sums[what] = (sums[what] ?? 0) + count
  }
}
process.stdout.write(`In all: ${JSON.stringify(sums)}\n${bad === 0 ? 'No fault.' : `${bad} FAULTS.`}\n`)
// A storm in which nothing happened has found nothing.
const idle = Object.keys(sums).filter((what) => sums[what] === 0 && !without.includes(what))
if (idle.length > 0) process.stdout.write(`Nothing of this happened: ${idle.join(', ')}\n`)
process.exitCode = bad > 0 || idle.length > 0 ? 1 : 0
