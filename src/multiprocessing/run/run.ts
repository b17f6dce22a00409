/**
 * A run: one execution of a program, as the part of it sees it that lives in this process.
 *
 * Several runs can share a process (the app runs its demos in its own), so nothing about a run is global: what belongs to
 * it is found through the asynchronous context that its main function was called in. A child belongs to one run only.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { ObjectKind, ProblemRaised, ProcessExited, TelemetryEvent } from '../../shared/telemetry.ts'
import { StoppedError } from '../errors.ts'
import { Hub } from '../wire/hub.ts'
import { Blocking } from './blocking.ts'
import { clockMs, createClock } from './clock.ts'
import { EventsFromBelow } from './events-from-below.ts'
import { after } from './timer.ts'
import type { Waiting } from './waiting.ts'

export interface RunOptions {
  /** This process's place in the tree: `0` is the run's main process, `0.2` its second child. Also its id. */
  path: string
  /** The process's name, `main` for the first. */
  name: string
  /** Program time per real time. */
  speed: number
  /** The Node that children run under; null for the one that runs this. */
  nodePath: string | null
  /** Zero of the clock. */
  originNs: bigint
  /** Where events go; null when nobody watches, and then nothing is measured. */
  sink: ((event: TelemetryEvent) => void) | null
  /** The process that processes below send their events to, if it is not this one. */
  observer?: string | null
}

export type Counter = ObjectKind | 'process' | 'queue' | 'pool' | 'task' | 'problem' | 'worker'

/** After so much time, or so many operations, the event loop gets a turn. */
const BREATHE_MS = 2
const BREATHE_EVERY = 1_024

/** When it is looked at whether this process must stay for what waits in it: soon at first, then more and more rarely. */
const STAY_ALIVE_MS = { first: 100, last: 3_000 }

const context = new AsyncLocalStorage<Run>()
let processRun: Run | undefined

/** Something that keeps a run going, or must be ended with it. */
export interface Ending {
  /** What is waited for by who waits for that; left out for what is never waited for. */
  readonly waiting?: Waiting
  /** Resolves once nothing is left to do for it. */
  idle(): Promise<void>
  /** Ends it for good, without waiting for work that is left. */
  end(reason: Error): void
}

/** What a run must know of a process that it has started. */
export interface RunChild {
  readonly path: string
  readonly name: string
  readonly pid: number | undefined
  readonly daemon: boolean
  readonly ended: Promise<unknown>
  signal(signal: NodeJS.Signals, asked: boolean): void
}

export class Run {
  readonly path: string
  readonly name: string
  readonly speed: number
  readonly nodePath: string | null
  readonly originNs: bigint
  readonly nowUs: () => number
  readonly hub: Hub
  readonly blocking: Blocking | null
  /** Where events of processes below go; null when nobody watches. */
  readonly observer: string | null
  readonly children = new Set<RunChild>()
  readonly pools = new Set<Ending>()
  /** Called when the run ends, to tell what was held back. */
  readonly reporters = new Set<() => void>()
  /** Failed tasks that can be run again, by task id. */
  readonly retries = new Map<string, () => string>()
  readonly #sink: ((event: TelemetryEvent) => void) | null
  readonly #counts = new Map<string, number>()
  #tasks = 0
  /** How to interrupt what waits now, and what for, in the order it began. */
  readonly #waits = new Map<(error: Error) => void, Waiting | 'sleeping' | undefined>()
  /** Pids of the processes that live, by path, as they were told. */
  readonly #living = new Map<string, number>()
  #alive: NodeJS.Timeout | undefined
  #breathEvery = 16
  #untilBreath = 16
  #lastBreathMs = clockMs()
  #stopped: Error | null = null
  #over = false
  /** Problems that nobody in the program was looking out for: they make it end with exit code 1. */
  unobservedProblems = 0
  /** Tells them to whoever started this process, for they count for the exit code of the whole program. */
  onUnobservedProblem: (() => void) | null = null

