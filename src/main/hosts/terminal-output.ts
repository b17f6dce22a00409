/** What the processes of a session print, as whole lines, each behind its process's name. Nothing of it is left out, however long. */
import type { SessionState } from '../../shared/session-state.ts'
import type { TelemetryEvent } from '../../shared/telemetry.ts'

const LEAST_WIDTH = 4

export class TerminalOutput {
  readonly #state: SessionState
  readonly #print: (lines: string) => void
  /** The pieces of lines that have no end yet, by stream and process. */
  readonly #open = new Map<string, string[]>()
  #width = LEAST_WIDTH

  constructor(state: SessionState, print: (lines: string) => void) {
    this.#state = state
    this.#print = print
  }

  event(event: TelemetryEvent): void {
    if (event.type === 'process.started') this.#width = Math.max(this.#width, event.name.length)
    else if (event.type === 'process.output') this.#output(event.process, event.stream, event.text)
    else if (event.type === 'process.exited') this.#end(event.process)
    else if (event.type === 'session.ended') for (const key of this.#open.keys()) this.#endLine(key)
  }

  #output(process: string, stream: string, text: string): void {
    const key = `${stream} ${process}`
    const end = text.lastIndexOf('\n')
    const pieces = this.#open.get(key) ?? []
    if (end >= 0) this.#lines(process, pieces.splice(0).join('') + text.slice(0, end))
    if (end + 1 < text.length) pieces.push(text.slice(end + 1))
    if (pieces.length > 0) this.#open.set(key, pieces)
    else this.#open.delete(key)
  }

  #end(process: string): void {
    this.#endLine(`stdout ${process}`)
    this.#endLine(`stderr ${process}`)
  }

  /** What has no line break is a line all the same once its process is gone. */
  #endLine(key: string): void {
    const pieces = this.#open.get(key)
    this.#open.delete(key)
    if (pieces) this.#lines(key.slice(key.indexOf(' ') + 1), pieces.join(''))
  }

  #lines(process: string, text: string): void {
    const name = (this.#state.processes.rows.get(process)?.name ?? process).padEnd(this.#width)
    const lines = text.split('\n').map((line) => `${name} | ${line.endsWith('\r') ? line.slice(0, -1) : line}\n`)
    this.#print(lines.join(''))
  }
}
