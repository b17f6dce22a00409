/** A command of the user's own in the terminal: it behaves as without Forkscope, and what it cannot know of itself is said beside it. */
import { constants } from 'node:os'
import { harmless } from '../../session/plain-text.ts'
import type { ProblemKind, TelemetryEvent } from '../../shared/telemetry.ts'
import type { CommandOptions } from '../../sources/command/command-options.ts'
import { openCommand } from '../../sources/command/command-source.ts'
import { Monitor } from '../monitor/monitor.ts'
import { Session } from '../session/session.ts'
import { openEventFile } from './event-file.ts'
import { jsonLine } from './terminal-json.ts'
import { LiveTable } from './terminal-table.ts'

export interface CommandView {
  json: boolean
  /** A file that gets each event as a line of JSON; null for none. */
  record: string | null
}

/** What a program is not told of and does not say itself. */
const UNKNOWN_TO_IT: ReadonlySet<ProblemKind> = new Set([
  'deadlock',
  'task-lost',
  'cannot-end',
  'lock-abandoned',
  'item-lost',
])

/** Signals that are meant for the program. What a terminal sends on Ctrl-C, it sends to both. */
const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const

/**
 * Runs a command until it has ended. Processes that it leaves behind go on.
 * @returns its exit status as a shell has it: 128 + n where signal n ended it
 * @throws CommandError if it cannot be started
 */
export async function runCommandInTerminal(
  options: Omit<CommandOptions, 'output' | 'until'>,
  view: CommandView,
): Promise<number> {
  const hasTable = !view.json && process.stdout.isTTY === true
  const source = openCommand({ ...options, until: 'first', output: hasTable || view.json ? 'tell' : 'inherit' })
  const session = new Session({ id: 'command', source, monitor: new Monitor(), inSlices: false })
  const table = hasTable ? new LiveTable(session) : null
  const file = openEventFile(view.record)
  let root: string | null = null
  let status = 1
  session.onEvent((event) => {
    if (view.json) process.stdout.write(`${jsonLine(event)}\n`)
    table?.event(event)
    file.write(jsonLine(event))
    if (!view.json && !table) say(event)
    if (event.type === 'process.started' && event.kind === 'main') root ??= event.process
    if (event.type === 'process.exited' && event.process === root) status = statusOf(event.exitCode, event.signal)
  })
  const signal = (name: NodeJS.Signals) => {
    if (root !== null) void session.do({ type: 'signal', process: root, signal: name })
  }
  for (const name of PASSED_ON) process.on(name, () => signal(name))
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) signal('SIGINT')
  })
  // Who reads our output is gone: the program finds that out itself where it writes there itself.
  process.stdout.on('error', () => void session.stop())
  await session.start()
  await session.ended
  await table?.end()
  await file.end()
  return status
}

function say(event: TelemetryEvent): void {
  if (event.type !== 'problem.raised' || !UNKNOWN_TO_IT.has(event.kind)) return
  process.stderr.write(`forkscope: ${harmless(`${event.message} ${event.consequence ?? ''}`).trimEnd()}\n`)
}

function statusOf(exitCode: number | null, signal: string | null): number {
  if (signal === null) return exitCode ?? 1
  return 128 + (constants.signals[signal as NodeJS.Signals] ?? 0)
}
