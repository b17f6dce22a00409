/** Runs a program's main function in this process, observed: what the app, the terminal and the tests start programs with. */
import type { ErrorInfo, TelemetryEvent } from '../../shared/telemetry.ts'
import { errorInfo, MultiprocessingError, StoppedError } from '../errors.ts'
import { descendsFrom } from '../process/ancestry.ts'
import { describeError } from '../process/problems.ts'
import { isBelow } from '../wire/hub.ts'
import { captureOutput } from './capture-output.ts'
import { endRun, stopRun } from './end-run.ts'
import { describeLost, whenNothingIsLeft } from './lost.ts'
import { outsideRuns, Run, runOfContext } from './run.ts'

export interface StartRunOptions {
  /** The program's main function. */
  main: () => unknown
  speed: number
  /** The Node for its children; null for the one that runs this, or FORKSCOPE_NODE. */
  nodePath: string | null
  /** Zero of the run's clock. */
  originNs: bigint
  sink: (event: TelemetryEvent) => void
}

export interface RunEnd {
  outcome: 'finished' | 'stopped' | 'failed'
  /** Processes that are left; anything but 0 is a defect. */
  leftovers: number
}

/** How long a stopped main function may take to clean up. */
const PATIENCE_MS = 1_000

const handles = new WeakMap<Run, RunHandle>()
/** Those that have not ended. */
const living = new Set<RunHandle>()

export class RunHandle {
  /** Resolves when main has returned and no process of the run is left. Never rejects. */
  readonly ended: Promise<RunEnd>
  readonly #run: Run
  #stopping: Promise<RunEnd> | null = null
  #abandon: (reason: Error) => void = () => {}
  readonly #abandoned = new Promise<never>((_resolve, reject) => (this.#abandon = reject))
  #error: ErrorInfo | null = null
  #exited = false

  constructor(run: Run, main: () => unknown) {
    this.#run = run
    this.#abandoned.catch(() => {})
    // Main begins within this call, and may ask for it.
    handles.set(run, this)
    this.ended = this.#live(main)
  }

  /** Stops the run, by force where asking does not help. Calling it again, or after the end, gives the same answer. */
  stop(): Promise<RunEnd> {
    if (!this.#stopping) {
      this.#stopping = stopRun(this.#run).then(async () => {
        // Main may wait for something that knows nothing of stopping. It is left behind; it can start nothing any more.
        const timer = setTimeout(() => this.#abandon(new StoppedError()), PATIENCE_MS)
        const end = await this.ended
        clearTimeout(timer)
        return end
      })
    }
    return this.#stopping
  }

  /**
   * Sends a signal to a process of the run. One that this process did not start itself is reached by its pid, which is the word of
   * another process: only if the kernel knows it as one below that is it believed.
   * @returns the pid, as unknown, if the kernel does not; `gone` if nothing is left that it could be below
   */
  signal(path: string, signal: 'SIGTERM' | 'SIGKILL'): 'sent' | 'gone' | { unknown: number } {
    const above = [...this.#run.children].find((child) => isBelow(path, child.path))
    const pid = this.#run.toldPid(path)
    if (above?.pid === undefined || pid === undefined) return 'gone'
    if (above.path === path) above.signal(signal, false)
    else if (descendsFrom(pid, above.pid)) process.kill(pid, signal)
    else return { unknown: pid }
    return 'sent'
  }

  /**
   * Submits a failed task's call again.
   * @returns the new task's id, or null if there is no such task to be run again
   * @throws StateError if its pool has ended
   */
  retry(task: string): string | null {
    return this.#run.retries.get(task)?.() ?? null
  }

  /**
   * An error of the program that nobody caught, such as one thrown in a timer: it ends the run, as it ends a process. Of a run that has
   * ended by itself it is told all the same. What a program throws while it is stopped, or after such an error, is the end of that.
   */
  fail(thrown: unknown): void {
    this.#fail(thrown)
    void this.stop()
  }

  /** The program has called `process.exit`, where that must not end the process. */
  exit(code: number): void {
    if (code === 0) this.#exited = true
    else this.#fail(new Error(`process.exit(${code})`))
    void this.stop()
  }

  #fail(thrown: unknown): void {
    const run = this.#run
    if (run.stopped || this.#error) return
    const error = errorInfo(thrown)
    this.#error = error
    run.problem(false, {
      kind: 'program-failed',
      message: `main failed: ${describeError(error)}`,
      process: run.path,
      pid: process.pid,
      error,
    })
  }

  async #live(main: () => unknown): Promise<RunEnd> {
    const run = this.#run
    // A host that waits for nothing else, such as the terminal, can tell that main waits for what will never come.
    const stopLooking = whenNothingIsLeft(() => this.#abandon(new MultiprocessingError(describeLost(run))))
    try {
      const lived = run.within(async () => {
        await main()
        await endRun(run)
      })
      await Promise.race([lived, this.#abandoned])
    } catch (error) {
      this.#fail(error)
      await stopRun(run)
    }
    stopLooking()
    if (run.stopped) await stopRun(run)
    for (const report of run.reporters) report()
    const outcome = this.#error ? 'failed' : run.stopped && !this.#exited ? 'stopped' : 'finished'
    const exitCode = outcome === 'failed' ? 1 : 0
    run.emit({ type: 'process.exited', atUs: run.nowUs(), process: run.path, exitCode, signal: null })
    run.close()
    return { outcome, leftovers: run.children.size }
  }
}

/** @returns the handle of the observed run that the calling code belongs to, also once it has ended */
export function handleOfContext(): RunHandle | undefined {
  const run = runOfContext()
  return run && handles.get(run)
}

/** @returns the handle of the only observed run that has not ended, if there is but one */
export function onlyHandle(): RunHandle | undefined {
  return living.size === 1 ? living.values().next().value : undefined
}

/** Starts at once: events come from within this call on. */
export function startRun(options: StartRunOptions): RunHandle {
  const { main, speed, nodePath, originNs } = options
  const sink = (event: TelemetryEvent) => outsideRuns(() => options.sink(event))
  const run = new Run({ path: '0', name: 'main', speed, nodePath, originNs, sink })
  captureOutput(run)
  run.emit({
    type: 'process.started',
    atUs: run.nowUs(),
    process: run.path,
    name: run.name,
    pid: process.pid,
    parentPid: process.ppid,
    parent: null,
    kind: 'main',
  })
  run.blocking?.running()
  const handle = new RunHandle(run, main)
  living.add(handle)
  handle.ended.then(() => living.delete(handle))
  return handle
}
