/** The programs there are, how each of them is doing, and which one is shown. */
import { computed, signal } from '@preact/signals'
import type { AppInfo, Overview, ProgramInfo, ProgramStatus, SourceFile } from '../../shared/api.ts'
import { call } from './connection.ts'
import { preferences } from './preferences.ts'

export const appInfo = signal<AppInfo | null>(null)
export const overview = signal<Overview | null>(null)
export const sources = signal<Readonly<Record<string, SourceFile[]>>>({})

/** The program that is shown: the one that was last chosen, or the first. */
export const program = computed<ProgramInfo | null>(() => {
  const programs = appInfo.value?.programs ?? []
  return programs.find(({ id }) => id === preferences.value.program) ?? programs[0] ?? null
})

/** @returns how a program is doing, as the last overview has it */
export function statusOf(id: string | undefined): ProgramStatus | null {
  return overview.value?.programs.find((status) => status.program === id) ?? null
}

export const status = computed(() => statusOf(program.value?.id))

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
