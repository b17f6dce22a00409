/** All sessions of the app, several a program if one likes. Those that have ended are kept, the latest of them. */
import { availableParallelism } from 'node:os'
import { patchSince } from '../../session/patch.ts'
import { livingChildren, livingProcesses } from '../../session/processes.ts'
import {
  ApiError,
  type AskedProgram,
  type Overview,
  type ProgramInfo,
  type SessionInfo,
  type SourceFile,
} from '../../shared/api.ts'
import type { Command } from '../../shared/commands.ts'
import { checkParameters, ParameterError } from '../../shared/parameters.ts'
import type { SessionPatch } from '../../shared/session-patch.ts'
import type { SessionId } from '../../shared/session-state.ts'
import type { Program, Values } from '../../sources/source.ts'
import type { AskedFor } from '../asked-for.ts'
import { Monitor } from '../monitor/monitor.ts'
import { readSources } from '../programs/read-sources.ts'
import { Session } from './session.ts'

export interface SessionsOptions {
  programs: readonly Program[]
  /** The Node for programs' children; null for the one that runs this, or FORKSCOPE_NODE. */
  nodePath?: string | null
}

/** Of all programs together: each may hold millions of characters of output. */
export const MOST_ENDED = 12
/** Those that run and those that are about to. */
export const MOST_RUNNING = 32

function describe({ id, title, summary, watch, parameters, sources, words }: Program): ProgramInfo {
  const files = sources.map(({ name, language }) => ({ name, language }))
  return { id, title, summary, watch, parameters: { ...parameters }, sources: files, ...(words && { words }) }
}

export class Sessions {
  readonly programs: readonly ProgramInfo[]
  readonly nodeForPrograms: string
  readonly #programs: ReadonlyMap<string, Program>
  readonly #nodePath: string | null
  readonly #monitor = new Monitor()
  /** In the order in which they were started. */
  readonly #sessions = new Map<SessionId, Session>()
  readonly #starting = new Set<Promise<unknown>>()
  /** Those that another one is about to take the place of. */
  readonly #leaving = new Set<SessionId>()
  /** Those that have ended, the latest last. */
  readonly #ended = new Set<SessionId>()
  /** How many sessions each program has had. */
  readonly #counts = new Map<string, number>()
  #forgotten = 0
  #asked: AskedProgram | null = null
  #closing = false

  constructor({ programs, nodePath }: SessionsOptions) {
    this.#programs = new Map(programs.map((program) => [program.id, program]))
    this.programs = programs.map(describe)
    this.#nodePath = nodePath ?? null
    this.nodeForPrograms = this.#nodePath ?? process.env.FORKSCOPE_NODE ?? process.execPath
  }

