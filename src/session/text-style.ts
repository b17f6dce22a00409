/** Colours and the like in a text, as ECMA-48 writes them (SGR): which of them are in force at its end, and how to cut it. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what it is about
export const STYLE = /\x1b\[[\d;:]*m/
export const RESET = '\x1b[0m'

const STYLES = new RegExp(STYLE.source, 'g')
const CODE = /[34]8[;:]5[;:]\d+|[34]8[;:]2(?:[;:]\d+){3}|\d+/g

/** Of codes that are about the same, the last is in force. */
function about(code: string): { what: string; ends: boolean } | null {
  const number = Number.parseInt(code, 10)
  if (code === '38' || code === '48') return null
  if ((number >= 30 && number <= 39) || (number >= 90 && number <= 97)) return { what: 'colour', ends: number === 39 }
  if ((number >= 40 && number <= 49) || (number >= 100 && number <= 107)) return { what: 'ground', ends: number === 49 }
  if (number === 1 || number === 2 || number === 22) return { what: 'weight', ends: number === 22 }
  if (number >= 3 && number <= 9) return { what: code, ends: false }
  return number >= 23 && number <= 29 ? { what: String(number - 20), ends: true } : null
}

/** @returns the one sequence that sets what is in force at the end of a text, '' if nothing is */
export function activeStyle(text: string): string {
  if (!text.includes('\x1b')) return ''
  const inForce = new Map<string, string>()
  for (const [sequence] of text.matchAll(STYLES)) {
    for (const code of sequence.match(CODE) ?? ['0']) {
      const meaning = about(code)
      if (Number(code) === 0) inForce.clear()
      else if (meaning?.ends) inForce.delete(meaning.what)
      else if (meaning) inForce.set(meaning.what, code)
    }
  }
  return inForce.size === 0 ? '' : `\x1b[${[...inForce.values()].join(';')}m`
}

export function withoutStyle(styled: string): string {
  return styled.includes('\x1b') ? styled.replace(STYLES, '') : styled
}

/** @returns a text in pieces of at most so many characters, those of its colours not counted, each with its colours */
export function* piecesOf(styled: string, most: number): Generator<string> {
  let before = ''
  let from = 0
  let length = 0
  let at = 0
  const upTo = function* (end: number) {
    while (length + end - at > most) {
      const cutAt = betweenCharacters(styled, at + most - length)
      const piece = before + styled.slice(from, cutAt)
      yield piece
      before = activeStyle(piece)
      from = at = cutAt
      length = 0
    }
    length += end - at
  }
  for (const { 0: sequence, index } of styled.matchAll(STYLES)) {
    yield* upTo(index)
    at = index + sequence.length
  }
  yield* upTo(styled.length)
  yield before + styled.slice(from)
}

/** Not between the two halves of a character. */
function betweenCharacters(text: string, at: number): number {
  const code = text.charCodeAt(at - 1)
  return code >= 0xd800 && code < 0xdc00 ? at - 1 : at
}
