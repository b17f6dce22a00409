/** One run of a source: its events in, its state out, and the commands that it takes. Of what kind the source is nobody asks. */
import { Door } from '../../session/door.ts'
import { livingProcesses } from '../../session/processes.ts'
import { reduce } from '../../session/reduce.ts'
import { createReducedState, type ReducedState } from '../../session/state.ts'
import { isRecord } from '../../shared/checks.ts'
import type { Command, CommandResult } from '../../shared/commands.ts'
import type { SessionOutcome, TelemetryEvent } from '../../shared/telemetry.ts'
import type { Running, Source, SourceAbout, SourceEnd } from '../../sources/source.ts'
import type { Monitor } from '../monitor/monitor.ts'
import { Intake } from './intake.ts'
import { Judge } from './judge.ts'

export interface SessionOptions {
  id: string
  /** 1 for the first of its program. */
  number?: number
  source: Source
  /** Without one, CPU and memory are not sampled. */
  monitor?: Monitor
  /** Whether events may enter a turn of the event loop or more after they were told; true if left out. */
  inSlices?: boolean
}

export class Session {
  readonly id: string
  readonly number: number
  readonly about: SourceAbout
  /** Resolves when the session has ended. Never rejects. */
  readonly ended: Promise<SessionOutcome>
  readonly state: ReducedState
  readonly #source: Source
  readonly #door: Door
  readonly #intake: Intake
  readonly #monitor: Monitor | undefined
  readonly #listeners = new Set<(event: TelemetryEvent) => void>()
  #run: Running | null = null
  #settle: (outcome: SessionOutcome) => void = () => {}
  #lastUs = 0
  #begun = false
  #over = false
  #stopAsked = false

  constructor({ id, number = 1, source, monitor, inSlices = true }: SessionOptions) {
    this.id = id
    this.number = number
    this.about = source.about
    this.#source = source
    this.#monitor = monitor
    this.state = createReducedState(id, source.about.program, source.about.title)
    this.#door = new Door({ source: source.about.title, nowUs: () => this.nowUs(), take: (event) => this.#take(event) })
    this.#intake = new Intake(inSlices, (event) => this.#enter(event))
    this.ended = new Promise((resolve) => (this.#settle = resolve))
  }

  /** Whether it was started and has not ended. */
  get running(): boolean {
    return this.#run !== null && !this.#over
  }

  /** The commands that it takes now. */
  get can(): string[] {
    return this.#run && !this.#over ? [...this.#run.can] : []
  }

  /** The source's clock, in microseconds. */
  nowUs(): number {
    return this.#run?.nowUs() ?? this.#lastUs
  }

  /** Brings up to date what is not told as it happens; to be called before the state is shown. */
  settle(): void {
    this.#door.tellMalformed()
  }

  /** @returns a function that ends the subscription. Events come in the order they happened to be told. */
  onEvent(listener: (event: TelemetryEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** @throws whatever the source throws when it cannot begin */
  async start(): Promise<void> {
    const run = await this.#source.start({ emit: (event) => this.#intake.add(event) })
    this.#run = run
    this.#begin()
    const unmonitor = this.about.isHere ? this.#sample() : undefined
    const judge = new Judge({
      evidence: this.state,
      nowUs: () => this.nowUs(),
      tell: (event) => this.#intake.add(event),
    })
    run.ended
      .catch((error: Error): SourceEnd => {
        const message = `${this.about.title} has ended without a word: ${error.message}`
        const raised = { problem: 'session/lost', kind: 'program-failed', message } as const
        this.#intake.add({ type: 'problem.raised', atUs: this.nowUs(), ...raised })
        return { outcome: 'failed', leftovers: 0 }
      })
      .then(async (end) => {
        unmonitor?.()
        judge.stop()
        await this.#intake.empty()
        this.#end(end)
      })
    if (this.#stopAsked) await this.stop()
  }

  /** Stops it; doing so twice, before the start or after the end is fine. @returns how many processes are left: 0 */
  async stop(): Promise<{ leftovers: number }> {
    this.#stopAsked = true
    if (!this.#run) return { leftovers: 0 }
    if (this.running && this.state.head.phase === 'running')
      this.#intake.add({ type: 'session.stopping', atUs: this.nowUs() })
    const { leftovers } = await this.#run.stop()
    await this.ended
    return { leftovers }
  }

  /** Never rejects for what cannot be done, which is an answer. */
  async do(command: Command): Promise<CommandResult> {
    const { title } = this.about
    if (!this.#run || this.#over) return conflict(`${title} does not run any more.`)
    if (!this.#run.can.has(command.type)) return conflict(`${title} cannot be told to ${command.type}.`)
    return this.#refusal(command) ?? this.#run.do(command)
  }

  #refusal({ type, process }: Command): CommandResult | null {
    if (process === undefined) return null
    const row = this.state.processes.rows.get(String(process))
    if (!row) return { ok: false, code: 'not-found', message: 'There is no such process in this session.' }
    if (row.state === 'exited') return conflict(`${row.name} has ended already.`)
    if (type !== 'signal') return null
    if (row.isApp) return conflict(`${row.name} is Forkscope itself; stop the program instead.`)
    return row.kind === 'thread' ? conflict('A thread has no process of its own to be ended.') : null
  }

  #sample(): (() => void) | undefined {
    return this.#monitor?.add({
      processes: () => livingProcesses(this.state).map(({ id, pid }) => ({ process: id, pid })),
      sampled: (samples) => this.#intake.add({ type: 'process.sampled', atUs: this.nowUs(), samples }),
    })
  }

  /** What comes after the end changes nothing, but for what has gone wrong all the same. */
  #enter(event: unknown): void {
    const isLate = this.#over && isRecord(event) && event.type === 'problem.raised'
    if (!this.#over || isLate) this.#door.enter(event)
    if (isLate) this.#take({ type: 'session.ended', atUs: this.nowUs(), outcome: 'failed', leftovers: 0 })
  }

  #take(event: TelemetryEvent): void {
    if (!this.#begun && event.type !== 'session.started') this.#begin()
    this.#begun = true
    this.#lastUs = event.atUs
    reduce(this.state, event)
    for (const listener of this.#listeners) listener(event)
  }

  #begin(): void {
    if (this.#begun) return
    const { program, title, parameters, startedAt = new Date().toISOString() } = this.about
    this.#begun = true
    this.#take({ type: 'session.started', atUs: 0, program, title, parameters: { ...parameters }, startedAt })
  }

  #end({ outcome, leftovers }: SourceEnd): void {
    this.settle()
    const atUs = this.nowUs()
    if (this.state.head.endedAtUs === null) this.#take({ type: 'session.ended', atUs, outcome, leftovers })
    this.#over = true
    this.#settle(outcome)
  }
}

function conflict(message: string): CommandResult {
  return { ok: false, code: 'conflict', message }
}
