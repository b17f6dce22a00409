/** What the processes of a session print, as whole lines, each behind its process's name. Nothing of it is left out, however long. */
import { plainText } from '../../session/plain-text.ts'
import { activeStyle, RESET } from '../../session/text-style.ts'
import { lineOf } from '../../session/texts.ts'
import type { SessionState } from '../../shared/session-state.ts'
import type { TelemetryEvent } from '../../shared/telemetry.ts'
import { colourOf, painter } from './terminal-paint.ts'

const LEAST_WIDTH = 4
const MOST_WIDTH = 24

/** A line that has no end yet, in the pieces in which it came. */
interface Open {
  process: string
  /** The colours in which it begins. */
  style: string
  pieces: string[]
}

export class TerminalOutput {
  readonly #state: SessionState
  readonly #print: (lines: string) => void
  readonly #colours: boolean
  /** By stream and process. */
  readonly #open = new Map<string, Open>()
  #width = LEAST_WIDTH

  /** @param colours whether its own and those of the program are shown */
  constructor(state: SessionState, colours: boolean, print: (lines: string) => void) {
    this.#state = state
    this.#colours = colours
    this.#print = print
  }

  event(event: TelemetryEvent): void {
    if (event.type === 'process.started')
      this.#width = Math.min(MOST_WIDTH, Math.max(this.#width, this.#nameOf(event.process).length))
    else if (event.type === 'process.output') this.#output(event.process, event.stream, event.text)
    else if (event.type === 'process.exited') this.#end(event.process)
    else if (event.type === 'session.ended') for (const key of this.#open.keys()) this.#endLine(key)
  }

  /** @returns the last lines that have no end yet, such as a question or a bar that grows */
  unfinished(most: number): string[] {
    const lines = [...this.#open.values()].filter(({ pieces }) => pieces.length > 0).slice(-most)
    return lines.map(({ process, style, pieces }) => this.#line(process, style + pieces.slice(-2).join('')))
  }

  #output(process: string, stream: string, text: string): void {
    const key = `${stream} ${process}`
    const open = this.#open.get(key) ?? { process, style: '', pieces: [] }
    const end = text.lastIndexOf('\n')
    if (end >= 0) this.#lines(open, open.pieces.splice(0).join('') + text.slice(0, end))
    if (end + 1 < text.length) open.pieces.push(text.slice(end + 1))
    // The one that was told last is the last.
    this.#open.delete(key)
    if (open.pieces.length > 0 || open.style !== '') this.#open.set(key, open)
  }

  #end(process: string): void {
    this.#endLine(`stdout ${process}`)
    this.#endLine(`stderr ${process}`)
  }

  /** What has no line break is a line all the same once its process is gone. */
  #endLine(key: string): void {
    const open = this.#open.get(key)
    this.#open.delete(key)
    if (open && open.pieces.length > 0) this.#lines(open, open.pieces.join(''))
  }

  #lines(open: Open, text: string): void {
    const lines: string[] = []
    for (const line of text.split('\n')) {
      const whole = open.style + line
      lines.push(`${this.#line(open.process, whole)}\n`)
      open.style = activeStyle(whole)
    }
    this.#print(lines.join(''))
  }

  /** A line as a terminal would show it in the end, and with nothing in it that would do more than that to the user's own. */
  #line(process: string, raw: string): string {
    const { text, styled } = plainText(raw, false)
    const name = this.#nameOf(process).padEnd(this.#width)
    const order = this.#state.processes.rows.get(process)?.order ?? 0
    const shown = this.#colours && styled !== undefined ? styled + RESET : text
    return `${painter(this.#colours)(colourOf(order), name)} | ${shown}`
  }

  #nameOf(process: string): string {
    return this.#state.processes.rows.get(process)?.name ?? lineOf(process, MOST_WIDTH)
  }
}
