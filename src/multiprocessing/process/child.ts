/** A child process as its parent holds it: started, connected, observed, ended. Process and Pool both stand on this. */
import type { Socket } from 'node:net'
import type { ErrorInfo } from '../../shared/telemetry.ts'
import { errorInfo, TimeoutError } from '../errors.ts'
import { followOutput, readOut } from '../run/follow-output.ts'
import type { Run } from '../run/run.ts'
import { decodeErrorInfo, encodeFrame, type Frame, type Header } from '../wire/frames.ts'
import type { HeaderOf } from '../wire/messages.ts'
import { unguard } from './guardian.ts'
import { type ChildEnd, describeEnd } from './problems.ts'
import { takeSpare } from './spares.ts'
import { type SpawnedChild, spawnChild } from './spawn-child.ts'
import type { StartHeader } from './start-header.ts'
import { startLimitMs } from './start-limit.ts'
import { QueuedStart } from './starts.ts'
import { notANode } from './why-not-started.ts'

export interface ChildOptions {
  name: string
  kind: StartHeader['kind']
  /** A daemon does not keep the run going and is ended with it. */
  daemon: boolean
  pool?: string
  /** Frames that are neither for a hub nor about the child's start or end. */
  onFrame?(frame: Frame): void
}

/** Nobody else should hold its connection: it ends, unless nothing comes by it for so long. */
const LAST_FRAMES_MS = 5_000
/** A child that said it is done but does not end has hung in `process.exit`, which Node 24 was seen to do. */
const DONE_BUT_ALIVE_MS = 1_000

/** @returns whether it was done in time */
async function atMost(ms: number, done: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)))
  const inTime = await Promise.race([done.then(() => true), late])
  clearTimeout(timer)
  return inTime
}

export class Child {
  readonly path: string
  readonly name: string
  readonly daemon: boolean
  readonly ended: Promise<ChildEnd>
  readonly #run: Run
  readonly #options: ChildOptions
  readonly #start: QueuedStart
  /** Undefined until its turn to be started has come. */
  #spawned: SpawnedChild | undefined
  #settle: (end: ChildEnd) => void = () => {}
  #keeps: boolean
  #error: ErrorInfo | null = null
  #asked = false
  #exited = false
  /** The exit code of one that had done everything, and was ended because it did not end by itself. */
  #hungAtEnd: number | null = null
  #doneTimer: NodeJS.Timeout | undefined
  #startTimer: NodeJS.Timeout | undefined

  /**
   * Starts it at once, or a few turns later where many are started together. If it throws nothing has happened.
   * @throws MultiprocessingError if the system cannot; WireError if what it is to be told is too large
   */
  constructor(
    run: Run,
    options: ChildOptions,
    start: Pick<StartHeader, 'target' | 'initializer'>,
    payload: readonly Uint8Array[],
  ) {
    this.#run = run
    this.#options = options
    this.path = `${run.path}.${run.count('process')}`
    this.name = options.name
    this.daemon = options.daemon
    this.#keeps = !options.daemon
    const header: StartHeader = {
      type: 'start',
      path: this.path,
      name: this.name,
      kind: options.kind,
      pool: options.pool,
      speed: run.speed,
      originNs: String(run.originNs),
      observer: run.observer,
      nodePath: run.nodePath,
      ...start,
    }
    // Before anything has happened: what is too large is refused here.
    const first = encodeFrame(header, payload)
    this.ended = new Promise((resolve) => (this.#settle = resolve))
    this.#start = new QueuedStart((late) => {
      try {
        run.within(() => this.#begin(takeSpare(run) ?? spawnChild(run, this.name), first, header))
      } catch (error) {
        if (!late) throw error
        this.#error = errorInfo(error)
        this.#neverWas(null)
      }
    })
    run.children.add(this)
  }

  #begin(spawned: SpawnedChild, first: readonly Uint8Array[], { target, initializer }: StartHeader): void {
    const run = this.#run
    const { kind, pool } = this.#options
    this.#spawned = spawned
    if (run.observed) {
      run.emit({
        type: 'process.started',
        atUs: run.nowUs(),
        process: this.path,
        name: this.name,
        pid: spawned.pid,
        parentPid: process.pid,
        parent: run.path,
        kind,
        ...(pool === undefined ? {} : { pool }),
      })
    }
    let wireClosed: () => void = () => {}
    const wireEnd = new Promise<void>((resolve) => (wireClosed = resolve))
    spawned.channel.listen({
      onFrame: (frame) => this.#receive(frame),
      onClose: (error) => {
        wireClosed()
        run.hub.removeChild(this.path)
        if (!error) return
        // Bytes that are no messages: whatever that process is now, it is not a part of this program any more.
        this.#error ??= errorInfo(error)
        spawned.process.kill('SIGKILL')
      },
    })
    run.hub.addChild(this.path, spawned.channel)
    spawned.channel.sendEncoded(first)
    this.#limitStart((target ?? initializer)?.module)
    for (const stream of ['stdout', 'stderr'] as const) {
      const source = spawned.process[stream]
      if (source) void followOutput(source, run, this.path, stream)
    }
    this.#watch(spawned, wireEnd).then(this.#settle)
    this.ref(this.#keeps)
  }

  /** It ended before it was started: called off, or the system could not. */
  #neverWas(signal: NodeJS.Signals | null): void {
    this.#exited = true
    // Not before whoever makes it has seen it in the run.
    process.nextTick(() => {
      this.#run.children.delete(this)
      this.#settle({ exitCode: null, signal, error: this.#error, asked: this.#asked })
    })
  }

