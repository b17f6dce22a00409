/** A child process as its parent holds it: started, connected, observed, ended. Process and Pool both stand on this. */
import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { ErrorInfo, ProcessKind, TelemetryEvent } from '../../shared/telemetry.ts'
import { isTelemetryEvent, subjectOf } from '../../shared/telemetry-check.ts'
import type { LedgerFile } from '../child/ledger.ts'
import { errorInfo, WireError } from '../errors.ts'
import type { ClaimBoard } from '../queue/claims.ts'
import type { Run } from '../run/run.ts'
import type { Channel } from '../wire/channel.ts'
import { decodeErrorInfo, decodeJson, type Frame, type Header } from '../wire/frames.ts'
import { isBelow } from '../wire/hub.ts'
import type { HeaderOf } from '../wire/messages.ts'
import { unguard } from './guardian.ts'
import { takeSpare } from './spares.ts'
import { spawnChild } from './spawn-child.ts'

/** How a child ended. `asked` if this library's user, or a stop, told it to. */
export interface ChildEnd {
  exitCode: number | null
  signal: NodeJS.Signals | null
  /** What its target threw, if that is why it ended. */
  error: ErrorInfo | null
  asked: boolean
}

export interface ChildOptions {
  name: string
  kind: Exclude<ProcessKind, 'main' | 'thread'>
  /** A daemon does not keep the run going and is ended with it. */
  daemon: boolean
  pool?: string
  /** Frames that are not about queues, events or the child's end. */
  onFrame?(frame: Frame): void
}

/** The first frame to a child. */
export type StartHeader = HeaderOf<'start'>

/** After the exit, how long to wait for output that is still in the pipes: a grandchild may hold them open for ever. */
const LAST_OUTPUT_MS = 250
/** Nobody else should hold its connection: it ends, unless nothing comes by it for so long. */
const LAST_FRAMES_MS = 5_000
/** A child that said it is done but does not end has hung in `process.exit`, which Node 24 was seen to do. */
const DONE_BUT_ALIVE_MS = 1_000

