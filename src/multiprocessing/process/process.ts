/** A process that runs one function: Python's `multiprocessing.Process`. */
import { constants } from 'node:os'
import { StateError } from '../errors.ts'
import { currentRun, type Run } from '../run/run.ts'
import { checkTimeout, type WaitOptions } from '../run/wait-options.ts'
import { waitingToJoin } from '../run/waiting.ts'
import { checkArgs, locateTarget, type Target, type TargetLocation } from '../targets.ts'
import { encodeValue } from '../wire/values.ts'
import { Child } from './child.ts'
import { type ChildEnd, reportProcessEnd } from './problems.ts'

/** The processes of each run that were started here and have not ended. */
const living = new WeakMap<Run, Set<Process>>()

function processesOf(run: Run): Set<Process> {
  let processes = living.get(run)
  if (!processes) living.set(run, (processes = new Set()))
  return processes
}

/** @returns the processes that this one has started and that have not ended. Python's `active_children()`. */
export function activeChildren(): Process[] {
  return [...processesOf(currentRun())]
}

export interface ProcessOptions {
  /** By default the target's name, numbered if it is taken. */
  name?: string
  /** A daemon is ended when the program's main function is done, instead of being waited for. */
  daemon?: boolean
}

/** The arguments after the target: left out only where the target takes none. */
// biome-ignore lint/suspicious/noExplicitAny: a target may take anything
export type TargetArgs<A extends any[]> = [] extends A
  ? [args?: A, options?: ProcessOptions]
  : [args: A, options?: ProcessOptions]

// biome-ignore lint/suspicious/noExplicitAny: a target may take anything
export class Process<A extends any[] = any[]> {
  readonly name: string
  readonly daemon: boolean
  readonly #run: Run
  readonly #location: TargetLocation
  readonly #args: Uint8Array
  #child: Child | null = null
  #end: ChildEnd | null = null

  /**
   * @param target an exported function; `args` are its arguments, copied now
   * @throws TargetError if a child could not find the function; UnsendableError if an argument cannot travel
   */
  constructor(target: Target<A>, ...[args, options]: TargetArgs<A>) {
    this.#location = locateTarget(target)
    checkArgs(args ?? [])
    this.#args = encodeValue(args ?? [], 'args')
    const given: unknown = options?.name
    if (given !== undefined && typeof given !== 'string') {
      throw new TypeError(`A process's name must be a text, but it is ${given === null ? 'null' : typeof given}.`)
    }
    this.#run = currentRun()
    this.name = options?.name ?? this.#run.uniqueName(target.name || 'process')
    this.daemon = options?.daemon ?? false
  }

  /**
   * Starts the process. Of many that are started in one go only the first begin within this call, so that the program is not
   * held up; the others follow in the next turns of the event loop.
   * @throws StateError if it was started before; MultiprocessingError if the system cannot start it: it may be tried again. Of one
   * that begins later, a problem tells so
   */
  start(): void {
    if (this.#child)
      throw new StateError(`The process ${this.name} was started before; make a new Process to run it again.`)
    if (this.#run.stopped) throw this.#run.stopped
    const options = { name: this.name, kind: 'process' as const, daemon: this.daemon }
    const child = new Child(this.#run, options, { target: this.#location }, [this.#args])
    this.#child = child
    processesOf(this.#run).add(this)
    child.ended.then((end) => {
      this.#end = end
      processesOf(this.#run).delete(this)
      reportProcessEnd(this.#run, child, end)
    })
  }

  /**
   * Waits until the process has ended.
   * @returns whether it has: false only if `timeoutMs` ran out first
   */
  async join(options: WaitOptions = {}): Promise<boolean> {
    const timeoutMs = checkTimeout(options.timeoutMs)
    const child = this.#child
    if (!child) throw new StateError(`The process ${this.name} was not started, so it cannot be joined.`)
    if (this.#end) return true
    return this.#run.wait<boolean>(
      (resolve) => {
        const stopClock = this.#run.after(timeoutMs, () => resolve(false))
        child.ended.then(() => {
          stopClock()
          resolve(true)
        })
        return stopClock
      },
      waitingToJoin(child.path, this.name),
      this.#run.realMs(timeoutMs),
    )
  }

  /** Asks the process to end, with SIGTERM. Does nothing if it does not run. */
  terminate(): void {
    this.#child?.signal('SIGTERM', true)
  }

  /** Ends the process at once, with SIGKILL. Does nothing if it does not run. */
  kill(): void {
    this.#child?.signal('SIGKILL', true)
  }

  isAlive(): boolean {
    return this.#child !== null && !this.#child.exited
  }

  /** undefined until it is started. One whose turn has not come yet is started by asking. */
  get pid(): number | undefined {
    this.#child?.startNow()
    return this.#child?.pid
  }

  /** null while it runs; the negative number of the signal if one ended it, as in Python; 1 if it could not be started. */
  get exitCode(): number | null {
    if (!this.#end) return null
    const { exitCode, signal } = this.#end
    return signal ? -constants.signals[signal] : (exitCode ?? 1)
  }

  /** Resolves with the exit code once the process has ended. Python's `sentinel`, to be awaited. */
  get exited(): Promise<number> {
    const child = this.#child
    if (!child) throw new StateError(`The process ${this.name} was not started, so it cannot be waited for.`)
    const ended = child.ended.then(() => this.exitCode ?? 0)
    // A daemon holds no event loop by itself; who waits for its end does.
    this.#run.wait((resolve) => void ended.then(resolve), waitingToJoin(child.path, this.name)).catch(() => {})
    return ended
  }

  /** The signal that ended it, if one did. */
  get signal(): NodeJS.Signals | null {
    return this.#end?.signal ?? null
  }
}
