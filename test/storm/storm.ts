/**
 * Putters, getters, pipelines and a pool in trees three deep, under random SIGKILL (of leaves, of what is in the middle, of workers),
 * SIGSTOP, slow processes, and a /dev/shm that is full now and then. At the end every item is accounted for exactly once, every task
 * has ended, and nothing is left.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AsyncResult, Pool } from '../../src/multiprocessing/index.ts'
import { startRun } from '../../src/multiprocessing/run/start-run.ts'
import type { TelemetryEvent } from '../../src/shared/telemetry.ts'
import { calmFile, failuresFile, type Soil, task } from '../fixtures/storm.ts'
import { chance } from '../seeded.ts'
import { isAlive, waitUntil } from '../wait-until.ts'
import { accountOf } from './accounts.ts'
import { hasGrown, live } from './field.ts'
import { type Item, itemOf, numberOf } from './items.ts'
import { type Note, readAtWork, readNotes } from './notes.ts'
import { fullNowAndThen } from './shared-memory.ts'
import { type Force, Strikes } from './strikes.ts'

export interface StormReport {
  seed: number
  put: number
  got: number
  givenBack: number
  killed: Strikes['killed']
  stopped: number
  /** How often /dev/shm was full; 0 where it is others' too. */
  full: number
  tasks: { done: number; failed: number }
  /** What must not be: each a sentence. Empty after a good storm. */
  faults: string[]
}

export interface StormOptions {
  seed: number
  /** How often somebody is killed or stopped; then everything is left to come to its end. */
  strikes: number
  /** With `full` only where /dev/shm is nobody else's. */
  forces: ReadonlySet<Force>
}

/** For everything to grow, and later to come to its end, on a machine that has much else to do. */
const PATIENCE_MS = 300_000
/** Of what failing processes wrote, so many characters are shown. */
const MOST_SAID = 3_000
const TASKS_AT_ONCE = 60
/** One task in so many has a large argument, and a large result. */
const LARGE_TASK = 10

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const openDescriptors = () => readdirSync('/proc/self/fd').length

/** Keeps a pool busy until it is over. */
async function runTasks(soil: Soil, isOver: () => boolean, report: StormReport): Promise<void> {
  const pool = new Pool(3)
  const faults: string[] = []
  const settle = async (number: number, result: AsyncResult<Item>) => {
    try {
      const got = numberOf(await result.get())
      report.tasks.done++
      if (got !== number) faults.push(`task ${number} gave the result of another, ${got}`)
    } catch (error) {
      const { name, message } = error as Error
      report.tasks.failed++
      if (name === 'WorkerDiedError' || message === `task ${number} throws`) return
      faults.push(`task ${number} failed with ${name}: ${message}`)
    }
  }
  for (let number = 0; !isOver(); ) {
    const settled: Promise<void>[] = []
    for (const end = number + TASKS_AT_ONCE; number < end; number++) {
      settled.push(settle(number, pool.applyAsync(task, [itemOf(number, number % LARGE_TASK === 0), soil])))
    }
    await Promise.all(settled)
  }
  pool.close()
  await pool.join()
  if (faults.length > 0)
    report.faults.push(`${faults.length} tasks ended as they should not: ${faults.slice(0, 4).join('; ')}.`)
}

function account(notes: readonly Note[], report: StormReport): void {
  const lost = new Set(
    notes.filter(({ role, ended }) => role === 'inner' && !ended).map(({ number }) => `pipeline ${number}`),
  )
  for (const [arena, its] of Map.groupBy(notes, ({ arena }) => arena)) {
    const { put, got, givenBack, faults } = accountOf(arena, its, lost.has(arena))
    report.put += put
    report.got += got
    report.givenBack += givenBack
    report.faults.push(...faults)
  }
}

/** The owner's own books, as they were told. */
function checkBooks(events: readonly TelemetryEvent[], report: StormReport): void {
  const books = new Map(events.flatMap((event) => (event.type === 'queue.changed' ? [[event.queue, event]] : [])))
  for (const { queue, depth, puts, gets } of books.values()) {
    // Those of trees may have been lost with their owners.
    if (!queue.startsWith('0/')) continue
    if (puts - gets !== depth || depth !== 0)
      report.faults.push(`${queue} has ${puts} put, ${gets} got, and depth ${depth}.`)
  }
}

/** Runs one storm in this process. Everything about it but the machine's own timing is decided by the seed. */
export async function runStorm({ seed, strikes: count, forces }: StormOptions): Promise<StormReport> {
  const folder = mkdtempSync(join(tmpdir(), 'forkscope-storm-'))
  const descriptorsBefore = openDescriptors()
  const soil: Soil = { folder, seed }
  const strikes = new Strikes(chance(seed), folder, forces)
  const report: StormReport = {
    seed,
    put: 0,
    got: 0,
    givenBack: 0,
    killed: strikes.killed,
    stopped: 0,
    full: 0,
    tasks: { done: 0, failed: 0 },
    faults: [],
  }
  let isOver = false
  const events: TelemetryEvent[] = []
  const handle = startRun({
    speed: 1,
    nodePath: null,
    originNs: process.hrtime.bigint(),
    sink: (event) => events.push(event),
    main: async () => {
      const lived = live(soil)
      const tasks = runTasks(soil, () => isOver, report)
      // If something else fails first, that is what is told.
      for (const part of [lived, tasks]) part.catch(() => {})
      const full = forces.has('full') ? fullNowAndThen(chance(seed + 1), () => isOver) : 0
      const dice = chance(seed + 2)
      await waitUntil('everything has grown', () => hasGrown(readdirSync(folder)), PATIENCE_MS)
      for (let struck = 0; struck < count; await pause(10 + dice.below(60))) if (await strikes.strike()) struck++
      isOver = true
      writeFileSync(calmFile(folder), '')
      const timer = setTimeout(() => {
        const left = readAtWork(folder).map(({ name }) => name)
        report.faults.push(`Not at its end after ${PATIENCE_MS} ms; still at work: ${left.join(', ')}.`)
        void handle.stop()
      }, PATIENCE_MS)
      report.full = await full
      await tasks
      await lived
      clearTimeout(timer)
    },
  })
  const { outcome, leftovers } = await handle.ended
  report.stopped = strikes.stopped
  const notes = readNotes(folder)
  account(notes, report)
  if (existsSync(failuresFile(folder))) {
    const said = events.flatMap((event) =>
      event.type === 'process.output' && event.stream === 'stderr' ? event.text : [],
    )
    report.faults.push(
      ...readFileSync(failuresFile(folder), 'utf8').trimEnd().split('\n'),
      said.join('').slice(-MOST_SAID),
    )
  }
  checkBooks(events, report)
  if (outcome !== 'finished') {
    const why = events.flatMap((event) =>
      event.type === 'problem.raised' && event.kind === 'program-failed' ? event.message : [],
    )
    report.faults.push(`The run ${outcome}. ${why.join(' ')}`)
  }
  if (leftovers > 0) report.faults.push(`${leftovers} processes are left.`)
  for (const { arena, role, pid } of notes) {
    // Who was killed before it could say who it is has 0.
    if (pid !== 0 && pid !== process.pid && isAlive(pid))
      report.faults.push(`A ${role} of ${arena} is left as pid ${pid}.`)
  }
  rmSync(folder, { recursive: true })
  await waitUntil('descriptors are given back', () => openDescriptors() <= descriptorsBefore + 1, 2_000).catch(() =>
    report.faults.push(`${openDescriptors() - descriptorsBefore} descriptors are left open.`),
  )
  return report
}
