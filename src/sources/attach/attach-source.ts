/** A process that runs already, and its descendants, as the kernel tells of them. Nothing is put into it, and it is not ended by letting go of it. */
import { constants } from 'node:os'
import type { Command, CommandResult, KnownCommand } from '../../shared/commands.ts'
import { Members } from '../agents/members.ts'
import type { Identity } from '../process-tree/membership.ts'
import { canSeeProcesses, identityOf, ProcessTree, type TreeProcess } from '../process-tree/process-tree.ts'
import { whyNotThere } from '../process-tree/reach.ts'
import type { Running, Sink, Source, SourceEnd } from '../source.ts'
import { readStack } from '../stacks/read-stack.ts'

export interface AttachOptions {
  /** Whether its processes may be signalled from here: only if the user asked for that. */
  maySignal?: boolean
}

/** @returns what shows the process, which is looked for when that starts, and what has descended from it; it ends once all of them have */
export function attachTo(identity: Identity, options: AttachOptions = {}): Source {
  const { pid } = identity
  return {
    about: { program: `pid:${pid}`, title: `Process ${pid}`, parameters: {}, isHere: true },
    async start(sink: Sink): Promise<Running> {
      if (!canSeeProcesses()) throw new Error('What runs already is not seen on this system, only on Linux.')
      const found = identityOf(pid)
      if (!found) throw new Error(whyNotThere(pid))
      if (found.start !== identity.start) {
        throw new Error(`Process ${pid} has ended; its number is another process's by now.`)
      }
      return new Attached(identity, sink, options)
    },
  }
}

class Attached implements Running {
  readonly can: ReadonlySet<Command['type']>
  readonly ended: Promise<SourceEnd>
  readonly #tree: ProcessTree
  readonly #members: Members
  readonly #originNs = process.hrtime.bigint()
  readonly #end: (end: SourceEnd) => void
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  constructor(root: Identity, sink: Sink, { maySignal = false }: AttachOptions) {
    const { promise, resolve } = Promise.withResolvers<SourceEnd>()
    this.ended = promise
    this.#end = resolve
    this.#members = new Members({
      emit: (event) => sink.emit(event),
      nowUs: () => this.nowUs(),
      unseen: () => '',
      ended: () => {},
    })
    this.#tree = new ProcessTree({ roots: [root], nameOf: (id) => this.#members.nameOf(id) })
    const commands: KnownCommand['type'][] = maySignal ? ['stack', 'signal'] : ['stack']
    this.can = new Set(commands)
    this.#look()
  }

  nowUs(): number {
    return Number((process.hrtime.bigint() - this.#originNs) / 1_000n)
  }

  async do(command: Command): Promise<CommandResult> {
    this.#look()
    const found = this.#tree.living.find(({ id }) => id === command.process)
    if (!found) return { ok: false, code: 'not-found', message: 'It has ended already.' }
    if (command.type === 'stack') return readStack(found, command.openInspector === true)
    return signal(found, String(command.signal))
  }

  /** Lets go of it: what was not started from here is not ended from here. */
  async stop(): Promise<{ leftovers: number }> {
    this.#finish('stopped')
    return { leftovers: 0 }
  }

  #look(): void {
    if (this.#isOver) return
    clearTimeout(this.#timer)
    const { appeared, changed, gone, connected } = this.#tree.scan()
    for (const process of appeared) this.#members.appeared(process)
    for (const process of changed) this.#members.changed(process)
    for (const process of connected) this.#members.connected(process)
    for (const { pid, start, ended, reason } of gone) {
      const end = ended ?? (reason === undefined ? null : { exitCode: null, signal: 'SIGKILL' })
      this.#members.gone(pid, start, end && { ...end, ...(reason !== undefined && { reason }) })
    }
    this.#members.settle()
    if ([...this.#tree.processes].length === 0) this.#finish('finished')
    else this.#timer = setTimeout(() => this.#look(), this.#tree.pauseMs)
  }

  #finish(outcome: SourceEnd['outcome']): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#tree.close()
    if (outcome === 'finished') this.#members.finish()
    this.#end({ outcome, leftovers: 0 })
  }
}

function signal({ pid, name }: TreeProcess, signalName: string): CommandResult {
  if (signalName !== 'SIGTERM' && signalName !== 'SIGKILL') {
    return { ok: false, code: 'bad-input', message: `${signalName} is no signal that is sent from here.` }
  }
  try {
    process.kill(pid, constants.signals[signalName])
    return { ok: true }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const message =
      code === 'EPERM' ? `${name} was not signalled: it belongs to another user.` : 'It has ended already.'
    return { ok: false, code: 'conflict', message }
  }
}
