/** A program in the terminal: a live table, plain lines where there is no terminal, or its events as NDJSON. */
import { harmless } from '../../session/plain-text.ts'
import type { TelemetryEvent } from '../../shared/telemetry.ts'
import { catchStrayErrors } from '../../sources/library/stray-errors.ts'
import type { Program } from '../../sources/source.ts'
import { Monitor } from '../monitor/monitor.ts'
import { Session } from '../session/session.ts'
import { jsonLine } from './terminal-json.ts'
import { TerminalOutput } from './terminal-output.ts'
import { LiveTable } from './terminal-table.ts'
import { summarize } from './terminal-text.ts'
import { WhatIsLeft } from './what-is-left.ts'

const EXIT = { good: 0, problem: 1, SIGINT: 130, SIGTERM: 143 } as const

/** What shows a session; made before it starts, so that it misses nothing. */
interface TerminalView {
  event(event: TelemetryEvent): void
  /** The session is over; resolves when everything is written. */
  end(): Promise<void>
}

/** Resolves once everything that was written to stdout before has left the process. */
function flushed(): Promise<void> {
  return new Promise((resolve) => process.stdout.write('', () => resolve()))
}

function jsonView(): TerminalView {
  return {
    event: (event) => process.stdout.write(`${jsonLine(event)}\n`),
    end: flushed,
  }
}

function linesView(session: Session): TerminalView {
  const output = new TerminalOutput(session.state, false, (lines) => void process.stdout.write(lines))
  return {
    event: (event) => output.event(event),
    end: () => {
      process.stdout.write(summarize(session.state))
      return flushed()
    },
  }
}

/**
 * Runs a program to its end, or until a signal stops it; no process of it is left then.
 * @returns the exit status: 0 all good, 1 a problem is left, 128 + n stopped by signal n
 */
export async function runInTerminal(
  program: Program,
  values: Record<string, string | number>,
  json: boolean,
): Promise<number> {
  const source = program.open(values, { nodePath: null })
  const session = new Session({ id: program.id, source, monitor: new Monitor(), inSlices: false })
  const view = json ? jsonView() : process.stdout.isTTY ? new LiveTable(session) : linesView(session)
  const left = new WhatIsLeft()
  session.onEvent((event) => {
    view.event(event)
    left.event(event)
  })
  let stopped: keyof typeof EXIT | null = null
  // A listener of the program's own says what becomes of a signal, as if it ran by itself.
  const unlessListened = <T>(event: string, act: (what: T) => void) => {
    process.on(event, (what: T) => {
      if (process.listenerCount(event) === 1) act(what)
    })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    unlessListened(signal, () => {
      stopped = signal
      void session.stop()
    })
  }
  const failLate = (thrown: unknown) => {
    process.stderr.write(`forkscope: ${harmless(thrown instanceof Error ? thrown.message : String(thrown))}\n`)
    process.exitCode = EXIT.problem
  }
  catchStrayErrors({ unlessListened: true, otherwise: failLate })
  // Who reads our output is gone (`forkscope run … | head`): there is nobody left to run for.
  process.stdout.on('error', () => void session.stop())
  await session.start()
  const outcome = await session.ended
  await view.end()
  // Its main function may have left a timer or a server that goes on, and so may fail still.
  session.onEvent((event) => {
    if (event.type === 'problem.raised') failLate(event.message)
  })
  const status = stopped ? EXIT[stopped] : outcome !== 'failed' && left.isNothing ? EXIT.good : EXIT.problem
  // A main function that was left behind may have timers and servers still: they hold nobody up.
  if (outcome !== 'finished') process.exit(status)
  return status
}
