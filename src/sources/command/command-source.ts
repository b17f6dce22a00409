/** A command of the user's own, as a source: started as it would be in a shell, and seen by what the kernel and agents in it tell. */
import { type ChildProcess, spawn } from 'node:child_process'
import { StringDecoder } from 'node:string_decoder'
import type { Command, CommandResult } from '../../shared/commands.ts'
import type { TelemetryEvent } from '../../shared/telemetry.ts'
import { createRunFolder, type RunFolder } from '../agents/run-folder.ts'
import { nodeEnvironment } from '../node/inject.ts'
import { identityOf } from '../process-tree/process-tree.ts'
import { pythonEnvironment } from '../python/inject.ts'
import type { Running, Sink, Source, SourceEnd } from '../source.ts'
import { readStack } from '../stacks/read-stack.ts'
import type { CommandOptions } from './command-options.ts'
import { endTree, signalMember } from './end-tree.ts'
import { Observation } from './observation.ts'
import { explainSpawn } from './spawn-error.ts'

/** What was printed may still be on its way when its process has ended; a process that goes on may hold the pipe for ever. */
const DRAIN_MS = 500

/** @returns a source that starts the command; see `CommandOptions` */
export function openCommand(options: CommandOptions, program = 'command'): Source {
  return new CommandSource(options, program)
}

class CommandSource implements Source {
  readonly about: Source['about']
  readonly #options: CommandOptions

  constructor(options: CommandOptions, program: string) {
    const title = options.argv.map((word) => (/\s/.test(word) || word === '' ? JSON.stringify(word) : word)).join(' ')
    this.#options = options
    this.about = { program, title, parameters: {}, isHere: true }
  }

  async start(sink: Sink): Promise<Running> {
    const folder = createRunFolder()
    try {
      const child = await this.#spawn(folder)
      return new CommandRun(child, this.#options, folder, sink)
    } catch (error) {
      folder?.remove()
      throw explainSpawn(error as NodeJS.ErrnoException, this.#options)
    }
  }

  #spawn(folder: RunFolder | null): Promise<ChildProcess> {
    const { argv, cwd, env, stdin, output, agents } = this.#options
    const print = output === 'inherit' ? 'inherit' : 'pipe'
    const [file, ...args] = argv
    let marked: Record<string, string | undefined> = { ...env, ...folder?.env }
    if (folder && agents.python) marked = pythonEnvironment(marked)
    if (folder && agents.node) marked = nodeEnvironment(marked, argv)
    const child = spawn(file, args, {
      cwd,
      env: marked,
      stdio: [stdin === 'inherit' ? 'inherit' : stdin === 'nothing' ? 'ignore' : 'pipe', print, print],
    })
    return new Promise((resolve, reject) => {
      child.once('spawn', () => resolve(child))
      child.once('error', reject)
    })
  }
}

class CommandRun implements Running {
  readonly can = new Set(['signal', 'stack'])
  readonly ended: Running['ended']
  readonly #child: ChildProcess
  readonly #until: CommandOptions['until']
  readonly #originNs = process.hrtime.bigint()
  readonly #observation: Observation
  readonly #emit: (event: TelemetryEvent) => void
  #stopping: Promise<{ leftovers: number }> | undefined

  constructor(child: ChildProcess, { stdin, argv, until }: CommandOptions, folder: RunFolder | null, sink: Sink) {
    this.#child = child
    this.#until = until
    this.#emit = (event) => sink.emit(event)
    const pid = child.pid as number
    const root = { pid, start: identityOf(pid)?.start ?? 0 }
    this.#observation = new Observation({
      root: { ...root, ppid: process.pid, command: argv.join(' ') },
      folder,
      emit: this.#emit,
      nowUs: () => this.nowUs(),
      originUs: Number(this.#originNs / 1_000n),
    })
    if (typeof stdin === 'object') {
      // Who reads no input, or not to its end, ends before it is written.
      child.stdin?.on('error', () => {})
      child.stdin?.end(stdin.text)
    }
    const printed = [this.#follow('stdout'), this.#follow('stderr')]
    this.ended = this.#end(printed)
  }

  nowUs(): number {
    return Number((process.hrtime.bigint() - this.#originNs) / 1_000n)
  }

  async do({ type, process: id, signal, openInspector }: Command): Promise<CommandResult> {
    if (type === 'stack') {
      const found = this.#observation.find(String(id))
      if (found) return readStack(found, openInspector === true)
      return { ok: false, code: 'not-found', message: 'It has ended already.' }
    }
    if (type === 'signal') return signalMember(this.#observation.living, String(id), String(signal))
    return { ok: false, code: 'bad-input', message: `A command cannot be told to ${type}.` }
  }

  stop(): Promise<{ leftovers: number }> {
    this.#stopping ??= endTree(() => this.#observation.lookClosely()).then((leftovers) => ({ leftovers }))
    return this.#stopping
  }

  /** @returns a promise for the end of what it prints. A session that does not keep up holds the program up, as a slow terminal does. */
  #follow(stream: 'stdout' | 'stderr'): Promise<void> {
    const readable = this.#child[stream]
    if (!readable) return Promise.resolve()
    const decoder = new StringDecoder('utf8')
    const tell = (text: string) => {
      if (text === '') return
      this.#emit({ type: 'process.output', atUs: this.nowUs(), process: this.#observation.root, stream, text })
    }
    readable.on('data', (bytes: Buffer) => tell(decoder.write(bytes)))
    return new Promise((resolve) => {
      readable.once('close', () => {
        tell(decoder.end())
        resolve()
      })
    })
  }

  async #end(printed: Promise<void>[]): Promise<SourceEnd> {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      this.#child.once('exit', (...how) => resolve(how))
    })
    this.#observation.rootEnded(code, signal)
    await Promise.race([Promise.all(printed), new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref())])
    // Others of its processes may go on: they are watched until they have ended, or are stopped.
    if (this.#until === 'all') await this.#observation.allEnded
    const { leftovers } = (await this.#stopping) ?? { leftovers: this.#observation.lookClosely().length }
    this.#child.stdout?.destroy()
    this.#child.stderr?.destroy()
    this.#observation.close()
    const outcome = this.#stopping ? 'stopped' : code === 0 ? 'finished' : 'failed'
    return { outcome, leftovers }
  }
}
