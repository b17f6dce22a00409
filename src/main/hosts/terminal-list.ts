/** The programs as text, and what one of them can be told. */
import type { Parameter } from '../../shared/parameters.ts'
import type { Program } from '../../sources/source.ts'
import { type Paint, painter } from './terminal-paint.ts'

/** @returns a line a program, with its parameters; or JSON */
export function formatTerminalList(programs: readonly Program[], json: boolean, paint: Paint = painter(false)): string {
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
    return `${paint('bold', id.padEnd(width))}  ${summary}  ${paint('dim', `(${names.join(' ')})`)}`
  })
  return `${lines.join('\n')}\n`
}

/** @returns how a program is run: each parameter with what it is for, its range and its default */
export function formatProgramHelp(program: Program, columns: number, paint: Paint = painter(false)): string {
  const { id, title, summary, watch, parameters } = program
  const own = Object.entries(parameters).map(([name, parameter]) => {
    const takes = 'min' in parameter ? parameter.type : parameter.type === 'path' ? 'path' : 'url'
    return { option: `--${name} <${takes}>`, text: inWords(parameter) }
  })
  const ours = [
    { option: '--json', text: 'Print one telemetry event a line, and nothing else.' },
    { option: '-h, --help', text: 'Print this.' },
  ]
  const options = [...own, ...ours]
  const indent = Math.max(...options.map(({ option }) => option.length)) + 4
  const width = Math.max(indent + 20, Math.min(columns, 100))
  const lines = options.map(({ option, text }) => {
    const [first, ...rest] = wrap(text, width - indent)
    const head = `  ${paint('bold', option)}${' '.repeat(indent - option.length - 2)}${first ?? ''}`
    return [head, ...rest.map((line) => ' '.repeat(indent) + line)].join('\n')
  })
  const usage = `Usage: forkscope run ${id} [options]`
  const about = [`${paint('bold', title)}: ${summary}`, ...wrap(watch, width)]
  return [usage, '', ...about, '', 'Options:', ...lines, ''].join('\n')
}

function inWords(parameter: Parameter): string {
  const { label, help } = parameter
  if (!('min' in parameter)) return `${label}: ${help} Default: ${parameter.default || parameter.placeholder}.`
  const { min, max, unit = '', default: value } = parameter
  return `${label}: ${help} From ${min}${unit} to ${max}${unit}, default ${value}${unit}.`
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
