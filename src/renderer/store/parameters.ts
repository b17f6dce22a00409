/** What is typed into the parameter fields of each program. */
import { computed, signal } from '@preact/signals'
import type { ProgramInfo } from '../../shared/api.ts'
import { checkParameter } from '../../shared/parameters.ts'
import { isRunning, program } from './programs.ts'
import { isLive, read } from './session.ts'

const typed = signal<Readonly<Record<string, Readonly<Record<string, string>>>>>({})

/** @returns what a parameter's field shows: what was typed, else what runs, else the default */
export function fieldValue(info: ProgramInfo, name: string): string {
  const running = isLive.value ? read('head')?.parameters[name] : undefined
  return typed.value[info.id]?.[name] ?? String(running ?? info.parameters[name]?.default ?? '')
}

/** @returns the sentence that says what is wrong with a field, or null */
export function fieldError(info: ProgramInfo, name: string): string | null {
  const parameter = info.parameters[name]
  if (!parameter) return null
  try {
    checkParameter(name, parameter, fieldValue(info, name))
    return null
  } catch (error) {
    return (error as Error).message
  }
}

export function typeInto(info: ProgramInfo, name: string, value: string): void {
  typed.value = { ...typed.value, [info.id]: { ...typed.value[info.id], [name]: value } }
}

/** @returns what all fields of a program show, by name */
export function fieldValues(info: ProgramInfo): Record<string, string> {
  return Object.fromEntries(Object.keys(info.parameters).map((name) => [name, fieldValue(info, name)]))
}

/** Whether the fields say something else than what runs, which then takes effect with a restart. */
export const differsFromRun = computed(() => {
  const info = program.value
  const running = isLive.value ? read('head')?.parameters : undefined
  if (!info || !running || !isRunning.value) return false
  return Object.entries(fieldValues(info)).some(([name, value]) => value.trim() !== String(running[name] ?? ''))
})
