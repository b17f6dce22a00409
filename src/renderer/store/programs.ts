/** The programs there are, how each of them is doing, and which one is shown. */
import { computed, signal } from '@preact/signals'
import type { AppInfo, Overview, ProgramInfo, SessionInfo, SourceFile } from '../../shared/api.ts'
import type { KnownCommand } from '../../shared/commands.ts'
import type { SessionId } from '../../shared/session-state.ts'
import { call } from './connection.ts'
import { preferences } from './preferences.ts'

export const appInfo = signal<AppInfo | null>(null)
export const overview = signal<Overview | null>(null)
/** Of this machine. */
export const cores = computed(() => overview.value?.cores ?? 1)
export const sources = signal<Readonly<Record<string, SourceFile[]>>>({})

/** The program that is shown: the one that was last chosen, or the first. */
export const program = computed<ProgramInfo | null>(() => {
  const programs = appInfo.value?.programs ?? []
  return programs.find(({ id }) => id === preferences.value.program) ?? programs[0] ?? null
})

/** The session that was last chosen or started of each program. */
export const chosenSessions = signal<ReadonlyMap<string, SessionId>>(new Map())

/** @returns the sessions of a program that are kept, as the last overview has them, the first one first */
export function sessionsOf(id: string | undefined): SessionInfo[] {
  return overview.value?.sessions.filter(({ program }) => program === id) ?? []
}

/** @returns how the session of a program is doing that is shown: the chosen one, or the last; null if it has none */
export function statusOf(id: string | undefined): SessionInfo | null {
  const sessions = sessionsOf(id)
  const chosen = chosenSessions.value.get(id ?? '')
  return sessions.find(({ session }) => session === chosen) ?? sessions.at(-1) ?? null
}

export const status = computed(() => statusOf(program.value?.id))

/** In one text, so that whoever asks hears of it only when it changes. */
const taken = computed(() => JSON.stringify(status.value?.can ?? []))

/** @returns whether the session that is shown takes a command now; views offer no other */
export function can(command: KnownCommand['type']): boolean {
  return JSON.parse(taken.value).includes(command)
}

export const isRunning = computed(() => {
  const phase = status.value?.phase
  return phase === 'running' || phase === 'starting' || phase === 'stopping'
})

/** Asks for the source of the program that is shown, once. */
export async function loadSources(): Promise<void> {
  const id = program.value?.id
  if (!id || sources.value[id]) return
  const files = await call('readSources', { program: id }).catch(() => null)
  if (files) sources.value = { ...sources.value, [id]: files }
}
