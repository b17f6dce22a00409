/**
 * Where events come from: a run of one of our programs, later other people's programs and recordings.
 * Sessions, the API and views know sources by this alone, and never ask of what kind one is.
 */
import type { Command, CommandResult } from '../shared/commands.ts'
import type { Parameters } from '../shared/parameters.ts'
import type { ProgramWords } from '../shared/program-words.ts'
import type { SessionOutcome } from '../shared/telemetry.ts'

export type Values = Readonly<Record<string, string | number>>

/** What can be known before it starts. */
export interface SourceAbout {
  /** The program that it is a run of. */
  program: string
  title: string
  parameters: Values
  /** Whether its pids are processes that run on this machine now: only of those can the kernel be asked what they use. */
  isHere: boolean
  /** Wall time of its clock's zero, ISO 8601, if that is not the moment of the start: a recording's. */
  startedAt?: string
}

export interface Source {
  readonly about: SourceAbout
  /**
   * Begins; it is called once. Events may come before it resolves, and come in their order. What a process cannot tell
   * itself says its `process.started`: `isApp`, `isSilent`. The session tells of its own start and end; a source that tells of them too, as a
   * recording does, is believed.
   * @throws Error with a sentence for the user, if nothing has begun and nothing will
   */
  start(sink: Sink): Promise<Running>
}

/** The session's one door: what is no event is counted and told, and what is not known is kept. */
export interface Sink {
  emit(event: unknown): void
}

export interface Running {
  /** The commands that it takes, by type: views offer only these. It may change. */
  readonly can: ReadonlySet<Command['type']>
  /** Microseconds since its beginning. A recording's clock is not ours: it may stand still or run fast. */
  nowUs(): number
  /** Resolves when nothing more will be told; then it takes no more commands. */
  readonly ended: Promise<SourceEnd>
  /** Is asked for nothing but what it `can`. Refusing is an answer, not an error. */
  do(command: Command): Promise<CommandResult>
  /** Ends it. Asking twice, or after its end, is fine. @returns how many of its processes are left: 0, or it is a defect */
  stop(): Promise<{ leftovers: number }>
}

export interface SourceEnd {
  outcome: SessionOutcome
  /** Processes that are left. */
  leftovers: number
}

/** What the user has set for all programs. */
export interface SourceSettings {
  /** The Node for programs' children; null for the one that runs this, or FORKSCOPE_NODE. */
  nodePath: string | null
}

/** Something that can be started, as often as one likes, described without loading any of it. */
export interface Program {
  id: string
  title: string
  /** A few words under the title. */
  summary: string
  /** What it does and what to watch for, in a sentence or two. */
  watch: string
  parameters: Parameters
  /** Files with its source, the program itself first. */
  sources: readonly { name: string; language: 'typescript' | 'python' }[]
  /** What its buttons say, where that is not starting and stopping. */
  words?: ProgramWords
  /** @param values checked values of its parameters */
  open(values: Values, settings: SourceSettings): Source
}
