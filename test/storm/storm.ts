/**
 * Producers, relays, sinks and a pool under random SIGKILL, SIGSTOP and slow readers; at the end every item is accounted for
 * exactly once, every task has ended, and nothing is left.
 *
 * Each process notes what it does in a file the moment it has done it. An item may only be missing if a process was killed
 * between taking it and noting that it had passed it on, at most one for each that was killed.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AsyncResult, Pool, Process, Queue } from '../../src/multiprocessing/index.ts'
import { startRun } from '../../src/multiprocessing/run/start-run.ts'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'
import { pass, produce, task } from '../fixtures/storm.ts'
import { type Chance, chance } from '../seeded.ts'
import { isAlive, waitUntil } from '../wait-until.ts'

export interface StormReport {
  seed: number
  items: number
  arrived: number
  kills: number
  stops: number
  tasks: { done: number; failed: number }
  /** What must not be: each a sentence. Empty after a good run. */
  faults: string[]
}

export interface StormOptions {
  seed: number
  /** For how long processes are killed and stopped, in ms; then everything is left to come to its end. */
  forMs: number
}

const ITEMS_EACH = 400
const TASKS = 150

type Role = 'produce' | 'relay' | 'sink'

interface Member {
  role: Role
  process: Process
  file: string
  killed: boolean
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length
}

/** Everything that a kind of process has noted with a sign. */
function noted(folder: string, role: Role, sign: string): number[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(role))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line.startsWith(sign))
    .map((line) => Number(line.slice(1)))
}

class Storm {
  readonly #dice: Chance
  readonly #seed: number
  readonly #folder: string
  readonly #members: Member[] = []
  readonly #first = new Queue<number>({ maxsize: 8 })
  readonly #second = new Queue<number>()
  readonly #pidsOfWorkers: () => number[]
  #made = 0
  #nextItem = 0
  kills = 0
  stops = 0

  constructor(seed: number, folder: string, pidsOfWorkers: () => number[]) {
    this.#dice = chance(seed)
    this.#seed = seed
    this.#folder = folder
    this.#pidsOfWorkers = pidsOfWorkers
  }

