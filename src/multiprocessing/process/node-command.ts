/** Under which Node, and with which of its options, children run: as the program itself was started, as far as that fits a child. */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Options that are not for children, by what `node --help` says of them: those that make Node do something else than run the child's
 * entry, files and ports that only one process can have, and what reaches children by their environment.
 */
const NOT_INHERITED = new RegExp(
  `^--?(?:${[
    'e|eval|p|pe|print|c|check|i|interactive|s|run|input-type|(?:experimental-)?entry-url',
    '(?:experimental-)?test(?:-.*)?|watch(?:-.*)?|build-.*|experimental-sea-config|snapshot-blob',
    'inspect(?:-.*)?|debug-port|env-file(?:-if-exists)?',
  ].join('|')})$`,
)

/** Files that are written: every process needs its own, which `\${pid}` or V8's `%p` in the name makes them; without a name they are. */
const FILE_NAMES = /^--(?:cpu-prof-name|heap-prof-name|report-filename|trace-event-.*|trace-events-enabled|logfile)$/
const OWN_NAME = /\$\{pid\}|%p/

/** Options whose value may be a path that is relative to the folder that the program was started in. */
const LOADED_FIRST = /^(?:-r|--require|--import|--loader|--experimental-loader)$/

/** Where the program was started: its options are relative to it, wherever it goes afterwards. */
const startFolder = folder()

function folder(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

export interface NodeCommand {
  file: string
  args: string[]
  env: NodeJS.ProcessEnv
}

/** An option with its value, as it was written: `--title=a`, or `--title`, `a`. A value never begins with a dash, Node refuses it. */
function optionsOf(words: readonly string[]): string[][] {
  const options: string[][] = []
  for (const word of words) {
    if (word.startsWith('-') || options.length === 0) options.push([word])
    else options.at(-1)?.push(word)
  }
  return options
}

function isInherited(option: readonly string[]): boolean {
  const [name = ''] = (option[0] as string).split('=', 1)
  if (FILE_NAMES.test(name.replaceAll('_', '-'))) return OWN_NAME.test(option.join('='))
  return !NOT_INHERITED.test(name.replaceAll('_', '-'))
}

function fromStartFolder(option: readonly string[]): string[] {
  const whole = option.join('=')
  const at = whole.indexOf('=')
  const [name, value] = at < 0 ? [whole, ''] : [whole.slice(0, at), whole.slice(at + 1)]
  if (!startFolder || !LOADED_FIRST.test(name) || !/^\.\.?[/\\]/.test(value)) return [...option]
  const path = resolve(startFolder, value)
  return [name, /^(?:-r|--require)$/.test(name) ? path : pathToFileURL(path).href]
}

/** @returns those of Node's options that a child gets as well, each with its value */
export function inheritedOptions(words: readonly string[]): string[] {
  return optionsOf(words).filter(isInherited).flatMap(fromStartFolder)
}

/** @returns the words of NODE_OPTIONS, which are separated by spaces, and may be in double quotes with backslashes */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g)].map(([word]) =>
    word.replace(/"((?:\\.|[^"\\])*)"/g, (_whole, quoted: string) => quoted.replace(/\\(.)/g, '$1')),
  )
}

/** @returns NODE_OPTIONS without what is not for children; as it is if there is nothing such */
export function inheritedNodeOptions(text: string): string {
  const options = optionsOf(wordsOf(text))
  const inherited = options.filter(isInherited)
  if (inherited.length === options.length) return text
  const quoted = (word: string) => (/[\s"\\]/.test(word) ? `"${word.replace(/["\\]/g, '\\$&')}"` : word)
  return inherited.flat().map(quoted).join(' ')
}

/**
 * @param nodePath the Node to use, or null for FORKSCOPE_NODE or, without that, the one that runs this process
 * @param entry the child's first module
 */
export function nodeCommand(nodePath: string | null, entry: string): NodeCommand {
  const file = nodePath || process.env.FORKSCOPE_NODE || process.execPath
  const env = { ...process.env }
  if (env.NODE_OPTIONS) env.NODE_OPTIONS = inheritedNodeOptions(env.NODE_OPTIONS)
  // By this `node --watch` has its child tell what it loads, over a connection that a child of ours has not.
  delete env.WATCH_REPORT_DEPENDENCIES
  const own = file === process.execPath
  // Electron's own binary is a Node if it is told so.
  if (own && process.versions.electron) env.ELECTRON_RUN_AS_NODE = '1'
  const options = process.versions.electron ? [] : inheritedOptions(process.execArgv)
  return { file, args: [...options, entry], env }
}
