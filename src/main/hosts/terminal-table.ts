/** The live table: what the processes and queues do, under the output that scrolls by. */
import type { SessionState } from '../../shared/session-state.ts'
import type { TelemetryEvent } from '../../shared/telemetry.ts'
import type { Session } from '../session/session.ts'
import { TerminalOutput } from './terminal-output.ts'
import { describeQueue, describeState, formatSeconds, summarize } from './terminal-text.ts'

const REDRAW_MS = 250
const ESCAPE = '\u001b['

function cell(text: string, width: number, right = false): string {
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text
  return right ? cut.padStart(width) : cut.padEnd(width)
}

/** @returns the table's lines, none wider than `columns`, at most `rows` of them */
export function tableLines(state: SessionState, nowUs: number, columns: number, rows: number): string[] {
  const lines = [`${state.head.title}  ${formatSeconds(nowUs)}`]
  lines.push(
    `${cell('name', 16)} ${cell('pid', 8, true)} ${cell('state', 28)} ${cell('cpu', 8, true)} ${cell('memory', 9, true)}`,
  )
  for (const row of state.processes.rows.values()) {
    const cpu = row.cpuPercent === null ? '–' : `${row.cpuPercent.toFixed(1)} %`
    const memory = row.memoryBytes === null ? '–' : `${Math.round(row.memoryBytes / 1e6)} MB`
    const indent = '  '.repeat(row.id.split('.').length - 1)
    lines.push(
      `${cell(indent + row.name, 16)} ${cell(String(row.pid), 8, true)} ${cell(describeState(row, state), 28)} ${cell(cpu, 8, true)} ${cell(memory, 9, true)}`,
    )
  }
  for (const queue of state.queues.rows.values()) lines.push(`queue ${queue.name}: ${describeQueue(queue)}`)
  for (const pool of state.pools.rows.values()) {
    lines.push(
      `${pool.name}: ${pool.done} done, ${pool.running} running, ${pool.waiting} waiting, ${pool.failed} failed`,
    )
  }
  const problems = state.problems.rows.size + state.problems.forgotten
  if (problems > 0) lines.push(`problems: ${problems}`)
  return lines.slice(0, Math.max(1, rows - 1)).map((line) => line.slice(0, columns - 1))
}

export class LiveTable {
  readonly #session: Session
  readonly #timer: NodeJS.Timeout
  readonly #output: TerminalOutput
  /** Lines that were printed since it was last drawn. */
  #news = ''
  #drawn = 0

  constructor(session: Session) {
    this.#session = session
    this.#output = new TerminalOutput(session.state, (lines) => (this.#news += lines))
    // It holds nothing up: a program of which nothing is left shall be told so.
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS).unref()
  }

  event(event: TelemetryEvent): void {
    // The table itself is drawn by the clock, from the state.
    this.#output.event(event)
  }

  end(): Promise<void> {
    clearInterval(this.#timer)
    this.#draw()
    return new Promise((resolve) => process.stdout.write(`\n${summarize(this.#session.state)}`, () => resolve()))
  }

  #draw(): void {
    const { state } = this.#session
    const erase = this.#drawn > 1 ? `\r${ESCAPE}${this.#drawn - 1}A${ESCAPE}J` : `\r${ESCAPE}J`
    const news = this.#news
    this.#news = ''
    const nowUs = state.head.endedAtUs ?? this.#session.nowUs()
    const lines = tableLines(state, nowUs, process.stdout.columns || 80, process.stdout.rows || 24)
    this.#drawn = lines.length
    process.stdout.write(`${erase}${news}${lines.join('\n')}`)
  }
}