  overview(): Omit<Overview, 'heldMs'> {
    const cores = availableParallelism()
    const seen = new Map<number, number>()
    let [running, processes, hasApp] = [0, 0, false]
    for (const session of this.#sessions.values()) {
      if (!session.running) continue
      running++
      if (!session.about.isHere) continue
      processes += livingChildren(session.state).length
      for (const { pid, cpuPercent, isApp } of livingProcesses(session.state)) {
        seen.set(pid, cpuPercent ?? 0)
        hasApp ||= isApp
      }
    }
    return {
      sessions: [...this.#sessions.values()].map((session) => infoOf(session)),
      forgotten: this.#forgotten,
      asked: this.#asked,
      running,
      processes: processes + (hasApp ? 1 : 0),
      cpuPercent: Math.min(
        100 * cores,
        [...seen.values()].reduce((sum, percent) => sum + percent, 0),
      ),
      cores,
    }
  }

  /** @throws ApiError not-found */
  async readSources(program: string): Promise<SourceFile[]> {
    return readSources(this.#program(program))
  }

  /**
   * Starts a program, beside all that runs already.
   * @param instead the session whose place it takes: that one is stopped first, and forgotten
   * @param isWanted whether whoever asked is still there when its turn comes
   * @throws ApiError bad-input for parameters that do not fit, not-found, conflict if too many run, failed if it cannot begin
   */
  start(program: string, given: Values, instead?: SessionId, isWanted = () => true): Promise<SessionId> {
    const definition = this.#program(program)
    const values = this.#check(definition, given)
    const before = instead === undefined ? undefined : this.#session(instead)
    if (before && this.#leaving.has(before.id)) throw new ApiError('conflict', 'It is being started anew already.')
    const running = [...this.#sessions.values()].filter((session) => session.running && session !== before)
    if (running.length + this.#starting.size >= MOST_RUNNING)
      throw new ApiError('conflict', `${MOST_RUNNING} programs run already: stop one of them first.`)
    const started = this.#start(definition, values, before, isWanted)
    this.#starting.add(started)
    const done = () => void this.#starting.delete(started)
    started.then(done, done)
    return started
  }

  /** Starts what was asked for outside of the window, and has that shown, or why it could not be. Never rejects. */
  async startAsked({ program, parameters }: AskedFor): Promise<void> {
    const number = (this.#asked?.number ?? 0) + 1
    let [session, refused]: [SessionId | null, string | null] = [null, null]
    try {
      session = await this.start(program, parameters)
    } catch (error) {
      refused = (error as Error).message
    }
    this.#asked = { number, program, parameters, session, refused }
  }

  async #start(
    program: Program,
    values: Values,
    before: Session | undefined,
    isWanted: () => boolean,
  ): Promise<SessionId> {
    if (before) {
      this.#leaving.add(before.id)
      await before.stop().finally(() => this.#leaving.delete(before.id))
    }
    if (!isWanted()) throw new ApiError('conflict', 'Whoever asked for it is gone.')
    if (this.#closing) throw new ApiError('conflict', 'Forkscope is closing.')
    const number = (this.#counts.get(program.id) ?? 0) + 1
    this.#counts.set(program.id, number)
    const source = program.open(values, { nodePath: this.#nodePath })
    const session = new Session({ id: `${program.id}-${number}`, number, source, monitor: this.#monitor })
    this.#sessions.set(session.id, session)
    try {
      await session.start()
    } catch (error) {
      this.#sessions.delete(session.id)
      const refused = program.words?.refused ?? `${program.title} could not be started`
      throw new ApiError('failed', `${refused}: ${(error as Error).message}`)
    }
    if (before) this.#forget(before.id)
    session.ended.then(() => this.#keepEnded(session.id))
    return session.id
  }

  #keepEnded(session: SessionId): void {
    if (this.#sessions.has(session)) this.#ended.add(session)
    const [oldest] = this.#ended
    if (oldest === undefined || this.#ended.size <= MOST_ENDED) return
    this.#forget(oldest)
    this.#forgotten++
  }

  #forget(session: SessionId): void {
    this.#sessions.delete(session)
    this.#ended.delete(session)
  }

  /** Stops a session. Stopping one that has ended is fine. @throws ApiError not-found */
  stop(session: SessionId): Promise<{ leftovers: number }> {
    return this.#session(session).stop()
  }

  /** Stops everything for good: nothing can be started any more. */
  async stopAll(): Promise<void> {
    this.#closing = true
    await Promise.allSettled(this.#starting)
    await Promise.allSettled([...this.#sessions.values()].map((session) => session.stop()))
  }

  /**
   * @returns what changed in a session after revision `since`; for one that has ended, null if nothing did
   * @throws ApiError not-found, also for a session that is forgotten
   */
  patch(session: SessionId, since: number): SessionPatch | null {
    const found = this.#session(session)
    found.settle()
    const { state } = found
    if (since === state.rev && since !== 0 && !found.running) return null
    return patchSince(state, since > state.rev ? 0 : since, state.head.endedAtUs ?? found.nowUs())
  }

  /** @throws ApiError if there is no such session, or it does not do it */
  async command(session: SessionId, command: Command): Promise<Record<string, string | number | boolean>> {
    const result = await this.#session(session).do(command)
    if (!result.ok) throw new ApiError(result.code, result.message)
    return result.value ?? {}
  }

  #check(program: Program, given: Values): Record<string, string | number> {
    try {
      return checkParameters(program.parameters, given)
    } catch (error) {
      if (error instanceof ParameterError) throw new ApiError('bad-input', error.message)
      throw error
    }
  }

  #program(id: string): Program {
    const program = this.#programs.get(id)
    if (program) return program
    const known = [...this.#programs.keys()].join(', ')
    throw new ApiError('not-found', `There is no program "${id}"; known are: ${known}.`)
  }

  #session(id: SessionId): Session {
    const session = this.#sessions.get(id)
    if (session) return session
    throw new ApiError('not-found', 'This session is not kept any more.')
  }
}

function infoOf(session: Session): SessionInfo {
  const { head, problems } = session.state
  return {
    session: session.id,
    program: session.about.program,
    number: session.number,
    phase: head.phase,
    elapsedUs: head.endedAtUs ?? session.nowUs(),
    problems: problems.rows.size + problems.forgotten,
    alive: livingChildren(session.state).length,
    can: session.can,
  }
}
