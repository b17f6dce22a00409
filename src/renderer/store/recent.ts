/** What programs were started with of late, to be chosen again: command lines, folders and files, the latest first. */
import { signal } from '@preact/signals'
import type { ProgramInfo } from '../../shared/api.ts'

const KEY = 'forkscope.recent'
const MOST = 10

/** By program and field. */
type Recent = Readonly<Record<string, readonly string[]>>

function read(): Recent {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    const lists = Object.entries(kept as Record<string, unknown>).filter(
      (entry): entry is [string, string[]] =>
        Array.isArray(entry[1]) && entry[1].every((text) => typeof text === 'string'),
    )
    return Object.fromEntries(lists)
  } catch {
    return {}
  }
}

const recent = signal<Recent>(read())

export function recentOf(program: string, field: string): readonly string[] {
  return recent.value[`${program}.${field}`] ?? []
}

/** Called when a program has started with them. */
export function rememberRecent(info: ProgramInfo, values: Readonly<Record<string, string>>): void {
  const next: Record<string, readonly string[]> = { ...recent.peek() }
  for (const [field, { type }] of Object.entries(info.parameters)) {
    const text = values[field]?.trim()
    if ((type !== 'command' && type !== 'path') || !text) continue
    const key = `${info.id}.${field}`
    next[key] = [text, ...(next[key] ?? []).filter((other) => other !== text)].slice(0, MOST)
  }
  recent.value = next
  try {
    localStorage.setItem(KEY, JSON.stringify(next))
  } catch {
    // They are kept for this visit only.
  }
}
