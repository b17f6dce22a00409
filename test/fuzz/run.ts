/** `npm run fuzz -- [--minutes 5] [--seed 1]`: one attack after the other, and what all did together. */
import { parseArgs } from 'node:util'
import { attack, newReport, Sockets } from './target.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' } },
})
const end = performance.now() + Number(values.minutes) * 60_000
const [report, sockets] = [newReport(), new Sockets()]
let seed = Number(values.seed)
try {
  for (; performance.now() < end; seed++) await attack(seed, sockets, report)
} finally {
  sockets.close()
  const { refused, spoilt } = report
  const sum = (counts: Map<string, number>) => [...counts.values()].reduce((all, count) => all + count, 0)
  const sums = { accepted: sum(report.accepted), fatal: sum(report.fatal), refused, spoilt }
  process.stdout.write(`Seeds ${values.seed} to ${seed}: ${JSON.stringify(sums)}\n`)
  for (const what of ['accepted', 'fatal'] as const) {
    process.stdout.write(`${what}: ${JSON.stringify(Object.fromEntries(report[what]))}\n`)
  }
}
process.stdout.write('No fault.\n')
