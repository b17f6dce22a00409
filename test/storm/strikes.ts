/** Kills and stops those who are at work in a storm: leaves, what is in the middle of a tree, workers. */
import type { Chance } from '../seeded.ts'
import { type AtWork, readAtWork } from './notes.ts'

/** Whoever has noted less has hardly begun. */
const LEAST_BYTES = 60
const LONGEST_STOP_MS = 60

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended by itself in the meantime.
  }
}

function isAbove({ pid }: AtWork, leaf: AtWork, parents: ReadonlyMap<number, number>): boolean {
  for (let above: number | undefined = leaf.parent; above !== undefined; above = parents.get(above)) {
    if (above === pid) return true
  }
  return false
}

/** What a storm does: kill, stop, fill /dev/shm. A storm without some of them tells which one brings a fault to light. */
export const FORCES = ['leaves', 'inner', 'workers', 'stops', 'full'] as const
export type Force = (typeof FORCES)[number]

export class Strikes {
  readonly killed = { leaves: 0, inner: 0, workers: 0 }
  stopped = 0
  readonly #dice: Chance
  readonly #folder: string
  readonly #forces: ReadonlySet<Force>

  constructor(dice: Chance, folder: string, forces: ReadonlySet<Force>) {
    this.#dice = dice
    this.#folder = folder
    this.#forces = forces
  }

  /** @returns whether there was anybody to be struck */
  async strike(): Promise<boolean> {
    const all = readAtWork(this.#folder)
    const parents = new Map(all.map(({ pid, parent }) => [pid, parent]))
    const leaves = all.filter(({ role, bytes }) => (role === 'putter' || role === 'getter') && bytes > LEAST_BYTES)
    const inner = all.filter((one) => one.role === 'inner' && leaves.some((leaf) => isAbove(one, leaf, parents)))
    const workers = all.filter(({ role }) => role === 'worker')
    switch (this.#dice.below(8)) {
      case 0:
        return this.#kill('workers', workers)
      case 1:
        return this.#kill('leaves', leaves)
      case 2:
      case 3:
        return this.#kill('inner', inner)
      default:
        return await this.#stop(all)
    }
  }

  #kill(what: keyof Strikes['killed'], victims: readonly AtWork[]): boolean {
    if (victims.length === 0 || !this.#forces.has(what)) return false
    this.killed[what]++
    signal(this.#dice.pick(victims).pid, 'SIGKILL')
    return true
  }

  /** For a moment. What is in the middle is sometimes killed after it: by then others have written much to it that it has not read. */
  async #stop(victims: readonly AtWork[]): Promise<boolean> {
    if (victims.length === 0 || !this.#forces.has('stops')) return false
    this.stopped++
    const victim = this.#dice.pick(victims)
    signal(victim.pid, 'SIGSTOP')
    await pause(this.#dice.below(LONGEST_STOP_MS))
    if (victim.role === 'inner' && this.#dice.below(2) === 0) this.#kill('inner', [victim])
    signal(victim.pid, 'SIGCONT')
    return true
  }
}
