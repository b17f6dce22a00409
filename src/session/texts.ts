/** Texts and errors within their limits: whatever a program tells, a row of the state is of bounded size. */
import type { ErrorInfo } from '../shared/telemetry.ts'
import { LIMITS } from './limits.ts'
import { harmless } from './plain-text.ts'

/**
 * A copy that shares no memory with what the text was cut or put together from: for V8, a slice and a concatenation are
 * views, and ten characters of a text of 50 MB would keep all of it. JSON is what copies every text exactly, halves of characters too.
 */
export function copyOf(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string
}

/** @returns the text, harmless, if need be cut and then with an ellipsis at its end */
export function cut(text: string, limit: number): string {
  return harmless(text.length <= limit ? text : copyOf(`${text.slice(0, limit - 1)}…`))
}

/** @returns the text as one line */
export function lineOf(text: string, limit: number): string {
  return cut(text, limit).replaceAll('\n', '␊').replaceAll('\t', ' ')
}

/** A name as a row keeps it. Always a copy: names of tasks are put together from the beginnings of their arguments. */
export function nameOf(text: string): string {
  return copyOf(lineOf(text, LIMITS.name))
}

/** @returns the list, or its beginning where it is too long */
export function listOf<T>(list: readonly T[]): T[] {
  return list.slice(0, LIMITS.listed)
}

/** @returns the error within its limits in every respect: texts, causes, properties and how deep those are */
export function boundedError(error: ErrorInfo): ErrorInfo {
  return bound(error, { errors: LIMITS.errors, characters: LIMITS.errorCharacters, values: LIMITS.properties })
}

interface Left {
  errors: number
  characters: number
  values: number
}

function bound({ name, message, stack, cause, errors, properties }: ErrorInfo, left: Left): ErrorInfo {
  left.errors--
  const bounded: ErrorInfo = {
    name: take(name, LIMITS.name, left),
    message: take(message, LIMITS.message, left),
    stack: take(stack, LIMITS.stack, left),
  }
  if (properties) bounded.properties = plain(properties, LIMITS.propertyLevels, left) as Record<string, unknown>
  if (cause && left.errors > 0) bounded.cause = bound(cause, left)
  if (errors) {
    bounded.errors = []
    for (const each of errors) {
      if (left.errors <= 0) break
      bounded.errors.push(bound(each, left))
    }
  }
  return bounded
}

const LEFT_OUT = '…'

function take(text: string, limit: number, left: Left): string {
  const taken = text === '' ? '' : cut(text, Math.max(1, Math.min(limit, left.characters)))
  left.characters -= taken.length
  return taken
}

function plain(value: unknown, levels: number, left: Left): unknown {
  left.values--
  if (typeof value === 'string') return take(value, LIMITS.propertyText, left)
  if (typeof value !== 'object' || value === null)
    return isPlain(value) ? value : take(String(value), LIMITS.propertyText, left)
  if (levels === 0) return LEFT_OUT
  if (Array.isArray(value)) {
    const items: unknown[] = []
    for (const each of value) {
      if (left.values <= 0) break
      items.push(plain(each, levels - 1, left))
    }
    return items
  }
  const entries: [string, unknown][] = []
  for (const name in value) {
    if (left.values <= 0) break
    entries.push([take(name, LIMITS.name, left), plain((value as Record<string, unknown>)[name], levels - 1, left)])
  }
  return Object.fromEntries(entries)
}

function isPlain(value: unknown): boolean {
  return value === null || ['number', 'boolean', 'undefined'].includes(typeof value)
}
