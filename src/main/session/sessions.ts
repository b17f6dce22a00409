/** All sessions of the app: at most one a program, kept after its end until the next start. */
import { availableParallelism } from 'node:os'
import { StateError } from '../../multiprocessing/errors.ts'
import { patchSince } from '../../session/patch.ts'
import { livingChildren } from '../../session/processes.ts'
import { ApiError, type Overview, type ProgramInfo, type ProgramStatus, type SourceFile } from '../../shared/api.ts'
import { checkParameters, ParameterError } from '../../shared/parameters.ts'
import type { SessionPatch } from '../../shared/session-patch.ts'
import type { SessionId } from '../../shared/session-state.ts'
import { Monitor } from '../monitor/monitor.ts'
import type { ProgramDefinition } from '../programs/catalog.ts'
import { readSources } from '../programs/read-sources.ts'
import { Session } from './session.ts'

export interface SessionsOptions {
  programs: readonly ProgramDefinition[]
  /** The Node for programs' children; null for the one that runs this, or FORKSCOPE_NODE. */
  nodePath?: string | null
}

function describe(definition: ProgramDefinition): ProgramInfo {
  const { id, title, summary, watch, parameters, sources } = definition
  return {
    id,
    title,
    summary,
    watch,
    parameters: { ...parameters },
    sources: sources.map(({ name, language }) => ({ name, language })),
  }
}

export class Sessions {
  readonly programs: readonly ProgramInfo[]
  readonly nodeForPrograms: string
  readonly #definitions: ReadonlyMap<string, ProgramDefinition>
  readonly #nodePath: string | null
  readonly #monitor = new Monitor()
  /** The last session of each program. */
  readonly #latest = new Map<string, Session>()
  /** One start of a program after the other, so that two at once do not both think they are alone. */
  readonly #starting = new Map<string, Promise<unknown>>()
  #count = 0
  #closing = false

  constructor({ programs, nodePath }: SessionsOptions) {
    this.#definitions = new Map(programs.map((program) => [program.id, program]))
    this.programs = programs.map(describe)
    this.#nodePath = nodePath ?? null
    this.nodeForPrograms = this.#nodePath ?? process.env.FORKSCOPE_NODE ?? process.execPath
  }

