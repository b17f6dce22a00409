/** The command `forkscope`: lists programs, runs one in the terminal or in the window, and attaches to what runs already. */

import { resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import { join } from 'shlex'
import { harmless } from '../session/plain-text.ts'
import {
  checkParameters,
  ParameterError,
  type Parameters,
  type ParameterValues,
  parseArguments,
} from '../shared/parameters.ts'
import { CommandError } from '../sources/command/spawn-error.ts'
import type { Program } from '../sources/source.ts'
import { appVersion } from './app-info.ts'
import { attachInTerminal } from './hosts/attach-in-terminal.ts'
import { runCommandInTerminal } from './hosts/command-in-terminal.ts'
import { runInTerminal } from './hosts/terminal.ts'
import { formatProgramHelp, formatTerminalList } from './hosts/terminal-list.ts'
import { hasColours, painter } from './hosts/terminal-paint.ts'
import { parsePort } from './port-option.ts'
import { catalog } from './programs/catalog.ts'

const EXIT_BAD_USAGE = 2
/** As much as a field of the window holds. */
const LONGEST_COMMAND = 2_000

/** Wrong use of the command, in one line. */
class UsageError extends Error {
  override name = 'UsageError'
}

function find(id: string): Program {
  const program = catalog.find((candidate) => candidate.id === id)
  if (program) return program
  throw new UsageError(`There is no program "${id}"; known are: ${catalog.map((known) => known.id).join(', ')}.`)
}

function readValues<P extends Parameters>(parameters: P, words: readonly string[]): ParameterValues<P> {
  return checkParameters(parameters, parseArguments(words))
}

/** Takes `--json` out of the words that are the program's: it may stand before or after them, but not behind `--`. */
function takeJson(words: readonly string[]): { json: boolean; rest: string[] } {
  const end = words.indexOf('--')
  const ours = end < 0 ? words : words.slice(0, end)
  const theirs = end < 0 ? [] : words.slice(end + 1)
  return { json: ours.includes('--json'), rest: [...ours.filter((word) => word !== '--json'), ...theirs] }
}

/** A program's own parameters are written `--name value`, so a value may be `-h`. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  const ours = end < 0 ? words : words.slice(0, end)
  return ours.includes('--help') || ours[0] === '-h'
}

interface RunOptions {
  json?: boolean
  record?: string
  cwd?: string
  pythonAgent: boolean
  nodeAgent: boolean
}

/** The options of `forkscope run [options] -- COMMAND…`, and the command; null where a program of the catalog is meant. */
function takeCommand(words: readonly string[]): { options: RunOptions; argv: [string, ...string[]] } | null {
  const end = words.indexOf('--')
  if (words[0] !== 'run' || end < 0) return null
  const parser = new Command('forkscope run')
    .option('--json')
    .option('--record <file>')
    .option('--cwd <folder>')
    .option('--no-python-agent')
    .option('--no-node-agent')
    .argument('[program]')
    .allowUnknownOption()
    .passThroughOptions()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  parser.parse(words.slice(1, end), { from: 'user' })
  if (parser.args.length > 0) return null
  const [file, ...args] = words.slice(end + 1)
  if (file === undefined || file === '') throw new UsageError('Say which command to run, behind the two dashes.')
  return { options: parser.opts<RunOptions>(), argv: [file, ...args] }
}

interface OpenOptions {
  browser?: boolean
  port?: number
  open: boolean
  cwd?: string
}

/** Opens the window, with a command of the user's own started in it. */
async function open(words: readonly string[], { browser = false, port = 0, open, cwd = '.' }: OpenOptions) {
  const parameters = { command: join(words), folder: resolve(cwd) }
  if (parameters.command.length > LONGEST_COMMAND)
    throw new UsageError(`The command line is too long for the window: at most ${LONGEST_COMMAND} characters.`)
  const asked = words.length === 0 ? null : { program: 'own', parameters }
  // What is only for the window is loaded for it alone.
  const { openWindow } = await import('./open-window.ts')
  await openWindow({ browser, port, open, asked })
}

/** Runs a command of the user's own. */
async function runCommand(options: RunOptions, argv: [string, ...string[]]): Promise<void> {
  const environment = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const cwd = resolve(options.cwd ?? '.')
  const command = { argv, cwd, env: Object.fromEntries(environment), stdin: 'inherit' as const }
  const agents = { python: options.pythonAgent, node: options.nodeAgent }
  const view = { json: options.json ?? false, record: options.record ?? null }
  process.exit(await runCommandInTerminal({ ...command, agents }, view))
}

interface AttachOptions {
  json?: boolean
  record?: string
  stacks?: boolean
  openInspector?: boolean
}

/** Attaches to what runs already. */
async function attach(word: string, { json, record, stacks, openInspector }: AttachOptions): Promise<void> {
  if (!/^\d{1,10}$/.test(word) || Number(word) === 0)
    throw new UsageError(`Say which process by its number (PID), as ps or top show it; "${word}" is none.`)
  if (openInspector && !stacks) throw new UsageError('--open-inspector goes with --stacks.')
  const view = { json: json ?? false, record: record ?? null, stacks: stacks ?? false }
  process.exit(await attachInTerminal(Number(word), { ...view, openInspector: openInspector ?? false }))
}

/** By its name, so that what listens is loaded for the window alone. */
function isPortError(error: unknown): boolean {
  return error instanceof Error && error.name === 'PortError'
}

async function main(words: readonly string[]): Promise<void> {
  const own = takeCommand(words)
  if (own) return runCommand(own.options, own.argv)
  const paint = painter(hasColours(process.stdout))
  const command = new Command('forkscope')
    .description('Watch a multi-process program while it runs.')
    .version(appVersion(), '-V, --version', 'print the version')
    // Without this, what is meant for the program would be taken for the command's own.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  command
    .command('list')
    .description('print the programs')
    .option('--json', 'as JSON, with their parameters')
    .action(({ json }: { json?: boolean }) => {
      process.stdout.write(formatTerminalList(catalog, json ?? false, paint))
    })
  command
    .command('run')
    .description('run a program; its parameters are written --name value. `run -- COMMAND…` runs a command of your own')
    .argument('<program>', 'the id of a program, see `forkscope list`')
    .argument('[parameters...]', 'such as --speed 10; `forkscope run spider --help` lists those of the spider')
    .option('--json', 'print one telemetry event a line, and nothing else')
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (id: string, rest: string[], options: { json?: boolean }) => {
      const program = find(id)
      if (asksForHelp(rest)) {
        process.stdout.write(formatProgramHelp(program, process.stdout.columns || 80, paint))
        return
      }
      const { json, rest: own } = takeJson(rest)
      const values = readValues(program.parameters, own)
      process.exitCode = await runInTerminal(program, values, (options.json ?? false) || json)
    })
  command
    .command('attach')
    .description('watch a process that runs already, and what it starts; Ctrl-C lets go of it, and it goes on')
    .argument('<pid>', 'its number, as ps or top show it')
    .option('--json', 'print one telemetry event a line, and nothing else')
    .option('--record <file>', 'write these lines into a file')
    .option(
      '--stacks',
      'print where each of its processes is now (Python by py-spy, Node by its inspector), and let go',
    )
    .option('--open-inspector', 'with --stacks: open the inspector of a Node for a moment, on a port of this machine')
    .action(attach)
  command
    .command('open')
    .description('open the window; `open -- COMMAND…` starts a command of your own in it')
    .option('--browser', 'in a browser instead of Electron')
    .option('--port <number>', 'the port for the browser; a free one if left out', parsePort)
    .option('--no-open', 'only print the address')
    .option('--cwd <folder>', 'where the command is started; here if left out')
    .argument('[command...]', 'the program and its words, behind two dashes')
    .action(open)
  try {
    await command.parseAsync(words, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return
      const nothing = error.code === 'commander.help'
      throw new UsageError(
        nothing ? 'Say what to do: list, run PROGRAM, open, or attach PID. See forkscope --help.' : error.message,
      )
    }
    throw error
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const expected =
    error instanceof UsageError ||
    error instanceof ParameterError ||
    error instanceof CommanderError ||
    isPortError(error)
  const text = error instanceof Error ? error.message.replace(/^error: /, '') : String(error)
  process.stderr.write(`forkscope: ${harmless(text).trimEnd()}\n`)
  process.exitCode = error instanceof CommandError ? error.status : expected ? EXIT_BAD_USAGE : 1
})
