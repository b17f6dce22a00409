/** Marks in the output of a worker: which of the tasks that it has begun printed what follows. No terminal shows them. */

const ESCAPE = '\u001b'
const BEGIN = `${ESCAPE}_forkscope task `
const END = `${ESCAPE}\\`
const MARK = new RegExp(`${BEGIN}(\\d{1,15})${END.replace('\\', '\\\\')}`)
/** What may become a mark with what comes next. */
const MOST_BEGUN = BEGIN.length + 17

/** @param task 1 for the first that the process has begun, 0 for none */
export function outputMark(task: number): string {
  return `${BEGIN}${task}${END}`
}

export interface MarkedText {
  text: string
  /** 0 for what no task printed. */
  task: number
}

/** Takes the marks out of a text that comes in pieces. */
export class MarkReader {
  #task = 0
  #rest = ''

  /** @returns the text in pieces, each with the task that printed it */
  read(text: string): MarkedText[] {
    const found: MarkedText[] = []
    let rest = this.#rest + text
    this.#rest = ''
    for (let mark = MARK.exec(rest); mark; mark = MARK.exec(rest)) {
      if (mark.index > 0) found.push({ text: rest.slice(0, mark.index), task: this.#task })
      this.#task = Number(mark[1])
      rest = rest.slice(mark.index + mark[0].length)
    }
    const begun = rest.lastIndexOf(ESCAPE, rest.endsWith(ESCAPE) ? rest.length - 2 : undefined)
    for (const at of [begun, rest.length - 1]) {
      if (at < 0 || rest.length - at > MOST_BEGUN || !mayBecomeMark(rest.slice(at))) continue
      this.#rest = rest.slice(at)
      rest = rest.slice(0, at)
      break
    }
    if (rest !== '') found.push({ text: rest, task: this.#task })
    return found
  }

  /** @returns what had begun and is no mark */
  end(): MarkedText[] {
    const text = this.#rest
    this.#rest = ''
    return text === '' ? [] : [{ text, task: this.#task }]
  }
}

function mayBecomeMark(text: string): boolean {
  if (text.length <= BEGIN.length) return BEGIN.startsWith(text)
  const number = text.slice(BEGIN.length, text.endsWith(ESCAPE) ? -1 : undefined)
  return text.startsWith(BEGIN) && /^\d{1,15}$/.test(number)
}