  overview(): Overview {
    const programs = this.programs.map(({ id }) => this.#status(id))
    const seen = new Map<number, number>()
    let processes = 0
    for (const session of this.#latest.values()) {
      if (!session.running) continue
      processes += livingChildren(session.state).length
      for (const row of session.state.processes.rows.values()) {
        if (row.state !== 'exited' && row.kind !== 'thread') seen.set(row.pid, row.cpuPercent ?? 0)
      }
    }
    const running = programs.filter(({ phase }) => phase === 'running' || phase === 'stopping').length
    return {
      programs,
      running,
      processes: running > 0 ? processes + 1 : 0,
      cpuPercent: [...seen.values()].reduce((sum, percent) => sum + percent, 0),
      cores: availableParallelism(),
    }
  }

  /** @throws ApiError not-found */
  async readSources(program: string): Promise<SourceFile[]> {
    return readSources(this.#definition(program))
  }

  /**
   * Starts a program; if a session of it runs, that is stopped first.
   * @throws ApiError bad-input for parameters that do not fit, not-found, failed if its module cannot be loaded
   */
  start(program: string, given: Readonly<Record<string, string | number>>): Promise<SessionId> {
    const definition = this.#definition(program)
    const values = this.#check(definition, given)
    const before = this.#starting.get(program) ?? Promise.resolve()
    const started = before.catch(() => {}).then(() => this.#start(definition, values))
    this.#starting.set(program, started)
    return started
  }

  async #start(definition: ProgramDefinition, values: Record<string, string | number>): Promise<SessionId> {
    await this.#latest.get(definition.id)?.stop()
    if (this.#closing) throw new ApiError('conflict', 'Forkscope is closing, so nothing is started any more.')
    const session = new Session({
      id: `${definition.id}-${++this.#count}`,
      program: definition,
      values,
      nodePath: this.#nodePath,
      monitor: this.#monitor,
    })
    this.#latest.set(definition.id, session)
    try {
      await session.start()
    } catch (error) {
      this.#latest.delete(definition.id)
      throw new ApiError('failed', `${definition.title} could not be started: ${(error as Error).message}`)
    }
    return session.id
  }

  /** Stops a session. Stopping one that has ended is fine. @throws ApiError not-found */
  stop(session: SessionId): Promise<{ leftovers: number }> {
    return this.#session(session).stop()
  }

  /** Stops everything for good: nothing can be started any more. */
  async stopAll(): Promise<void> {
    this.#closing = true
    await Promise.allSettled(this.#starting.values())
    await Promise.all([...this.#latest.values()].map((session) => session.stop()))
  }

  /**
   * @returns what changed in a session after revision `since`; for one that has ended, null if nothing did
   * @throws ApiError not-found, also for a session that a later one of its program has replaced
   */
  patch(session: SessionId, since: number): SessionPatch | null {
    const found = this.#session(session)
    const { state } = found
    if (since === state.rev && since !== 0 && !found.running) return null
    return patchSince(state, since > state.rev ? 0 : since, found.state.head.endedAtUs ?? found.nowUs())
  }

  /** @throws ApiError not-found for the session or process; conflict if the process has ended or cannot be signalled */
  signal(session: SessionId, process: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    const found = this.#session(session)
    const row = found.state.processes.rows.get(process)
    if (!row) throw new ApiError('not-found', 'There is no such process in this session.')
    if (row.kind === 'main') throw new ApiError('conflict', 'main is Forkscope itself; stop the program instead.')
    if (row.kind === 'thread') throw new ApiError('conflict', 'A thread has no process of its own to be ended.')
    const outcome = found.signal(process, signal)
    if (outcome === 'gone') throw new ApiError('conflict', `${row.name} has ended already.`)
    if (outcome === 'unknown') {
      const { name, pid } = row
      throw new ApiError('conflict', `${name} was not signalled: the system knows no process ${pid} of this program.`)
    }
  }

  /** @throws ApiError not-found; conflict if the task's pool has ended */
  retry(session: SessionId, task: string): string {
    try {
      const id = this.#session(session).retry(task)
      if (id !== null) return id
    } catch (error) {
      if (error instanceof StateError) throw new ApiError('conflict', error.message)
      throw error
    }
    throw new ApiError(
      'conflict',
      'This task cannot be run again: it did not fail, was run again before, or its pool has ended.',
    )
  }

  /** An error that nobody caught, and of which it is not known whose it is. @returns whether it could be told to a session */
  strayError(thrown: unknown): boolean {
    const running = [...this.#latest.values()].filter((session) => session.running)
    const [only] = running
    if (!only || running.length > 1) return false
    only.fail(thrown)
    return true
  }

  #status(program: string): ProgramStatus {
    const session = this.#latest.get(program)
    if (!session) return { program, session: null, phase: 'idle', elapsedUs: 0, problems: 0, alive: 0 }
    const { head, problems } = session.state
    return {
      program,
      session: session.id,
      phase: head.phase,
      // In whole seconds while it runs, so that the overview of a program in which nothing happens is the same for as long.
      elapsedUs: head.endedAtUs ?? Math.floor(session.nowUs() / 1e6) * 1e6,
      problems: problems.rows.size + problems.forgotten,
      alive: livingChildren(session.state).length,
    }
  }

  #check(
    definition: ProgramDefinition,
    given: Readonly<Record<string, string | number>>,
  ): Record<string, string | number> {
    try {
      return checkParameters(definition.parameters, given)
    } catch (error) {
      if (error instanceof ParameterError) throw new ApiError('bad-input', error.message)
      throw error
    }
  }

  #definition(program: string): ProgramDefinition {
    const definition = this.#definitions.get(program)
    if (definition) return definition
    const known = [...this.#definitions.keys()].join(', ')
    throw new ApiError('not-found', `There is no program "${program}"; known are: ${known}.`)
  }

  #session(id: SessionId): Session {
    for (const session of this.#latest.values()) if (session.id === id) return session
    throw new ApiError('not-found', 'This session does not exist any more: its program was started anew.')
  }
}
