/** What a terminal would show of a text: no colours or other sequences that only a terminal understands. */

// The grammar of ECMA-48, written here because no library says what has only begun: a text up to its terminator (a link,
// a title), parameters and a final byte (a colour, a place), or one of the few others.
const STRING = String.raw`\x1b[\]PX^_][^\x07\x1b\x9c]*`
const CSI = String.raw`(?:\x1b\[|\x9b)[0-?]*[ -/]*`
const OTHER = String.raw`\x1b[ -/]*`
const SEQUENCE = new RegExp(String.raw`${STRING}(?:\x07|\x1b\\|\x9c)|${CSI}[@-~]|${OTHER}[0-OQ-WYZ\\\x60a-~]`, 'g')
const BEGUN = new RegExp(String.raw`(?:${STRING}\x1b?|${CSI}|${OTHER})$`)
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f\x9b]/g
/** What goes on longer than this without an end is no sequence. */
const MOST_BEGUN = 4_000

export interface PlainText {
  text: string
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
  const line = raw.slice(end === 0 ? 0 : raw.lastIndexOf('\r', end - 1) + 1, end)
  const returns = raw.length > end ? '\r' : ''
  if (line.search(CONTROLS) < 0) return { text: line, begun: returns }
  let begun = goesOn ? (BEGUN.exec(line)?.[0] ?? '') : ''
  if (begun.length > MOST_BEGUN) begun = ''
  const whole = line.slice(0, line.length - begun.length)
  return { text: withSigns(whole.replace(SEQUENCE, '')), begun: begun + returns }
}

/** What is left is nothing that a terminal would act on: it is shown as what it is. */
function withSigns(text: string): string {
  return text.replace(CONTROLS, (control) =>
    control === '\x7f' ? '␡' : String.fromCharCode(0x2400 + (control.charCodeAt(0) & 0x1f)),
  )
}
