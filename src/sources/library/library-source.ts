/** A program written with our library, run in this process: its main function is called here, and its processes are children of this one. */
import { StateError } from '../../multiprocessing/errors.ts'
import { mainOf } from '../../multiprocessing/main.ts'
import { createClock } from '../../multiprocessing/run/clock.ts'
import { type RunHandle, startRun } from '../../multiprocessing/run/start-run.ts'
import type { Command, CommandResult } from '../../shared/commands.ts'
import type { TelemetryEvent } from '../../shared/telemetry.ts'
import type { Program, Running, Sink, Source, SourceSettings, Values } from '../source.ts'

export type LibraryProgram = Omit<Program, 'open'> & {
  /** The module whose main function it is. */
  module: URL
}

/** @returns a program of which each run calls the module's main function in this process; one of its parameters may be its speed */
export function libraryProgram({ module, ...program }: LibraryProgram): Program {
  return { ...program, open: (values, settings) => new LibrarySource(program, module, values, settings) }
}

class LibrarySource implements Source {
  readonly about: Source['about']
  readonly #module: URL
  readonly #nodePath: string | null

  constructor({ id, title }: Pick<Program, 'id' | 'title'>, module: URL, values: Values, { nodePath }: SourceSettings) {
    this.about = { program: id, title, parameters: values, isHere: true }
    this.#module = module
    this.#nodePath = nodePath
  }

  async start({ emit }: Sink): Promise<Running> {
    await import(this.#module.href)
    const main = mainOf(this.#module.href)
    if (!main) throw new Error('it has no main function: its module must call main(import.meta, …).')
    const { speed = 1, ...values } = this.about.parameters
    const originNs = process.hrtime.bigint()
    const handle = startRun({
      main: () => main.run(values),
      speed: Number(speed),
      nodePath: this.#nodePath,
      originNs,
      sink: (event) => emit(isMain(event) ? { ...event, isApp: true } : event),
    })
    return new LibraryRun(handle, createClock(originNs))
  }
}

/** Main is this process, which runs more than this program. */
function isMain(event: TelemetryEvent): boolean {
  return event.type === 'process.started' && event.process === '0'
}

class LibraryRun implements Running {
  readonly can = new Set(['signal', 'retry'])
  readonly ended: Running['ended']
  readonly nowUs: () => number
  readonly #handle: RunHandle

  constructor(handle: RunHandle, nowUs: () => number) {
    this.#handle = handle
    this.nowUs = nowUs
    this.ended = handle.ended
  }

  stop(): Promise<{ leftovers: number }> {
    return this.#handle.stop()
  }

  async do({ type, process, signal, task }: Command): Promise<CommandResult> {
    if (type === 'signal' && (signal === 'SIGTERM' || signal === 'SIGKILL'))
      return this.#signal(String(process), signal)
    if (type === 'retry') return this.#retry(String(task))
    return { ok: false, code: 'bad-input', message: `${signal} is no signal that is sent from here.` }
  }

  #signal(process: string, signal: 'SIGTERM' | 'SIGKILL'): CommandResult {
    const outcome = this.#handle.signal(process, signal)
    if (outcome === 'sent') return { ok: true }
    const message =
      outcome === 'gone'
        ? 'It has ended already.'
        : `It was not signalled: the system knows no process ${outcome.unknown} of this program.`
    return { ok: false, code: 'conflict', message }
  }

  #retry(id: string): CommandResult {
    let message = 'This task cannot be run again: it did not fail, was run again before, or its pool has ended.'
    try {
      const task = this.#handle.retry(id)
      if (task !== null) return { ok: true, value: { task } }
    } catch (error) {
      if (!(error instanceof StateError)) throw error
      message = error.message
    }
    return { ok: false, code: 'conflict', message }
  }
}
