/** Why a value cannot be sent, and which part of it is at fault. Found when it was refused already, so it may take its time. */
import { types } from 'node:util'
import { errorInfo, UnsendableError } from '../errors.ts'
import { lazy } from '../lazy.ts'
import { CONTAINER, keysOf, kindOf, LEAF, MOST_LEVELS, Refused } from './kinds-of-values.ts'
import { step } from './specials.ts'

/** A longer place helps nobody. */
const LONGEST_PATH = 100

type Parts = Iterable<[place: string, read: () => unknown]>

/** @returns the error for a value that was refused. @param what how the value is called, such as `item` */
export function refusal(value: unknown, what: string, cause: unknown): UnsendableError {
  let reason: string | undefined
  try {
    reason = findUnsendable(value, what, new Set(), MOST_LEVELS)
  } catch {
    // There is no room left to look for it.
  }
  reason ??= `${what}: ${errorInfo(cause).message.slice(0, LONGEST_PATH)}`
  return new UnsendableError(`This cannot be sent to another process: ${reason}.`, { cause })
}

function findUnsendable(value: unknown, path: string, seen: Set<unknown>, levels: number): string | undefined {
  if (typeof value === 'function') return `${cut(path)} is a function`
  if (typeof value === 'symbol') return `${cut(path)} is a symbol`
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined
  if (levels === 0) return `${cut(path)} is nested more than ${MOST_LEVELS.toLocaleString('en')} levels deep`
  seen.add(value)
  let parts: Parts
  try {
    const kind = kindOf(value)
    if (kind instanceof Refused) return `${cut(path)} ${kind.why}`
    parts = kind === LEAF ? [] : partsOf(value, path)
  } catch (error) {
    return cannotBeRead(path, error)
  }
  for (const [place, read] of parts) {
    let part: unknown
    try {
      part = read()
    } catch (error) {
      return cannotBeRead(place, error)
    }
    const found = findUnsendable(part, place, seen, levels - 1)
    if (found) return found
  }
  return refusedAlone(value, path)
}

/** What is at fault itself, and not a part of it: V8 is asked about a shell of it. */
function refusedAlone(value: object, path: string): string | undefined {
  if (types.isArgumentsObject(value)) return `${cut(path)} is what a function was called with (send a list of it)`
  if (Array.isArray(value) || Object.keys(value).length > 0) return undefined
  try {
    lazy.v8.serialize(value)
    return undefined
  } catch (error) {
    return `${cut(path)}: ${errorInfo(error).message.slice(0, LONGEST_PATH)}`
  }
}

/** @returns the parts of an object, each with its path and how it is read, which may throw */
function* partsOf(value: object, path: string): Parts {
  const kind = kindOf(value)
  if (kind === 'map') {
    let index = 0
    for (const [key, item] of value as Map<unknown, unknown>) {
      yield [`${path}.key(${index})`, () => key]
      yield [`${path}.value(${index++})`, () => item]
    }
  } else if (kind === 'set') {
    let index = 0
    for (const item of value as Set<unknown>) yield [`${path}.item(${index++})`, () => item]
  } else if (kind === CONTAINER || kind === 'error') {
    const hidden = kind === 'error' ? ['cause', 'errors'].filter((key) => Object.hasOwn(value, key)) : []
    for (const key of new Set([...keysOf(value), ...hidden])) {
      yield [step(path, value, key), () => (value as Record<string | number, unknown>)[key]]
    }
  }
}

function cut(path: string): string {
  return path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path
}

const cannotBeRead = (path: string, error: unknown) => `${cut(path)} cannot be read: ${errorInfo(error).message}`
