/**
 * What the processes print, as lines of the state's log. A line that has no end yet is there already, and changes in place while it
 * grows or is drawn anew (`\r`), as in a terminal; colours and other things that only a terminal understands are taken out.
 */
import { stripVTControlCharacters } from 'node:util'
import { append } from '../../shared/log.ts'
import { LIMITS, type OutputLine, type SessionState } from '../../shared/session-state.ts'
import type { ProcessId, ProcessOutput } from '../../shared/telemetry.ts'

/** Longer lines are cut in pieces: a program that never writes a line break must not grow a line without bound. */
const MAX_LINE_CHARACTERS = 4_000
/** A line that so many others have followed changes no more, for all of those would have to be sent again. */
const NEAR_THE_END = 50

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f\x9b]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const BEGUN_SEQUENCE = /\x1b[^A-Za-z\x07]{0,100}$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const SINGLE_CONTROLS = /[\0-\x08\x0b-\x1f\x7f\x9b]/g

interface OpenLine {
  /** As it was printed, what was overwritten left out. */
  raw: string
  atUs: number
  /** Of its item in the log; -1 if it has none yet. */
  position: number
}

export class OutputLines {
  readonly #state: SessionState
  readonly #open = new Map<string, OpenLine>()

  constructor(state: SessionState) {
    this.#state = state
  }

  add({ process, stream, text, atUs }: ProcessOutput): void {
    const key = `${process} ${stream}`
    const parts = text.split('\n')
    let open = this.#open.get(key)
    for (const [index, part] of parts.entries()) {
      if (!open || (open.position >= 0 && !this.#isNear(open.position))) open = { raw: '', atUs, position: -1 }
      open.raw += part
      const isLast = index === parts.length - 1
      if (!isLast || part !== '') this.#show(open, process, stream, isLast)
      if (!isLast) open = undefined
    }
    if (open && open.raw !== '') this.#open.set(key, open)
    else this.#open.delete(key)
  }

  /** The lines of a process, or of all, have their end. */
  end(process?: ProcessId): void {
    if (process === undefined) this.#open.clear()
    for (const stream of ['stdout', 'stderr']) this.#open.delete(`${process} ${stream}`)
  }

  #isNear(position: number): boolean {
    const { first, items } = this.#state.output
    return position >= first && first + items.length - position <= NEAR_THE_END
  }

  #show(open: OpenLine, process: ProcessId, stream: OutputLine['stream'], goesOn: boolean): void {
    const overwritten = open.raw.replace(/\r+$/, '').lastIndexOf('\r') + 1
    if (overwritten > 0) open.raw = open.raw.slice(overwritten)
    let text = shown(open.raw, goesOn)
    while (text.length > MAX_LINE_CHARACTERS) {
      const end = pieceEnd(text)
      this.#write(open, process, stream, text.slice(0, end))
      text = text.slice(end)
      Object.assign(open, { raw: text, position: -1 })
    }
    this.#write(open, process, stream, text)
  }

  #write(open: OpenLine, process: ProcessId, stream: OutputLine['stream'], text: string): void {
    const { output, rev } = this.#state
    const line = { rev, atUs: open.atUs, process, stream, text }
    if (open.position >= 0) {
      const index = open.position - output.first
      output.items[index] = line
      for (const later of output.items.slice(index + 1)) later.rev = rev
    } else {
      append(output, line, LIMITS.outputLines)
      open.position = output.first + output.items.length - 1
    }
  }
}

/** Not between the two halves of a character. */
function pieceEnd(text: string): number {
  const code = text.charCodeAt(MAX_LINE_CHARACTERS - 1)
  return code >= 0xd800 && code < 0xdc00 ? MAX_LINE_CHARACTERS - 1 : MAX_LINE_CHARACTERS
}

/** @param goesOn whether more may follow, such as the rest of a colour */
function shown(raw: string, goesOn: boolean): string {
  const text = raw.replace(/\r+$/, '')
  if (!CONTROLS.test(text)) return text
  const plain = stripVTControlCharacters(goesOn ? text.replace(BEGUN_SEQUENCE, '') : text)
  // What is left is nothing that a terminal would act on: it is shown as what it is.
  return plain.replace(SINGLE_CONTROLS, (control) =>
    control === '\x7f' ? '␡' : String.fromCharCode(0x2400 + (control.charCodeAt(0) & 0x1f)),
  )
}
