/** Runs a command as a source in a session of its own, and keeps what was told. */
import { Session } from '../../../src/main/session/session.ts'
import type { TelemetryEvent } from '../../../src/shared/telemetry.ts'
import type { CommandOptions } from '../../../src/sources/command/command-options.ts'
import { openCommand } from '../../../src/sources/command/command-source.ts'

export type Event<T extends TelemetryEvent['type']> = Extract<TelemetryEvent, { type: T }>

export class OwnProgram {
  readonly session: Session
  readonly events: TelemetryEvent[] = []

  private constructor(options: CommandOptions) {
    this.session = new Session({ id: 'own', source: openCommand(options), inSlices: false })
    this.session.onEvent((event) => this.events.push(event))
  }

  /** @throws what the source throws if it cannot be started */
  static async start(argv: CommandOptions['argv'], options: Partial<CommandOptions> = {}): Promise<OwnProgram> {
    const env = Object.fromEntries(Object.entries(process.env).filter((e): e is [string, string] => e[1] !== undefined))
    const usual = { cwd: process.cwd(), env, stdin: 'nothing', output: 'tell', until: 'all' } as const
    const own = new OwnProgram({ argv, ...usual, agents: { python: true, node: false }, ...options })
    await own.session.start()
    return own
  }

  of<T extends TelemetryEvent['type']>(type: T): Event<T>[] {
    return this.events.filter((event): event is Event<T> => event.type === type)
  }

  get processes() {
    return [...this.session.state.processes.rows.values()]
  }

  get problems() {
    return [...this.session.state.problems.rows.values()]
  }

  printed(stream: 'stdout' | 'stderr' = 'stdout'): string {
    return this.of('process.output')
      .filter((event) => event.stream === stream)
      .map(({ text }) => text)
      .join('')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.stop()
  }
}
