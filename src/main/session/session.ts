/** One run of a program: its events in, its state out, and the commands that end it. */

import { mainOf } from '../../multiprocessing/main.ts'
import { createClock } from '../../multiprocessing/run/clock.ts'
import { type RunHandle, startRun } from '../../multiprocessing/run/start-run.ts'
import { Door } from '../../session/door.ts'
import { livingChildren } from '../../session/processes.ts'
import { reduce } from '../../session/reduce.ts'
import { createReducedState, type ReducedState } from '../../session/state.ts'
import type { SessionOutcome, TelemetryEvent } from '../../shared/telemetry.ts'
import type { Monitor } from '../monitor/monitor.ts'
import type { ProgramDefinition } from '../programs/catalog.ts'

export interface SessionOptions {
  id: string
  program: ProgramDefinition
  /** Checked values of the program's parameters, the speed among them. */
  values: Record<string, string | number>
  /** The Node for its children; null for the one that runs this, or FORKSCOPE_NODE. */
  nodePath?: string | null
  /** Without one, CPU and memory are not sampled. */
  monitor?: Monitor
}

export class Session {
  readonly id: string
  readonly program: ProgramDefinition
  readonly values: Readonly<Record<string, string | number>>
  /** Resolves when the session has ended. Never rejects. */
  readonly ended: Promise<SessionOutcome>
  readonly nowUs: () => number
  readonly state: ReducedState
  readonly #door: Door
  readonly #nodePath: string | null
  readonly #monitor: Monitor | undefined
  readonly #listeners = new Set<(event: TelemetryEvent) => void>()
  readonly #startedAt = new Date()
  #handle: RunHandle | null = null
  #settle: (outcome: SessionOutcome) => void = () => {}
  #stopAsked = false

  constructor({ id, program, values, nodePath, monitor }: SessionOptions) {
    this.id = id
    this.program = program
    this.values = values
    this.#nodePath = nodePath ?? null
    this.#monitor = monitor
    this.state = createReducedState(id, program.id, program.title)
    this.#originNs = process.hrtime.bigint()
    this.nowUs = createClock(this.#originNs)
    this.#door = new Door({ source: program.title, nowUs: this.nowUs, take: (event) => this.#take(event) })
    this.ended = new Promise((resolve) => (this.#settle = resolve))
  }

  readonly #originNs: bigint

  /** Whether it was started and has not ended. */
  get running(): boolean {
    return this.#handle !== null && this.state.head.endedAtUs === null
  }

  /** @returns a function that ends the subscription. Events come in the order they happened to be told. */
  onEvent(listener: (event: TelemetryEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Loads the program and calls its main function.
   * @throws whatever the program's module throws when it is loaded
   */
  async start(): Promise<void> {
    const { module } = this.program
    await import(module.href)
    const main = mainOf(module.href)
    if (!main) throw new Error(`${this.program.title} has no main function: its module must call main(import.meta, …).`)
    const { speed, ...values } = this.values
    this.#door.enter({
      type: 'session.started',
      atUs: this.nowUs(),
      program: this.program.id,
      title: this.program.title,
      parameters: { ...this.values },
      startedAt: this.#startedAt.toISOString(),
    })
    const unmonitor = this.#monitor?.add({
      processes: () =>
        [...this.state.processes.rows.values()]
          .filter((row) => row.state !== 'exited' && row.kind !== 'thread')
          .map(({ id, pid, startedAtUs }) => ({ process: id, pid, startedAtUs })),
      nowUs: this.nowUs,
      sampled: (samples) => this.#door.enter({ type: 'process.sampled', atUs: this.nowUs(), samples }),
    })
    const handle = startRun({
      main: () => main.run(values),
      speed: Number(speed ?? 1),
      nodePath: this.#nodePath,
      originNs: this.#originNs,
      sink: (event) => this.#door.enter(event),
    })
    this.#handle = handle
    handle.ended.then(({ outcome, leftovers }) => {
      unmonitor?.()
      this.#door.enter({ type: 'session.ended', atUs: this.nowUs(), outcome, leftovers })
      this.#settle(outcome)
    })
    if (this.#stopAsked) await this.stop()
  }

  /** Stops it; doing so twice, before the start or after the end is fine. @returns how many processes are left: 0 */
  async stop(): Promise<{ leftovers: number }> {
    this.#stopAsked = true
    if (!this.#handle) return { leftovers: 0 }
    if (this.running && this.state.head.phase !== 'stopping')
      this.#door.enter({ type: 'session.stopping', atUs: this.nowUs() })
    const { leftovers } = await this.#handle.stop()
    await this.ended
    return { leftovers }
  }

  /** Sends a signal to one of its processes. See `RunHandle.signal` for what it returns */
  signal(process: string, signal: 'SIGTERM' | 'SIGKILL'): 'sent' | 'gone' | 'unknown' {
    const row = livingChildren(this.state).find(({ id }) => id === process)
    return (row && this.#handle?.signal(process, row.pid, signal)) ?? 'gone'
  }

  /** Submits a failed task again. @returns the new task's id, or null if that task cannot be run again; throws StateError */
  retry(task: string): string | null {
    return this.#handle?.retry(task) ?? null
  }

  /** An error of the program that nobody caught. */
  fail(thrown: unknown): void {
    this.#handle?.fail(thrown)
  }

  #take(event: TelemetryEvent): void {
    reduce(this.state, event)
    for (const listener of this.#listeners) listener(event)
  }
}