  constructor(options: RunOptions) {
    this.path = options.path
    this.name = options.name
    this.speed = options.speed
    this.nodePath = options.nodePath
    this.originNs = options.originNs
    this.nowUs = createClock(options.originNs)
    this.#sink = options.sink
    this.hub = new Hub(this)
    this.blocking = options.sink ? new Blocking(options.path, this.nowUs, (event) => this.emit(event)) : null
    this.observer = options.sink ? (options.observer ?? options.path) : null
    if (this.observer === this.path) this.hub.service(EventsFromBelow, () => new EventsFromBelow(this))
    if (this.blocking) this.reporters.add(() => this.blocking?.end())
  }

  /** From now on only problems are told: what is left of the run, such as a grandchild that prints, is not part of it any more. */
  close(): void {
    this.#over = true
  }

  /** Whether somebody watches. Ask before making an event that costs anything to make. */
  get observed(): boolean {
    return this.#sink !== null
  }

  emit(event: TelemetryEvent): void {
    if (!this.#sink || (this.#over && event.type !== 'problem.raised')) return
    if (event.type === 'process.started') {
      if (!this.#living.has(event.process)) this.#living.set(event.process, event.pid)
    } else if (event.type === 'process.exited') {
      if (!this.#living.delete(event.process)) return
      this.#emitLost(event)
    }
    this.#sink(event)
  }

  /** A process is gone: what lived below it is gone with it, or will be within a second, and cannot tell. */
  #emitLost({ process, atUs, asked }: ProcessExited): void {
    for (const id of [...this.#living.keys()]) {
      if (!id.startsWith(`${process}.`)) continue
      const end = { exitCode: null, signal: 'SIGKILL', ...(asked && { asked }) }
      this.emit({ type: 'process.exited', atUs, process: id, ...end })
    }
  }

  /**
   * Something the user should know. It is an event where somebody watches; else it is printed, unless the program itself
   * looks at it.
   */
  problem(observed: boolean, problem: Omit<ProblemRaised, 'type' | 'atUs' | 'problem'>): void {
    if (!observed) this.countUnobservedProblem()
    if (this.observed) {
      this.emit({ type: 'problem.raised', atUs: this.nowUs(), problem: this.id('problem'), ...problem })
    } else if (!observed) {
      const { message, consequence, error } = problem
      const lines = [message, ...(consequence ? [consequence] : []), ...(error ? [error.stack] : [])]
      process.stderr.write(`${lines.join('\n')}\n`)
    }
  }

  /** Counts a problem that was told, here or below, and that nobody in the program was looking out for. */
  countUnobservedProblem(): void {
    this.unobservedProblems++
    this.onUnobservedProblem?.()
  }

  /** @returns the pid that a living process has been told to have; only of a child of this process is that sure */
  toldPid(path: string): number | undefined {
    return this.#living.get(path)
  }

  /** @returns 1, 2, 3 … */
  count(what: Counter): number {
    // The only ones of which there are millions.
    if (what === 'task') return ++this.#tasks
    const next = (this.#counts.get(what) ?? 0) + 1
    this.#counts.set(what, next)
    return next
  }

  /** @returns an id that no other process of the run gives */
  id(what: Exclude<Counter, 'process' | 'worker'>): string {
    return `${this.path}/${what}${this.count(what)}`
  }

  /** @returns `name`, or `name 2` and so on if a process of that name was started before */
  uniqueName(name: string): string {
    const key = `name:${name}`
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    return count === 1 ? name : `${name} ${count}`
  }

  /** @returns real milliseconds for milliseconds that the program names; undefined stays that */
  realMs<T extends number | undefined>(programMs: T): T {
    return (programMs === undefined ? programMs : programMs / this.speed) as T
  }

  /** Calls `late` once so much program time is over; undefined is never. @returns what to call to stop the clock */
  after(programMs: number | undefined, late: () => void): () => void {
    return after(this.realMs(programMs), late)
  }

  get stopped(): Error | null {
    return this.#stopped
  }

  /** Ends every wait of this run in this process with `error`, and every wait that begins later. */
  interrupt(error: Error = new StoppedError()): void {
    if (this.#stopped) return
    this.#stopped = error
    for (const interrupt of [...this.#waits.keys()]) interrupt(error)
    this.#mayEnd()
  }

  /**
   * A promise that also ends, with the reason, when the run is stopped. The program may not be looking at it any more by
   * then, so that end alone never counts as an unhandled rejection.
   * @param begin begins to wait; it returns what to call if the wait is interrupted
   * @param what it waits for; undefined for what does not take long
   * @param timeoutMs how long it may take, in real milliseconds, as it is shown
   */
  wait<T>(
    begin: (resolve: (value: T) => void, reject: (error: Error) => void) => (() => void) | undefined,
    what?: Waiting | 'sleeping',
    timeoutMs?: number,
  ): Promise<T> {
    if (this.#stopped) {
      const ended = Promise.reject<T>(this.#stopped)
      ended.catch(() => {})
      return ended
    }
    this.#stayAlive()
    const promise = new Promise<T>((resolve, reject) => {
      let leave: (() => void) | undefined
      let cancel: (() => void) | undefined
      let open = true
      const end = () => {
        open = false
        this.#waits.delete(interrupt)
        leave?.()
        this.#mayEnd()
      }
      const interrupt = (error: Error) => {
        promise.catch(() => {})
        end()
        cancel?.()
        reject(error)
      }
      this.#waits.set(interrupt, what)
      cancel = begin(
        (value) => {
          end()
          resolve(value)
        },
        (error) => {
          end()
          reject(error)
        },
      )
      if (open && what && this.blocking) leave = this.blocking.enter(what, timeoutMs)
    })
    return promise
  }

  /** What is waited for now, the latest last; undefined for what was not expected to take long. */
  get waits(): readonly (Waiting | 'sleeping' | undefined)[] {
    return [...this.#waits.values()]
  }

  /**
   * A loop over operations that this process answers itself would never let it hear from others: now and then it is held up
   * for one turn of the event loop, after an operation, so that the order in which operations begin stays as it is.
   */
  breathe(): Promise<void> | undefined {
    if (--this.#untilBreath > 0) return undefined
    return this.#takeBreath()
  }

  /** How many operations fit between two breaths is learnt: asking the clock each time would cost as much as most of them. */
  #takeBreath(): Promise<void> {
    const tookMs = clockMs() - this.#lastBreathMs
    const fitting = (this.#breathEvery * BREATHE_MS) / Math.max(tookMs, 0.001)
    this.#breathEvery = Math.max(1, Math.min(BREATHE_EVERY, this.#breathEvery * 2, Math.ceil(fitting)))
    this.#untilBreath = this.#breathEvery
    return new Promise((resolve) =>
      setImmediate(() => {
        this.#lastBreathMs = clockMs()
        resolve()
      }),
    )
  }

  /**
   * While something waits and there are processes that may end the wait, this process does not end: its parent, a daemon and
   * an idle worker hold no event loop by themselves. Where nobody is left who could, it ends, instead of waiting for ever.
   */
  #stayAlive(): void {
    if (!this.#alive) this.#lookAgainIn(STAY_ALIVE_MS.first)
    else if (this.#waits.size === 0) this.#alive.ref()
  }

  #lookAgainIn(ms: number): void {
    this.#alive = setTimeout(() => {
      this.#alive = undefined
      const others = this.hub.hasParent || this.children.size > 0
      if (this.#waits.size > 0 && others) this.#lookAgainIn(Math.min(2 * ms, STAY_ALIVE_MS.last))
    }, ms)
  }

  /** Nothing waits any more: what only waited to look holds nobody up. */
  #mayEnd(): void {
    if (this.#waits.size === 0) this.#alive?.unref()
  }

  /** Calls `fn` so that everything it does, and whatever follows from it, belongs to this run. */
  within<T>(fn: () => T): T {
    return context.run(this, fn)
  }
}

/** Calls `fn` outside of every run, for code that serves runs and is not part of one. */
export function outsideRuns<T>(fn: () => T): T {
  return context.exit(fn)
}

/** @returns the run that the calling code belongs to, or undefined outside of any */
export function runOfContext(): Run | undefined {
  return context.getStore() ?? processRun
}

/** @returns the run that the calling code belongs to; code outside of any gets the process's own, which nobody watches */
export function currentRun(): Run {
  const run = runOfContext()
  if (run) return run
  processRun = new Run({
    path: '0',
    name: 'main',
    speed: 1,
    nodePath: null,
    originNs: process.hrtime.bigint(),
    sink: null,
  })
  return processRun
}

/** Makes `run` the one that all code of this process belongs to: in a child, and in a program run by itself. */
export function adoptRun(run: Run): void {
  processRun = run
}
