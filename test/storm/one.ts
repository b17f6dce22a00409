/** One storm in this process: seed, strikes, forces. The last line of its output is the report, as JSON. */
import { runStorm } from './storm.ts'
import type { Force } from './strikes.ts'

const [seed, strikes, ...forces] = process.argv.slice(2)
const report = await runStorm({ seed: Number(seed), strikes: Number(strikes), forces: new Set(forces as Force[]) })
process.stdout.write(`${JSON.stringify(report)}\n`)
