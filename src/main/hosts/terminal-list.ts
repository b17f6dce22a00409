/** The programs as text. */
import type { Program } from '../../sources/source.ts'

/** @returns a line a program, with its parameters; or JSON */
export function formatTerminalList(programs: readonly Program[], json: boolean): string {
  if (json) {
    const plain = programs.map(({ id, title, summary, watch, parameters }) => ({
      id,
      title,
      summary,
      watch,
      parameters,
    }))
    return `${JSON.stringify(plain, null, 2)}\n`
  }
  const width = Math.max(...programs.map(({ id }) => id.length))
  const lines = programs.map(({ id, summary, parameters }) => {
    const names = Object.keys(parameters).map((name) => `--${name}`)
    return `${id.padEnd(width)}  ${summary}  (${names.join(' ')})`
  })
  return `${lines.join('\n')}\n`
}
