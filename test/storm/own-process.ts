/** Runs a storm in a process of its own, with a small /dev/shm that is nobody else's where the machine allows that. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { canMountShm, withShm } from '../small-shm.ts'
import type { StormReport } from './storm.ts'
import { FORCES, type Force } from './strikes.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const COMPILED = join(ROOT, 'node_modules', '.cache', 'compiled')

/** @throws Error with what it printed, if it ended without a report */
export async function stormOf(seed: number, strikes: number, forces: readonly Force[] = FORCES): Promise<StormReport> {
  const possible = forces.filter((force) => force !== 'full' || canMountShm())
  const [command = '', ...args] = [
    ...(possible.includes('full') ? withShm('16m') : []),
    ...[process.execPath, '--conditions=forkscope-source', join(import.meta.dirname, 'one.ts')],
    ...[String(seed), String(strikes), ...possible],
  ]
  const { stdout } = await promisify(execFile)(command, args, {
    env: { NODE_COMPILE_CACHE: COMPILED, ...process.env },
    maxBuffer: 2 ** 28,
  })
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) as string)
}

/** In one line, and a line for each fault. */
export function describeStorm(report: StormReport): string {
  const { seed, put, got, givenBack, killed, stopped, full, tasks, faults } = report
  const all = faults.length === 0 ? '; all accounted for' : ''
  const line =
    `seed ${seed}: killed ${killed.leaves} leaves, ${killed.inner} inner nodes, ${killed.workers} workers; stopped ${stopped}; ` +
    `/dev/shm full ${full} times; ${put} items put, ${got} got, ${givenBack} after having been given back; ` +
    `${tasks.done} tasks done, ${tasks.failed} failed${all}`
  return [line, ...faults.map((fault) => `  FAULT: ${fault}`), ''].join('\n')
}
