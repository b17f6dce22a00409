/**
 * Values with parts that V8 does not copy, or not exactly: shared objects, errors with all that they have, addresses. Each such part is
 * written as a *note*, and where it belongs a *hole* is left; everything else is copied by V8 as ever. The list of holes names the
 * containers themselves, so whoever reads a value fills them without looking through it.
 */
import { types } from 'node:util'
import { errorInfo, WireError } from '../errors.ts'
import { lazy } from '../lazy.ts'
import {
  CONTAINER,
  keysOf,
  kindOf,
  LEAF,
  MOST_LEVELS,
  Refused,
  type Shared,
  type SharedHandle,
  type SpecialKind,
  sharedHandle,
} from './kinds-of-values.ts'

/** Makes the object that a handle stands for, in this process. */
export type Revive = (handle: SharedHandle) => object

type Container = Record<string | number, unknown>

interface Note {
  kind: SpecialKind
  /** Plain data from which the object is made. */
  data: unknown
  /** Its parts, which may have holes: of an error its own properties, of a map its entries. */
  parts?: Container
}

export interface Packed {
  root: { value: unknown }
  notes: Note[]
  /** Where the object of which note belongs. */
  holes: [container: Container, key: string | number, note: number][]
}

/** V8 may say all of a function. */
const MOST_OF_V8 = 100

/** Something cannot be sent. Its message goes on where the path of the part ends: ` is a function`. */
export class NotSendable extends Error {
  /** From the value to the part. */
  path = ''
}

/** @param place where, in what is around it, something was that could not be sent, or not even be read */
function located(error: unknown, place: string): NotSendable {
  const found =
    error instanceof NotSendable
      ? error
      : new NotSendable(` cannot be read: ${errorInfo(error).message}`, { cause: error })
  found.path = place + found.path
  return found
}

class Hole {
  readonly note: number
  constructor(note: number) {
    this.note = note
  }
}

/** Also for a key that would be the prototype. */
function setOwn(container: object, key: string | number, value: unknown, enumerable = true): void {
  Object.defineProperty(container, key, { value, enumerable, writable: true, configurable: true })
}

/** Told by themselves. */
const TOLD: ReadonlySet<string | number> = new Set(['stack', 'message'])
/** What an error has without showing it. */
const HIDDEN = ['cause', 'errors']

class Packer {
  readonly packed: Packed = { root: { value: undefined }, notes: [], holes: [] }
  readonly #known = new Map<object, object>()
  readonly #asksV8: boolean

  constructor(asksV8: boolean) {
    this.#asksV8 = asksV8
  }

  put(container: object, key: string | number, value: unknown, levels: number): void {
    const copy = this.#pack(value, levels)
    if (copy instanceof Hole) {
      setOwn(container, key, null)
      this.packed.holes.push([container as Container, key, copy.note])
    } else setOwn(container, key, copy)
  }

  #pack(value: unknown, levels: number): unknown {
    if (typeof value === 'function' || typeof value === 'symbol') throw new NotSendable(` is a ${typeof value}`)
    if (typeof value !== 'object' || value === null) return value
    const known = this.#known.get(value)
    if (known) return known
    if (levels === 0) throw new NotSendable(` is nested more than ${MOST_LEVELS.toLocaleString('en')} levels deep`)
    const kind = kindOf(value)
    if (kind === LEAF) return this.#asked(value)
    if (kind instanceof Refused) throw new NotSendable(` ${kind.why}`)
    if (kind !== CONTAINER) return this.#note(value, kind, levels)
    if (types.isArgumentsObject(value)) throw new NotSendable(' is what a function was called with (send a list of it)')
    const copy = Array.isArray(value) ? new Array<unknown>(value.length) : {}
    this.#known.set(value, copy)
    this.#putParts(copy, value, keysOf(value), levels)
    if (!Array.isArray(value) && Object.keys(copy).length === 0) this.#asked(value)
    return copy
  }

  #putParts(copy: object, value: object, keys: Iterable<string | number>, levels: number): void {
    for (const key of keys) {
      try {
        this.put(copy, key, (value as Container)[key], levels - 1)
      } catch (error) {
        throw located(error, step('', value, key))
      }
    }
  }

  /** @returns the object, if V8 takes it */
  #asked(value: object): object {
    if (!this.#asksV8) return value
    try {
      lazy.v8.serialize(value)
      return value
    } catch (error) {
      throw new NotSendable(`: ${errorInfo(error).message.slice(0, MOST_OF_V8)}`, { cause: error })
    }
  }

  #note(value: object, kind: SpecialKind, levels: number): Hole {
    const { notes } = this.packed
    const hole = new Hole(notes.length)
    this.#known.set(value, hole)
    const note: Note = { kind, data: dataOf(value, kind) }
    notes.push(note)
    if (kind === 'map' || kind === 'set') {
      const names = kind === 'map' ? ['key', 'value'] : ['item']
      const parts = kind === 'map' ? [...(value as Map<unknown, unknown>)].flat() : [...(value as Set<unknown>)]
      note.parts = parts as unknown as Container
      for (const [index, part] of parts.entries()) {
        try {
          this.put(parts, index, part, levels - 1)
        } catch (error) {
          throw located(error, `.${names[index % names.length]}(${Math.floor(index / names.length)})`)
        }
      }
    }
    if (kind === 'error') {
      note.parts = {}
      const hidden = HIDDEN.filter((key) => Object.hasOwn(value, key))
      const keys = new Set([...Object.keys(value), ...hidden].filter((key) => !TOLD.has(key)))
      this.#putParts(note.parts, value, keys, levels)
    }
    return hole
  }
}

