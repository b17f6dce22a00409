/**
 * What the processes print, as lines of the state's log. A line that has no end yet is there already, and changes in place while it
 * grows or is drawn anew (`\r`), as in a terminal; its colours are kept apart, and other things that only a terminal understands are taken out.
 */
import type { OutputLine } from '../shared/session-state.ts'
import type { ProcessId, ProcessOutput } from '../shared/telemetry.ts'
import { LIMITS } from './limits.ts'
import { dropFirst } from './log.ts'
import { plainText } from './plain-text.ts'
import type { OpenLine, ReducedState } from './state.ts'
import { activeStyle, piecesOf, withoutStyle } from './text-style.ts'
import { copyOf } from './texts.ts'

/** A line that so many others have followed changes no more, for all of those would have to be sent again. */
const NEAR_THE_END = 50
/** A text may keep alive as much more than itself. */
const SPARE_CHARACTERS = 1_000

type Printed = Omit<ProcessOutput, 'type' | 'atUs'>

export function addOutput(state: ReducedState, event: ProcessOutput): void {
  const { process, stream, atUs, taskOfProcess } = event
  const printer = taskOfProcess !== undefined && { taskOfProcess }
  const key = `${process} ${stream}`
  const text = skipTooMuch(state, event.text)
  const parts = text.split('\n')
  let open = state.openLines.get(key)
  for (const [index, part] of parts.entries()) {
    if (!open) open = { raw: '', atUs, position: -1 }
    else if (open.position >= 0 && !isNear(state, open.position)) open = begin(open.raw, atUs)
    open.raw += part
    const isLast = index === parts.length - 1
    if (!isLast || part !== '') show(state, open, { process, stream, text: event.text, ...printer }, isLast)
    if (!isLast) open = begin(open.raw, atUs)
  }
  state.openLines.delete(key)
  if (!open || open.raw === '') return
  state.openLines.set(key, open)
  const [oldest] = state.openLines.keys()
  if (state.openLines.size > LIMITS.openLines && oldest !== undefined) state.openLines.delete(oldest)
}

/** The next line begins in the colours that this one has at its end. */
function begin(before: string, atUs: number): OpenLine {
  return { raw: activeStyle(before), atUs, position: -1 }
}

/** The lines of a process, or of all, have their end. */
export function endLines({ openLines }: ReducedState, process?: ProcessId): void {
  if (process === undefined) openLines.clear()
  for (const stream of ['stdout', 'stderr']) openLines.delete(`${process} ${stream}`)
}

/** Of more than the log holds only the end is looked at; what is skipped counts as dropped. @returns what is left */
function skipTooMuch(state: ReducedState, text: string): string {
  let start = Math.max(0, text.length - LIMITS.outputCharacters)
  let end = text.length
  for (let lines = 0; lines < LIMITS.outputLines && end > start; lines++) end = text.lastIndexOf('\n', end - 1)
  if (end > start) start = end + 1
  if (start === 0) return text
  state.openLines.clear()
  dropLines(state, state.output.items.length)
  for (let at = text.indexOf('\n'); at >= 0 && at < start; at = text.indexOf('\n', at + 1)) state.output.first++
  return text.slice(start)
}

function isNear({ output: { first, items } }: ReducedState, position: number): boolean {
  return position >= first && first + items.length - position <= NEAR_THE_END
}

function show(state: ReducedState, open: OpenLine, printed: Printed, goesOn: boolean): void {
  const { text, styled, begun } = plainText(open.raw, goesOn)
  const pieces = [...piecesOf(styled ?? text, LIMITS.lineCharacters)]
  const last = pieces.pop() as string
  for (const piece of pieces) {
    write(state, open, printed, piece)
    open.position = -1
  }
  open.raw = owned(last + begun, printed.text)
  write(state, open, printed, last)
}

function write(state: ReducedState, open: OpenLine, printed: Printed, styled: string): void {
  const { process, stream, text: source, taskOfProcess } = printed
  const { output, rev } = state
  const text = withoutStyle(styled)
  const line: OutputLine = { rev, atUs: open.atUs, process, stream, text: owned(text, source) }
  if (taskOfProcess !== undefined) line.taskOfProcess = taskOfProcess
  if (text !== '' && styled.length > text.length) line.styled = owned(styled, source)
  state.outputCharacters += charactersOf(line)
  if (open.position >= 0) {
    const index = open.position - output.first
    state.outputCharacters -= charactersOf(output.items[index] as OutputLine)
    output.items[index] = line
    for (let i = index + 1; i < output.items.length; i++) output.items[i] = { ...(output.items[i] as OutputLine), rev }
  } else {
    output.items.push(line)
    open.position = output.first + output.items.length - 1
  }
  trim(state)
}

/** Drops the oldest lines, once there are a quarter too many, so that it costs little on average. */
function trim(state: ReducedState): void {
  const { items } = state.output
  if (items.length > LIMITS.outputLines * 1.25) dropLines(state, items.length - LIMITS.outputLines)
  if (state.outputCharacters <= LIMITS.outputCharacters * 1.25) return
  let count = 0
  let characters = state.outputCharacters
  while (count < items.length - 1 && characters > LIMITS.outputCharacters)
    characters -= charactersOf(items[count++] as OutputLine)
  dropLines(state, count)
}

function dropLines(state: ReducedState, count: number): void {
  for (const line of state.output.items.slice(0, count)) state.outputCharacters -= charactersOf(line)
  dropFirst(state.output, count)
}

function charactersOf({ text, styled = '' }: OutputLine): number {
  return text.length + styled.length
}

/** What was cut out of something much longer must not keep that alive. */
function owned(text: string, source: string): string {
  return source.length > text.length + SPARE_CHARACTERS ? copyOf(text) : text
}
