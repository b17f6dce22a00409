/** A program of the user's own, in the window: its command line and folder are typed into fields, as other programs' parameters are. */
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { split } from 'shlex'
import type { Parameters } from '../../shared/parameters.ts'
import { openCommand } from '../../sources/command/command-source.ts'
import type { Program, Running, Sink, Source, Values } from '../../sources/source.ts'

const parameters = {
  command: {
    ...{ type: 'command', label: 'Command', default: '', placeholder: 'python3 app.py' },
    help: 'The program and its words, as in a shell, after KEY=VALUE for its environment; there is no shell between, so no pipes',
  },
  folder: {
    ...{ type: 'path', label: 'Folder', default: '', placeholder: homedir() },
    help: 'Where it is started; your home if it is empty',
  },
} as const satisfies Parameters

export const ownProgram: Program = {
  id: 'own',
  title: 'Your own program',
  summary: 'Python, Node, any command',
  watch:
    'Its processes; in Python its queues, locks, pools and tasks, in Node its threads and messages. Nothing in it is changed.',
  parameters,
  sources: [],
  open: (values) => new OwnSource(values),
}

/** What is wrong with what was typed is told when it is started. */
class OwnSource implements Source {
  readonly about: Source['about']
  readonly #values: Values

  constructor(values: Values) {
    const command = String(values.command)
    this.#values = values
    this.about = { program: ownProgram.id, title: command || ownProgram.title, parameters: values, isHere: true }
  }

  async start(sink: Sink): Promise<Running> {
    const { argv, variables } = readCommandLine(String(this.#values.command))
    const folder = expanded(String(this.#values.folder))
    const environment = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
    const how = { stdin: 'nothing', output: 'tell', until: 'all', agents: { python: true, node: true } } as const
    const env = { ...Object.fromEntries(environment), ...variables }
    return openCommand({ argv, cwd: folder, env, ...how }, ownProgram.id).start(sink)
  }
}

/** What may be in front of a command in a shell: a name and its value, of which the quotation marks are gone already. */
const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s

/**
 * @returns its words, and what it adds to the environment
 * @throws Error with a sentence
 */
function readCommandLine(command: string): { argv: [string, ...string[]]; variables: Record<string, string> } {
  let words: string[]
  try {
    words = split(command)
  } catch {
    throw new Error('in its command line a quotation mark, or a backslash at the end, has nothing that closes it.')
  }
  const first = words.findIndex((word) => !ASSIGNMENT.test(word))
  const [file, ...args] = first < 0 ? [] : words.slice(first)
  if (!file) throw new Error('say which command to run, for example python3 app.py.')
  const variables = words.slice(0, first).map((word) => (ASSIGNMENT.exec(word) ?? []).slice(1))
  return { argv: [expanded(file, false), ...args], variables: Object.fromEntries(variables) }
}

/** `~` is the user's home, as in a shell. */
function expanded(path: string, isFolder = true): string {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1))
  return isFolder && !isAbsolute(path) ? join(homedir(), path) : path
}