function dataOf(value: object, kind: SpecialKind): unknown {
  switch (kind) {
    case 'shared':
      return (value as Shared)[sharedHandle]()
    case 'error':
    case 'dom-exception': {
      const { name, message, stack } = value as Error
      return { name: String(name), message: String(message), stack: String(stack) }
    }
    case 'url':
      return (value as URL).href
    case 'url-parameters':
      return String(value)
    case 'regexp': {
      const { source, flags, lastIndex } = value as RegExp
      return { source, flags, lastIndex }
    }
    default:
      return null
  }
}

/**
 * @param asksV8 whether V8 refused the value, and is asked about each part
 * @throws NotSendable
 */
export function pack(value: unknown, asksV8 = false): Packed {
  const packer = new Packer(asksV8)
  try {
    packer.put(packer.packed.root, 'value', value, MOST_LEVELS)
  } catch (error) {
    throw located(error, '')
  }
  return packer.packed
}

const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError } as const

function makeError({ name, message, stack }: Error, parts: Container | undefined): Error {
  const isAggregate = name === 'AggregateError' || (parts !== undefined && Object.hasOwn(parts, 'errors'))
  const Class = Object.hasOwn(ERRORS, name) ? ERRORS[name as keyof typeof ERRORS] : Error
  const error = isAggregate ? new AggregateError([], message) : new Class(message)
  if (error.name !== name) setOwn(error, 'name', name, false)
  setOwn(error, 'stack', stack, false)
  return error
}

function make({ kind, data, parts }: Note, revive: Revive): object {
  switch (kind) {
    case 'shared':
      return revive(data as SharedHandle)
    case 'error':
      return makeError(data as Error, parts)
    case 'dom-exception': {
      const { name, message, stack } = data as Error
      const error = new DOMException(message, name)
      setOwn(error, 'stack', stack, false)
      return error
    }
    case 'url':
      return new URL(String(data))
    case 'url-parameters':
      return new URLSearchParams(String(data))
    case 'regexp': {
      const { source, flags, lastIndex } = data as RegExp
      return Object.assign(new RegExp(source, flags), { lastIndex })
    }
    case 'map':
      return new Map()
    case 'set':
      return new Set()
    default:
      throw new WireError('A message carries an object of a kind that is not known.')
  }
}

/** Once all holes are filled. */
function complete(object: object, parts: Container): void {
  if (object instanceof Map) {
    const entries = parts as unknown as unknown[]
    for (let i = 0; i < entries.length; i += 2) object.set(entries[i], entries[i + 1])
  } else if (object instanceof Set) for (const item of parts as unknown as unknown[]) object.add(item)
  else for (const [key, value] of Object.entries(parts)) setOwn(object, key, value, !HIDDEN.includes(key))
}

/**
 * @param packed as `pack` made it, or whatever else a process may send
 * @throws whatever `revive` throws, and TypeErrors of many kinds if it is something else
 */
export function unpack({ root, notes, holes }: Packed, revive: Revive): unknown {
  const objects: object[] = []
  for (const [index, note] of notes.entries()) {
    try {
      objects.push(make(note, revive))
    } catch (error) {
      throw new WireError(`${placeOf(root, holes, index)} cannot be made here: ${(error as Error).message}`, {
        cause: error,
      })
    }
  }
  for (const [container, key, note] of holes) setOwn(container, key, objects[note])
  for (const [index, { parts }] of notes.entries()) if (parts) complete(objects[index] as object, parts)
  return root.value
}

/** Where the first hole of a note is, as it would be written, if it is not inside another note. */
function placeOf(root: Packed['root'], holes: Packed['holes'], note: number): string {
  const hole = holes.find(([, , index]) => index === note)
  if (!hole) return 'A part of the value'
  const [container, key] = hole
  if ((container as unknown) === root) return 'value'
  const path = pathTo(container, root.value, 'value', new Set())
  return path === undefined ? 'A part of the value' : step(path, container, key)
}

function pathTo(container: object, at: unknown, path: string, seen: Set<unknown>): string | undefined {
  if (at === container) return path
  if (typeof at !== 'object' || at === null || seen.has(at)) return undefined
  seen.add(at)
  for (const [key, part] of Object.entries(at)) {
    const found = pathTo(container, part, step(path, at, key), seen)
    if (found !== undefined) return found
  }
  return undefined
}

/** The path of a part inside a value, as it would be written: `[0].pages[3]`. */
export function step(path: string, container: object, key: string | number): string {
  if (Array.isArray(container) && String(Number(key)) === String(key)) return `${path}[${key}]`
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(String(key))
    ? `${path}.${key}`
    : `${path}[${JSON.stringify(key)}]`
}
