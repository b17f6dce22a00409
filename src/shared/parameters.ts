/** What a program can be told when it is started: declared once, checked the same way by window, terminal and `node demo.ts`. */
import { parseProcessName } from './user-process.ts'

interface ParameterBase {
  /** What a form calls it. */
  label: string
  /** A sentence for those who hover or ask for help. */
  help: string
}

export interface NumberParameter extends ParameterBase {
  type: 'number' | 'integer'
  default: number
  min: number
  max: number
  /** How a form shows it; a slider moves in even steps of the logarithm. */
  control: 'field' | 'slider'
  /** Written behind the value, such as `×`. */
  unit?: string
}

export interface TextParameter extends ParameterBase {
  /** `url-template` is an http(s) URL with `{n}` where the page number goes; `path` is a file's path, `command` a command line, `process` a process that runs: its PID, or that and its start, see `user-process.ts`. An empty text means "the program's own". */
  type: 'url-template' | 'path' | 'command' | 'process'
  default: string
  /** Shown in the empty field. */
  placeholder: string
}

export type Parameter = NumberParameter | TextParameter
export type Parameters = Readonly<Record<string, Parameter>>

/** The values of declared parameters: numbers for numbers, strings for texts. */
export type ParameterValues<P extends Parameters> = {
  -readonly [K in keyof P]: P[K] extends NumberParameter ? number : string
}

/** Every program has a speed: what it says in milliseconds is divided by it. */
export const speedParameter = {
  type: 'number',
  label: 'Speed',
  help: 'How many times faster than the original the program runs: its sleeps and timeouts are divided by this.',
  default: 1,
  min: 0.25,
  max: 20,
  control: 'slider',
  unit: '×',
} as const satisfies NumberParameter

/** A parameter that is unknown, missing its value, not of its type or out of its range. The message is one sentence for a person. */
export class ParameterError extends Error {
  override name = 'ParameterError'
  readonly parameter: string
  constructor(parameter: string, message: string) {
    super(message)
    this.parameter = parameter
  }
}

function checkNumber(name: string, parameter: NumberParameter, given: string | number): number {
  const text = String(given).trim()
  const value = text === '' ? Number.NaN : Number(text)
  const { label, min, max } = parameter
  if (!Number.isFinite(value)) throw new ParameterError(name, `${label} must be a number, but "${given}" is not one.`)
  if (parameter.type === 'integer' && !Number.isInteger(value)) {
    throw new ParameterError(name, `${label} must be a whole number, but ${value} is not.`)
  }
  if (value < min || value > max) {
    throw new ParameterError(name, `${label} must be between ${min} and ${max}, but ${value} is not.`)
  }
  return value
}

function checkUrlTemplate(name: string, parameter: TextParameter, text: string): string {
  if (text === '') return text
  const example = 'for example http://127.0.0.1:8000/page/{n}'
  if (!text.includes('{n}')) {
    throw new ParameterError(name, `${parameter.label} needs {n} where the page number goes, ${example}.`)
  }
  let url: URL
  try {
    url = new URL(text.replaceAll('{n}', '1'))
  } catch {
    throw new ParameterError(name, `${parameter.label} must be a URL, ${example}; "${text}" is not one.`)
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ParameterError(name, `${parameter.label} must start with http:// or https://, not ${url.protocol}//.`)
  }
  return text
}

function checkText(name: string, parameter: TextParameter, given: string | number): string {
  const text = String(given).trim()
  if (text.length > 2_000) throw new ParameterError(name, `${parameter.label} is too long: at most 2,000 characters.`)
  if (text.includes('\0')) throw new ParameterError(name, `${parameter.label} must not contain a NUL character.`)
  if (parameter.type === 'process' && text !== '' && !parseProcessName(text)) {
    throw new ParameterError(name, `${parameter.label} is a number, its PID; "${text}" is none.`)
  }
  return parameter.type === 'url-template' ? checkUrlTemplate(name, parameter, text) : text
}

/** @returns the value that `given` stands for; throws {@link ParameterError} */
export function checkParameter(name: string, parameter: Parameter, given: string | number): string | number {
  return 'min' in parameter ? checkNumber(name, parameter, given) : checkText(name, parameter, given)
}

/**
 * @param parameters what is declared
 * @param given values by name, as typed or as numbers; what is missing takes its default
 * @returns a value for every declared parameter; throws {@link ParameterError} on the first that does not fit
 */
export function checkParameters<P extends Parameters>(
  parameters: P,
  given: Readonly<Record<string, string | number>>,
): ParameterValues<P> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(parameters, name)) {
      const known = Object.keys(parameters).join(', ') || 'none'
      throw new ParameterError(name, `There is no parameter "${name}"; known are: ${known}.`)
    }
  }
  const values: Record<string, string | number> = {}
  for (const [name, parameter] of Object.entries(parameters)) {
    values[name] = checkParameter(name, parameter, given[name] ?? parameter.default)
  }
  return values as ParameterValues<P>
}

/**
 * Reads `--name value` and `--name=value`.
 * @returns the texts by name, unchecked; throws {@link ParameterError} on anything else
 */
export function parseArguments(args: readonly string[]): Record<string, string> {
  const given: Record<string, string> = {}
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string
    const match = /^--([a-z][a-z0-9-]*)(?:=(.*))?$/is.exec(word)
    if (!match) throw new ParameterError(word, `"${word}" is not understood; parameters are written --name value.`)
    const name = match[1] as string
    const value = match[2] ?? args[++i]
    if (value === undefined) throw new ParameterError(name, `--${name} needs a value.`)
    given[name] = value
  }
  return given
}

/** @returns the values as words of a command line, the inverse of {@link parseArguments} */
export function formatArguments(values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)])
}