/** @throws WireError for anything but events about the child itself and what is below it */
function decodeEvents(payload: Uint8Array, path: string): TelemetryEvent[] {
  const events = decodeJson(payload)
  if (!Array.isArray(events)) throw new WireError('A process sent events that are none.')
  for (const event of events) {
    if (!isTelemetryEvent(event)) throw new WireError('A process sent an event that is none.')
    const [about] = subjectOf(event)?.split('/') ?? []
    if (about === undefined || !isBelow(about, path))
      throw new WireError('A process sent an event that is not its own.')
  }
  return events
}

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
  readonly pid: number
  readonly daemon: boolean
  readonly ended: Promise<ChildEnd>
  /** What it notes for this process. A worker's pool reads it at last, and closes it. */
  readonly ledger: LedgerFile | undefined
  readonly #run: Run
  readonly #process: ChildProcess
  readonly #channel: Channel
  readonly #isWorker: boolean
  readonly #onFrame: ((frame: Frame) => void) | undefined
  #error: ErrorInfo | null = null
  #asked = false
  #exited = false
  /** It had done everything, and was ended because it did not end by itself. */
  #hungAtEnd = false
  #doneTimer: NodeJS.Timeout | undefined

  /** Starts it at once. @throws MultiprocessingError if the system cannot */
  constructor(
    run: Run,
    options: ChildOptions,
    start: Pick<StartHeader, 'target' | 'initializer'>,
    payload: readonly Uint8Array[],
  ) {
    this.#run = run
    this.path = `${run.path}.${run.count('process')}`
    this.name = options.name
    this.daemon = options.daemon
    this.#onFrame = options.onFrame
    this.#isWorker = options.kind === 'worker'
    const spawned = takeSpare(run) ?? spawnChild(run, this.name)
    this.#process = spawned.process
    this.pid = spawned.pid
    this.ledger = spawned.ledger
    run.children.add(this)
    if (run.observed) {
      run.emit({
        type: 'process.started',
        atUs: run.nowUs(),
        process: this.path,
        name: this.name,
        pid: this.pid,
        parentPid: process.pid,
        parent: run.path,
        kind: options.kind,
        ...(options.pool === undefined ? {} : { pool: options.pool }),
      })
    }
    let wireClosed: () => void = () => {}
    const wireEnd = new Promise<void>((resolve) => (wireClosed = resolve))
    this.#channel = spawned.channel
    this.#channel.listen({
      onFrame: (frame) => this.#receive(frame),
      onClose: (error) => {
        wireClosed()
        run.hub.removeChild(this.path)
        if (!error) return
        // Bytes that are no messages: whatever that process is now, it is not a part of this program any more.
        this.#error ??= errorInfo(error)
        this.#process.kill('SIGKILL')
      },
    })
    run.hub.addChild(this.path, this.#channel)
    const header: StartHeader = {
      type: 'start',
      path: this.path,
      name: this.name,
      kind: options.kind,
      speed: run.speed,
      originNs: String(run.originNs),
      observed: run.observed,
      nodePath: run.nodePath,
      ledger: this.ledger !== undefined,
      shares: spawned.shares,
      ...start,
    }
    this.#channel.send(header, payload)
    const outputs = [this.#follow('stdout'), this.#follow('stderr')]
    this.ended = this.#watch(wireEnd, Promise.all(outputs))
    this.ref(!this.daemon)
  }

  /** Where it claims items of this process's queues; undefined where it cannot. */
  get claims(): ClaimBoard | undefined {
    return this.ledger?.claims
  }

  get exited(): boolean {
    return this.#exited
  }

  /** Whether it can be told anything: not if its connection has ended, which its process will soon. */
  get connected(): boolean {
    return !this.#channel.closed
  }

  send(header: Header, payload: readonly Uint8Array[] = []): void {
    this.#channel.send(header, payload)
  }

  /** Hands what was sent to the kernel now: the program may go on for long before its turn ends. */
  sendNow(): void {
    this.#channel.writeNow()
  }

  /** @param asked whether the program itself, or a stop, wants this end; else it is a problem to be told */
  signal(signal: NodeJS.Signals, asked: boolean): void {
    if (this.#exited) return
    if (asked) this.#asked = true
    this.#process.kill(signal)
  }

  #receive(frame: Frame): void {
    const { header } = frame
    if (this.#run.hub.receive(frame, this.path)) return
    switch (header.type) {
      case 'events':
        for (const event of decodeEvents(frame.payload, this.path)) this.#run.emit(event)
        break
      case 'failed':
        this.#error = decodeErrorInfo(frame.payload)
        break
      case 'done':
        this.#doneTimer = setTimeout(() => {
          this.#hungAtEnd = this.#process.kill('SIGKILL')
        }, DONE_BUT_ALIVE_MS).unref()
        break
      default:
        this.#onFrame?.(frame)
    }
  }

  /** Turns one of the child's streams into events. Resolves at its end. */
  #follow(stream: 'stdout' | 'stderr'): Promise<void> {
    const source: Readable | null = this.#process[stream]
    if (!source) return Promise.resolve()
    const decoder = new StringDecoder('utf8')
    const tell = (text: string) => {
      if (text === '') return
      this.#run.emit({ type: 'process.output', atUs: this.#run.nowUs(), process: this.path, stream, text })
    }
    source.on('data', (chunk: Buffer) => tell(decoder.write(chunk)))
    source.on('error', () => {})
    return new Promise((resolve) => {
      source.once('close', () => {
        tell(decoder.end())
        resolve()
      })
    })
  }

  async #watch(wireEnd: Promise<unknown>, outputs: Promise<unknown>): Promise<ChildEnd> {
    const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      this.#process.once('exit', (code, by) => resolve(this.#hungAtEnd ? [0, null] : [code, by]))
    })
    const atUs = this.#run.nowUs()
    unguard(this.pid)
    clearTimeout(this.#doneTimer)
    this.#exited = true
    await Promise.all([this.#lastFrames(wireEnd), atMost(LAST_OUTPUT_MS, outputs)])
    for (const stream of this.#process.stdio) stream?.destroy()
    this.#run.hub.removeChild(this.path)
    if (!this.#isWorker) this.ledger?.close()
    this.#run.emitDescendantsExited(this.path)
    this.#run.emit({ type: 'process.exited', atUs, process: this.path, exitCode, signal })
    this.#run.children.delete(this)
    return { exitCode, signal, error: this.#error, asked: this.#asked }
  }

  /** Resolves at the end of the connection, or when nothing came by it for long. */
  async #lastFrames(wireEnd: Promise<unknown>): Promise<void> {
    let before: number
    do {
      before = this.#channel.bytesRead
      if (await atMost(LAST_FRAMES_MS, wireEnd)) return
      // If this process was busy all the time, what came meanwhile is read only now.
      await new Promise((resolve) => setImmediate(resolve))
    } while (this.#channel.bytesRead > before)
  }

  #unref(): void {
    this.#process.unref()
    this.#channel.ref(false)
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      ;(stream as unknown as { unref?(): void } | null)?.unref?.()
    }
  }

  /** Whether this child keeps the event loop alive: an idle worker does not, a busy one does. */
  ref(keep: boolean): void {
    if (!keep) {
      this.#unref()
      return
    }
    this.#process.ref()
    this.#channel.ref(true)
  }
}