  start(role: Role): void {
    const number = ++this.#made
    const file = join(this.#folder, `${role}-${number}`)
    const seed = this.#seed * 1_000 + number
    let process: Process
    if (role === 'produce') {
      process = new Process(produce, [this.#first, file, this.#nextItem, ITEMS_EACH, seed])
      this.#nextItem += ITEMS_EACH
    } else if (role === 'relay') process = new Process(pass, [this.#first, this.#second, file, seed])
    else process = new Process(pass, [this.#second, null, file, seed])
    process.start()
    this.#members.push({ role, process, file, killed: false })
  }

  /** Kills or stops somebody, now and then a worker of the pool. */
  async strike(): Promise<void> {
    const living = this.#members.filter(({ process }) => process.isAlive())
    const workers = this.#pidsOfWorkers()
    if (this.#dice.below(4) === 0 && workers.length > 0) {
      this.#kill(this.#dice.pick(workers))
      return
    }
    if (living.length === 0) return
    const member = this.#dice.pick(living)
    const pid = member.process.pid as number
    if (this.#dice.below(2) === 0) {
      this.stops++
      this.#signal(pid, 'SIGSTOP')
      await pause(this.#dice.below(30))
      this.#signal(pid, 'SIGCONT')
      return
    }
    member.killed = true
    this.#kill(pid)
    await member.process.join()
    this.start(member.role)
  }

  #kill(pid: number): void {
    this.kills++
    this.#signal(pid, 'SIGKILL')
  }

  #signal(pid: number, signal: NodeJS.Signals): void {
    try {
      process.kill(pid, signal)
    } catch {
      // It ended by itself in the meantime.
    }
  }

  #joinAll(role: Role): Promise<unknown> {
    return Promise.all(this.#members.filter((member) => member.role === role).map(({ process }) => process.join()))
  }

  /** Lets everything come to its end, stage after stage. */
  async finish(): Promise<void> {
    await this.#joinAll('produce')
    await this.#first.close()
    await this.#joinAll('relay')
    await this.#second.close()
    await this.#joinAll('sink')
  }

  account(): { items: number; arrived: number; faults: string[] } {
    const faults: string[] = []
    const killed = (role: Role) => this.#members.filter((member) => member.role === role && member.killed).length
    for (const { role, process, killed: wasKilled } of this.#members) {
      if (!wasKilled && process.exitCode !== 0) faults.push(`a ${role} ended with ${process.exitCode}`)
    }
    const stage = (what: string, sent: number[], begun: number[], got: number[], mayMiss: number) => {
      const arrived = new Set(got)
      if (arrived.size !== got.length) faults.push(`${what}: ${got.length - arrived.size} items came twice`)
      const known = new Set(begun)
      const strangers = got.filter((item) => !known.has(item))
      if (strangers.length > 0) faults.push(`${what}: ${strangers.length} items came that nobody sent`)
      const missing = new Set(sent.filter((item) => !arrived.has(item)))
      if (missing.size > mayMiss) {
        faults.push(
          `${what}: ${missing.size} items are missing, with ${mayMiss} getters killed: ${[...missing].slice(0, 5)}`,
        )
      }
    }
    const produced = noted(this.#folder, 'produce', '+')
    const relayed = noted(this.#folder, 'relay', '-')
    const passedOn = noted(this.#folder, 'relay', '+')
    const sunk = noted(this.#folder, 'sink', '-')
    stage('producers to relays', produced, noted(this.#folder, 'produce', '?'), relayed, killed('relay'))
    stage('relays to sinks', passedOn, relayed, sunk, killed('sink'))
    return { items: produced.length, arrived: sunk.length, faults }
  }
}

async function runTasks(seed: number, faults: string[]): Promise<StormReport['tasks']> {
  const pool = new Pool(3)
  const results: AsyncResult<number>[] = []
  for (let number = 0; number < TASKS; number++) results.push(pool.applyAsync(task, [number, seed * 7 + number]))
  pool.close()
  const ends = await Promise.allSettled(results.map((result) => result.get()))
  await pool.join()
  const done = ends.filter((end) => end.status === 'fulfilled')
  for (const [number, end] of ends.entries()) {
    if (end.status === 'fulfilled') {
      if (end.value !== number) faults.push(`task ${number} gave the result of another, ${end.value}`)
    } else if (!['Error', 'WorkerDiedError'].includes(end.reason.name)) {
      faults.push(`task ${number} failed with ${end.reason.name}: ${end.reason.message}`)
    }
  }
  return { done: done.length, failed: ends.length - done.length }
}

/** Runs one storm in this process. Everything about it but the machine's own timing is decided by the seed. */
export async function runStorm({ seed, forMs }: StormOptions): Promise<StormReport> {
  const folder = mkdtempSync(join(tmpdir(), 'forkscope-storm-'))
  mkdirSync(folder, { recursive: true })
  const descriptorsBefore = openDescriptors()
  const events: TelemetryEvent[] = []
  const faults: string[] = []
  const report: StormReport = { seed, items: 0, arrived: 0, kills: 0, stops: 0, tasks: { done: 0, failed: 0 }, faults }
  const started = new Map<string, number>()
  const workers = new Map<string, number>()
  const handle = startRun({
    speed: 1,
    nodePath: null,
    originNs: process.hrtime.bigint(),
    sink: (event) => {
      events.push(event)
      // Workers that have begun a task: a pool whose workers never live to begin one gives up, as it should.
      if (event.type === 'process.started' && event.kind === 'worker') started.set(event.process, event.pid)
      if (event.type === 'task.started') workers.set(event.process, started.get(event.process) as number)
      if (event.type === 'process.exited') workers.delete(event.process)
    },
    main: async () => {
      const storm = new Storm(seed, folder, () => [...workers.values()])
      for (const role of ['produce', 'produce', 'produce', 'relay', 'relay', 'sink', 'sink'] as const) storm.start(role)
      const tasks = runTasks(seed, faults)
      const dice = chance(seed + 1)
      for (const end = performance.now() + forMs; performance.now() < end; ) {
        await storm.strike()
        await pause(20 + dice.below(60))
      }
      report.tasks = await tasks
      await storm.finish()
      const { items, arrived, faults: found } = storm.account()
      Object.assign(report, { items, arrived, kills: storm.kills, stops: storm.stops })
      faults.push(...found)
    },
  })
  const { outcome, leftovers } = await handle.ended
  if (outcome !== 'finished') faults.push(`the run ${outcome}`)
  if (leftovers > 0) faults.push(`${leftovers} processes are left`)
  for (const event of events) {
    if (event.type === 'process.started' && event.pid !== process.pid && isAlive(event.pid)) {
      faults.push(`${event.name} is left as pid ${event.pid}`)
    }
  }
  // An item that was on its way to a process that died is still in the queue, and counts as such: the owner's own books.
  const books = new Map(events.flatMap((event) => (event.type === 'queue.changed' ? [[event.queue, event]] : [])))
  for (const { queue, depth, puts, gets } of books.values()) {
    if (puts - gets !== depth || depth !== 0) faults.push(`${queue} has ${puts} put, ${gets} got, and depth ${depth}`)
  }
  const tasksEnded = events.filter(({ type }) => type === 'task.finished' || type === 'task.failed').length
  if (tasksEnded !== TASKS) faults.push(`${tasksEnded} of ${TASKS} tasks were told to have ended`)
  rmSync(folder, { recursive: true })
  await waitUntil('descriptors are given back', () => openDescriptors() <= descriptorsBefore + 1, 2_000).catch(() =>
    faults.push(`${openDescriptors() - descriptorsBefore} descriptors are left open`),
  )
  return report
}
