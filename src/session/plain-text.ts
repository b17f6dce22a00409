/** What a terminal would show of a text: colours apart, nothing is left in it that a terminal or a window would act on. */
import { activeStyle, STYLE, withoutStyle } from './text-style.ts'

// The grammar of ECMA-48, written here because no library says what has only begun: a text up to its terminator (a link,
// a title), parameters and a final byte (a colour, a place), or one of the few others.
const STRING = String.raw`(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*`
const CSI = String.raw`(?:\x1b\[|\x9b)[0-?]*[ -/]*`
const OTHER = String.raw`\x1b[ -/]*`
const SEQUENCE = new RegExp(String.raw`${STRING}(?:\x07|\x1b\\|\x9c)|${CSI}[@-~]|${OTHER}[0-OQ-WYZ\\\x60a-~]`, 'g')
const BEGUN = new RegExp(String.raw`(?:${STRING}\x1b?|${CSI}|${OTHER})$`)
/** C0 but for tabs and line breaks, C1, and what turns the direction of text. */
const CONTROL = String.raw`[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]`
const CONTROLS = new RegExp(CONTROL, 'g')
const STYLE_OR_CONTROL = new RegExp(`(${STYLE.source})|${CONTROL}`, 'g')
/** What goes on longer than this without an end is no sequence. */
const MOST_BEGUN = 4_000
/** More characters of colours than this, besides four for each that is shown, are no colours of a text. */
const MOST_STYLE = 1_000

export interface PlainText {
  text: string
  /** The same with its colours, as ECMA-48 writes them, if it has any. */
  styled?: string
  /** What has begun at the end and is not text yet: a piece of a colour, or the return to the line's start. */
  begun: string
}

/**
 * @param raw a line, or its beginning
 * @param goesOn whether more may follow, such as the rest of a colour
 * @returns what is to be seen of it: what was overwritten (`\r`) and what is no text is left out
 */
export function plainText(raw: string, goesOn: boolean): PlainText {
  let end = raw.length
  while (end > 0 && raw[end - 1] === '\r') end--
  const start = end === 0 ? 0 : raw.lastIndexOf('\r', end - 1) + 1
  const line = raw.slice(start, end)
  const returns = raw.length > end ? '\r' : ''
  // The colour that was in force there is in force still.
  const before = start > 0 ? activeStyle(raw.slice(0, start)) : ''
  if (line.search(CONTROLS) < 0 && before === '') return { text: line, begun: returns }
  let begun = goesOn ? (BEGUN.exec(line)?.[0] ?? '') : ''
  if (begun.length > MOST_BEGUN) begun = ''
  const whole = before + line.slice(0, line.length - begun.length)
  const styled = whole
    .replace(SEQUENCE, (sequence) => (STYLE.test(sequence) ? sequence : ''))
    .replace(STYLE_OR_CONTROL, (control, style?: string) => style ?? signOf(control))
  const text = withoutStyle(styled)
  const hasStyle = styled.length > text.length && styled.length - text.length <= MOST_STYLE + 4 * text.length
  return { text, ...(hasStyle && { styled }), begun: begun + returns }
}

/** @returns a text of a program's, such as a message, without anything that moves a cursor, or turns the direction of what follows */
export function harmless(text: string): string {
  return text.search(CONTROLS) < 0
    ? text
    : text.replace(SEQUENCE, '').replaceAll('\r\n', '\n').replace(CONTROLS, signOf)
}

/** What is left is nothing that a terminal would act on: it is shown as what it is. */
function signOf(control: string): string {
  const code = control.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '␡' : '\ufffd'
}
