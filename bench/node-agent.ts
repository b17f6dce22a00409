/**
 * What the Node agent costs a program: CPU time of one operation with it and without, by turns, medians. Of messages it is that of the side that sends; of Piscina that
 * of all its threads; starting is wall time of a program that does nothing.
 * `node --conditions=forkscope-source bench/node-agent.ts`, with the Nodes that FORKSCOPE_NODES names.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createRunFolder } from '../src/sources/agents/run-folder.ts'
import { nodeEnvironment } from '../src/sources/node/inject.ts'
import { chosenNodes, type Node } from '../test/sources/node/nodes.ts'

/** At most so many microseconds more. */
const GOALS = { 'IPC message': 0.5, MessagePort: 0.5, 'piscina task': 5, start: 10_000 } as const
const TURNS = 7
const program = join(import.meta.dirname, 'node/agent-cost.cjs')

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

function run({ command }: Node, what: string, isUnder: boolean): number {
  const folder = isUnder ? createRunFolder() : null
  const env = folder ? nodeEnvironment({ ...process.env, ...folder.env }) : process.env
  const { stdout } = spawnSync(command, [program, what], { env, encoding: 'utf8' })
  folder?.remove()
  return Number(stdout.trim() || Number.NaN)
}

function measure(node: Node, what: keyof typeof GOALS): void {
  const seen: { without: number[]; under: number[] } = { without: [], under: [] }
  for (let turn = 0; turn < TURNS; turn++) {
    seen.without.push(run(node, what, false))
    seen.under.push(run(node, what, true))
  }
  const [without, under] = [median(seen.without), median(seen.under)]
  const words = `${without.toFixed(2)} µs without, ${under.toFixed(2)} µs with: ${(under - without).toFixed(2)} more`
  console.log(`Node ${node.version}, ${what}: ${words}, goal ${GOALS[what]}`)
}

for (const node of chosenNodes()) for (const what of Object.keys(GOALS) as (keyof typeof GOALS)[]) measure(node, what)
