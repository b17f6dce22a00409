/** `npm run storm -- [--minutes 5] [--seed 1]`: one storm after the other, each with the next seed. */
import { parseArgs } from 'node:util'
import { runStorm } from './storm.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' } },
})
const end = performance.now() + Number(values.minutes) * 60_000
let bad = 0
for (let seed = Number(values.seed); performance.now() < end; seed++) {
  const { items, arrived, kills, stops, tasks, faults } = await runStorm({ seed, forMs: 4_000 })
  process.stdout.write(
    `seed ${seed}: ${kills} killed, ${stops} stopped; ${items} items put, ${arrived} arrived; ` +
      `${tasks.done} tasks done, ${tasks.failed} failed${faults.length === 0 ? '; all accounted for' : ''}\n`,
  )
  for (const fault of faults) process.stdout.write(`  FAULT: ${fault}\n`)
  bad += faults.length
}
process.exitCode = bad > 0 ? 1 : 0
