/** The live table: what the processes and queues do, under the output that scrolls by. */
import type { ProcessRow, SessionState } from '../../shared/session-state.ts'
import type { TelemetryEvent } from '../../shared/telemetry.ts'
import type { Session } from '../session/session.ts'
import { TerminalOutput } from './terminal-output.ts'
import { colourOf, hasColours, type Paint, painter } from './terminal-paint.ts'
import { describePool, describeQueue, describeState, formatSeconds, summarize } from './terminal-text.ts'

const REDRAW_MS = 250
const ESCAPE = '\u001b['
/** Lines that are wider than the terminal are cut by it: a name may be wider than it is long. */
const WRAP = { off: `${ESCAPE}?7l`, on: `${ESCAPE}?7h` }
/** Lines without an end that are shown above the table. */
const MOST_UNFINISHED = 3
const LEAST_NAME = 8

function cell(text: string, width: number, right = false): string {
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text
  return right ? cut.padStart(width) : cut.padEnd(width)
}

interface Columns {
  name: number
  state: number
  /** Whether there is room for these. */
  pid: boolean
  usage: boolean
}

/** Names, each as far to the right as it has ancestors here. They come before their children. */
function namesOf(rows: readonly ProcessRow[]): Map<ProcessRow, string> {
  const depths = new Map<string, number>()
  return new Map(
    rows.map((row) => {
      const depth = row.parent === null ? 0 : (depths.get(row.parent) ?? -1) + 1
      depths.set(row.id, depth)
      return [row, '  '.repeat(depth) + row.name]
    }),
  )
}

/** Names get what they need, what is done the rest; where that is too little, figures are left out. */
function columnsFor(names: Iterable<string>, width: number): Columns {
  const usage = width >= 64
  const pid = width >= 44
  const left = width - (usage ? 19 : 0) - (pid ? 9 : 0) - 1
  const longest = Math.max(LEAST_NAME, ...[...names].map(({ length }) => length))
  const name = Math.max(LEAST_NAME, Math.min(longest, Math.floor(left * 0.45)))
  return { name, state: Math.max(1, left - name), pid, usage }
}

function rowLine(
  row: ProcessRow,
  shown: string,
  state: SessionState,
  { name, state: wide, pid, usage }: Columns,
  paint: Paint,
) {
  const cpu = row.cpuPercent === null ? '–' : `${row.cpuPercent.toFixed(1)} %`
  const memory = row.memoryBytes === null ? '–' : `${Math.round(row.memoryBytes / 1e6)} MB`
  const cells = [paint(colourOf(row.order), cell(shown, name))]
  if (pid) cells.push(cell(String(row.pid), 8, true))
  const does = cell(describeState(row, state), wide)
  const failed = row.state === 'exited' && row.exitCode !== 0 && row.stoppedBy === null
  cells.push(failed ? paint('red', does) : row.state === 'running' ? does : paint('dim', does))
  if (usage) cells.push(cell(cpu, 8, true), cell(memory, 9, true))
  return cells.join(' ')
}

/** @returns the table's lines, none of them more than `columns - 1` characters, at most `rows` of them */
export function tableLines(
  state: SessionState,
  nowUs: number,
  columns: number,
  rows: number,
  paint: Paint = painter(false),
): string[] {
  const width = Math.max(LEAST_NAME, columns - 1)
  const short = (text: string) => text.slice(0, width)
  const processes = [...state.processes.rows.values()]
  const names = namesOf(processes)
  const as = columnsFor(names.values(), width)
  const heads = [cell('name', as.name)]
  if (as.pid) heads.push(cell('pid', 8, true))
  heads.push(cell('state', as.state))
  if (as.usage) heads.push(cell('cpu', 8, true), cell('memory', 9, true))
  const lines = [paint('bold', short(`${state.head.title}  ${formatSeconds(nowUs)}`)), paint('dim', heads.join(' '))]
  for (const [row, shown] of names) lines.push(rowLine(row, shown, state, as, paint))
  for (const queue of state.queues.rows.values()) lines.push(short(`queue ${queue.name}: ${describeQueue(queue)}`))
  for (const pool of state.pools.rows.values()) {
    const line = short(`${pool.name}: ${describePool(pool, state.head.endedAtUs === null ? nowUs : null)}`)
    lines.push(pool.failed > 0 ? paint('red', line) : line)
  }
  const problems = state.problems.rows.size + state.problems.forgotten
  if (problems > 0) lines.push(paint('red', short(`problems: ${problems}`)))
  return lines.slice(0, Math.max(1, rows - 1))
}

export class LiveTable {
  readonly #session: Session
  readonly #timer: NodeJS.Timeout
  readonly #output: TerminalOutput
  readonly #colours = hasColours(process.stdout)
  /** Lines that were printed since it was last drawn. */
  #news = ''
  #drawn = 0

  constructor(session: Session) {
    this.#session = session
    this.#output = new TerminalOutput(session.state, this.#colours, (lines) => (this.#news += lines))
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
    const text = summarize(this.#session.state, painter(this.#colours))
    return new Promise((resolve) => process.stdout.write(`\n${text}`, () => resolve()))
  }

  #draw(): void {
    const { state } = this.#session
    const { columns = 80, rows = 24 } = process.stdout
    const erase = this.#drawn > 1 ? `\r${ESCAPE}${this.#drawn - 1}A${ESCAPE}J` : `\r${ESCAPE}J`
    const news = this.#news
    this.#news = ''
    const nowUs = state.head.endedAtUs ?? this.#session.nowUs()
    const unfinished = this.#output.unfinished(Math.min(MOST_UNFINISHED, Math.max(0, rows - 8)))
    const table = tableLines(state, nowUs, columns, rows - unfinished.length, painter(this.#colours))
    const lines = [...unfinished, ...table]
    this.#drawn = lines.length
    process.stdout.write(`${erase}${news}${WRAP.off}${lines.join('\n')}${WRAP.on}`)
  }
}
