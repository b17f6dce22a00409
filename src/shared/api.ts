/**
 * The one API between what runs the sessions and what shows them: calls that are answered, and pushes that are not.
 *
 * Both hosts (Electron's IPC and the browser's socket) carry exactly this, validate a call's input by its schema in
 * `api-inputs.ts` before anything else sees it, and know nothing more.
 */
import type { z } from 'zod'
import type { callInputs } from './api-inputs.ts'
import type { Command } from './commands.ts'
import type { Parameter } from './parameters.ts'
import type { ProgramWords } from './program-words.ts'
import type { SessionPatch } from './session-patch.ts'
import type { SessionHead, SessionId } from './session-state.ts'
import type { UserProcesses } from './user-process.ts'

/** What is known of a program without starting it. */
export interface ProgramInfo {
  id: string
  title: string
  /** A few words under the title: "two processes at once". */
  summary: string
  /** One or two sentences: what it does and what to watch for. */
  watch: string
  parameters: Record<string, Parameter>
  /** Files of its source, the first one the program itself, each with the language to show it in. */
  sources: { name: string; language: 'typescript' | 'python' }[]
  /** What its buttons say, where that is not starting and stopping. */
  words?: ProgramWords
}

export interface SourceFile {
  name: string
  language: 'typescript' | 'python'
  text: string
}

/** How a session is doing, for lists of them. */
export interface SessionInfo {
  session: SessionId
  program: string
  /** 1 for the first of its program. */
  number: number
  phase: SessionHead['phase']
  /** How long the session has run or ran. */
  elapsedUs: number
  problems: number
  alive: number
  /** The commands that it takes now, by type: views offer only these. */
  can: Command['type'][]
}

/** A program that was asked for outside of the window. */
export interface AskedProgram {
  /** Each has another one. */
  number: number
  program: string
  parameters: Record<string, string>
  /** Its session; null if it could not be started. */
  session: SessionId | null
  /** Why not. */
  refused: string | null
}

/** Figures over all sessions, pushed at most four times a second. */
export interface Overview {
  /** All that are kept, in the order in which they were started. */
  sessions: SessionInfo[]
  /** How many sessions have ended and are not kept any more. */
  forgotten: number
  running: number
  /** What was asked for outside of the window, which a page shows once; null if that was nothing yet. */
  asked: AskedProgram | null
  /** For how long main could do nothing else, if it lately was held up for long; else 0. */
  heldMs: number
  /** Living processes of all sessions on this machine, the app itself counted once where a program runs in it. */
  processes: number
  /** Their CPU together; 100 is one core. */
  cpuPercent: number
  cores: number
}

export interface AppInfo {
  version: string
  host: 'electron' | 'browser'
  /** Versions of what it runs on, by name: node, electron, chrome. */
  versions: Record<string, string>
  /** The Node that children run under, as a path. */
  nodeForPrograms: string
  platform: string
  programs: ProgramInfo[]
  overview: Overview
}

export type CallName = keyof typeof callInputs
export type CallInput<N extends CallName> = z.infer<(typeof callInputs)[N]>

export interface CallOutputs {
  getAppInfo: AppInfo
  readSources: SourceFile[]
  listProcesses: UserProcesses
  startProgram: { session: SessionId }
  stopSession: { leftovers: number }
  watchSession: Record<string, never>
  unwatchSession: Record<string, never>
  command: Record<string, string | number | boolean>
}
export type CallOutput<N extends CallName> = CallOutputs[N]

/** Every call by name. Listed rather than taken from the schemas, so that a page need not load a validator to know them. */
export const callNames = [
  'getAppInfo',
  'readSources',
  'listProcesses',
  'startProgram',
  'stopSession',
  'watchSession',
  'unwatchSession',
  'command',
] as const satisfies readonly CallName[]

export interface Pushes {
  overview: Overview
  session: SessionPatch
}
export type PushName = keyof Pushes
export const pushNames = ['overview', 'session'] as const satisfies readonly PushName[]

/**
 * Why a call was refused: `bad-input` does not fit the schema or a parameter's range, `not-found` names something that
 * does not exist, `conflict` cannot be done in the present state, `ask` is done only once the user has allowed it, `forbidden` comes from where it must not, `failed` is the rest.
 */
export type ApiErrorCode = 'bad-input' | 'not-found' | 'conflict' | 'ask' | 'forbidden' | 'failed'

export class ApiError extends Error {
  override name = 'ApiError'
  readonly code: ApiErrorCode
  constructor(code: ApiErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** How an answer travels, by either host: errors as data, because neither IPC nor a socket carries an Error whole. */
export type Answer<T> = { ok: true; value: T } | { ok: false; error: { code: ApiErrorCode; message: string } }

/** What the browser's socket carries, in either direction, as JSON text. */
export type SocketRequest = { id: number; call: string; input: unknown }
export type SocketMessage =
  | { type: 'answer'; id: number; answer: Answer<unknown> }
  | { type: 'push'; push: PushName; value: unknown }

/** The API as a page uses it, whichever host carries it. */
export type Api = {
  [N in CallName]: (input: CallInput<N>) => Promise<CallOutput<N>>
}

/** What `src/preload` puts on `window.forkscope`, method by method; absent in a browser. */
export interface Bridge {
  calls: { [N in CallName]: (input: CallInput<N>) => Promise<Answer<CallOutput<N>>> }
  /** @returns a function that ends the subscription */
  onPush: { [P in PushName]: (listener: (value: Pushes[P]) => void) => () => void }
}