  /** A child that never gets to its function is given up: its module hangs. */
  #limitStart(module: string | undefined): void {
    const limitMs = startLimitMs()
    if (!module || limitMs === Number.POSITIVE_INFINITY) return
    const giveUp = () => {
      if (this.#startTimer === undefined) return
      this.#error ??= errorInfo(
        new TimeoutError(
          `${this.name} had not begun after ${limitMs / 1000} s and was given up: ${module} was still being loaded. ` +
            'Look there, and in what it imports, for a loop without an end or an await outside of functions that is never answered; ' +
            'if it only takes long, set FORKSCOPE_START_LIMIT_MS.',
        ),
      )
      this.#spawned?.process.kill('SIGKILL')
    }
    // This process may have been busy: what came meanwhile is read first.
    this.#startTimer = setTimeout(() => setImmediate(giveUp), limitMs).unref()
  }

  #hasBegun(): void {
    clearTimeout(this.#startTimer)
    this.#startTimer = undefined
  }

  /** Undefined until it has been started, and if it never could be. */
  get pid(): number | undefined {
    return this.#spawned?.pid
  }

  get exited(): boolean {
    return this.#exited
  }

  /** Whether it can be told anything: not if its connection has ended, which its process will soon. */
  get connected(): boolean {
    return this.#spawned !== undefined && !this.#spawned.channel.closed
  }

  /** Starts it before its turn, for somebody who must have its pid. */
  startNow(): void {
    this.#start.now()
  }

  send(header: Header, payload: readonly Uint8Array[] = []): void {
    this.startNow()
    this.#spawned?.channel.send(header, payload)
  }

  /** @param asked whether the program itself, or a stop, wants this end; else it is a problem to be told */
  signal(signal: NodeJS.Signals, asked: boolean): void {
    if (this.#exited) return
    if (asked) this.#asked = true
    if (this.#spawned) this.#spawned.process.kill(signal)
    else {
      this.#start.cancel()
      this.#neverWas(signal)
    }
  }

  #receive(frame: Frame): void {
    const { header } = frame
    if (this.#run.hub.receive(frame, this.path)) return
    switch (header.type) {
      case 'begun':
        this.#hasBegun()
        break
      case 'failed':
        this.#error = decodeErrorInfo(frame.payload)
        break
      case 'problem':
        this.#run.countUnobservedProblem()
        break
      case 'done':
        this.#doneTimer = setTimeout(() => {
          if (this.#spawned?.process.kill('SIGKILL')) this.#hungAtEnd = (header as HeaderOf<'done'>).exitCode
        }, DONE_BUT_ALIVE_MS).unref()
        break
      default:
        this.#options.onFrame?.(frame)
    }
  }

  async #watch(spawned: SpawnedChild, wireEnd: Promise<unknown>): Promise<ChildEnd> {
    const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      spawned.process.once('exit', (code, by) =>
        resolve(this.#hungAtEnd === null ? [code, by] : [this.#hungAtEnd, null]),
      )
    })
    const atUs = this.#run.nowUs()
    unguard(spawned.pid)
    clearTimeout(this.#doneTimer)
    this.#hasBegun()
    this.#exited = true
    const outputs = outputsOf(spawned)
    await Promise.all([this.#lastFrames(spawned, wireEnd), ...outputs.map(readOut)])
    // Its own children may print to the same streams for as long as they live.
    for (const output of outputs) output.unref()
    spawned.process.stdio[3]?.destroy()
    if (!spawned.channel.greeted && !this.#asked)
      this.#error ??= errorInfo(notANode(spawned.file, describeEnd({ exitCode, signal })))
    this.#run.hub.removeChild(this.path)
    const asked = this.#asked
    this.#run.emit({ type: 'process.exited', atUs, process: this.path, exitCode, signal, ...(asked && { asked }) })
    this.#run.children.delete(this)
    return { exitCode, signal, error: this.#error, asked }
  }

  /** Resolves at the end of the connection, or when nothing came by it for long. */
  async #lastFrames({ channel }: SpawnedChild, wireEnd: Promise<unknown>): Promise<void> {
    let before: number
    do {
      before = channel.bytesRead
      if (await atMost(LAST_FRAMES_MS, wireEnd)) return
      // If this process was busy all the time, what came meanwhile is read only now.
      await new Promise((resolve) => setImmediate(resolve))
    } while (channel.bytesRead > before)
  }

  /** Whether this child keeps the event loop alive: an idle worker does not, a busy one does. */
  ref(keep: boolean): void {
    this.#keeps = keep
    if (!this.#spawned) return
    const { process: child, channel } = this.#spawned
    channel.ref(keep)
    if (keep) child.ref()
    else {
      child.unref()
      for (const output of outputsOf(this.#spawned)) output.unref()
    }
  }
}

function outputsOf({ process: { stdout, stderr } }: SpawnedChild): Socket[] {
  return [stdout, stderr].filter((stream) => stream !== null) as unknown as Socket[]
}
