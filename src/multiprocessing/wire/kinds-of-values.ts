/** What an object is to those who send it: data that V8 copies, something that is written in a form of its own, or nothing to be sent. */
import { types } from 'node:util'

/** The key of the method that makes an object shared. */
export const sharedHandle: unique symbol = Symbol.for('forkscope.sharedHandle')

/** Something that lives in one process and can be used from all: what is sent is only where to find it. */
export interface Shared {
  /** Plain data from which `revive` makes an equivalent object in another process. */
  [sharedHandle](): SharedHandle
}

export interface SharedHandle {
  kind: string
  id: string
}

/** So deep may values be nested. V8 reads some 1,600 levels, if it finds the stack empty. */
export const MOST_LEVELS = 1_000

/** V8 copies it exactly, or refuses it: it is not looked into. */
export const LEAF = 'leaf'
/** Its own parts are copied: of an instance of a class too, whose methods stay behind. */
export const CONTAINER = 'container'

export type SpecialKind = 'shared' | 'error' | 'dom-exception' | 'url' | 'url-parameters' | 'regexp' | 'map' | 'set'
export type Kind = typeof LEAF | typeof CONTAINER | SpecialKind | Refused

/** Why an object cannot be sent: `is a WeakMap`. */
export class Refused {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

/** Classes of the language and the platform whose instances are data. */
const DATA_CLASSES: ReadonlySet<string> = new Set(['Object', 'Array'])

const ADVICE: Readonly<Record<string, string>> = {
  Promise: 'await it first',
  Blob: 'send what its arrayBuffer() gives',
  File: 'send what its arrayBuffer() gives',
  Request: 'send its url and what its arrayBuffer() gives',
  Response: 'send what its json(), text() or arrayBuffer() gives',
  Headers: 'send what it holds, as [...headers]',
  FormData: 'send what it holds, as [...form]',
  AbortController: 'an Event of this library can be shared instead',
  AbortSignal: 'an Event of this library can be shared instead',
}

/** The class of the platform that a prototype belongs to; null for those that a program defines. */
const hostClasses = new WeakMap<object, string | null>()

/** @returns the name of the class of the language or the platform that objects with this prototype are instances of, if any */
function hostClass(prototype: object): string | null {
  const known = hostClasses.get(prototype)
  if (known !== undefined) return known
  const Class = Object.hasOwn(prototype, 'constructor') ? prototype.constructor : undefined
  const name = typeof Class === 'function' ? Class.name : ''
  let host: string | null = null
  // What a program puts there itself can be seen in a list of all.
  const isTheirs = Object.hasOwn(globalThis, name) && !Object.prototype.propertyIsEnumerable.call(globalThis, name)
  if (isTheirs && (globalThis as Record<string, unknown>)[name] === Class) {
    host = DATA_CLASSES.has(name) ? null : name
  } else {
    const next = Object.getPrototypeOf(prototype) as object | null
    if (next) host = hostClass(next)
  }
  hostClasses.set(prototype, host)
  return host
}

/** @returns what kind of object it is, for one that is no array and no plain object; may throw for a proxy */
function kindOfInstance(value: object, prototype: object): Kind {
  if (sharedHandle in value) return 'shared'
  if (ArrayBuffer.isView(value)) return types.isSharedArrayBuffer(value.buffer) ? SHARED_MEMORY : LEAF
  if (types.isMap(value)) return 'map'
  if (types.isSet(value)) return 'set'
  if (types.isDate(value) || types.isBoxedPrimitive(value) || types.isArrayBuffer(value)) return LEAF
  if (types.isRegExp(value)) return value.lastIndex === 0 ? LEAF : 'regexp'
  if (types.isSharedArrayBuffer(value)) return SHARED_MEMORY
  const host = hostClass(prototype)
  if (host === 'DOMException') return 'dom-exception'
  if (types.isNativeError(value) || value instanceof Error) return 'error'
  if (host === 'URL') return 'url'
  if (host === 'URLSearchParams') return 'url-parameters'
  if (host) return refusedHost(host, types.isProxy(value))
  if (Object.keys(value).length === 0 && !isOfAnotherRealm(prototype)) {
    return new Refused(
      `is an instance of ${nameOf(prototype)} that shows no data of its own, so nothing of it would arrive`,
    )
  }
  return CONTAINER
}

/** Plain objects of a `node:vm` context have an Object of their own. */
function isOfAnotherRealm(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty')
}

function refusedHost(host: string, byProxy: boolean): Refused {
  if (byProxy) return new Refused(`is a proxy of a ${host} (send a copy of what it shows)`)
  const article = /^[AEIO]/.test(host) ? 'an' : 'a'
  return new Refused(
    `is ${article} ${host}, which lives in its process (${ADVICE[host] ?? 'send the data that it holds'})`,
  )
}

const SHARED_MEMORY = new Refused('is memory that threads share, which processes cannot (send a copy of it)')

function nameOf(prototype: object): string {
  const Class = prototype.constructor
  return typeof Class === 'function' && Class.name !== '' ? Class.name : 'a class'
}

/** @returns what kind of object it is; may throw for one that cannot even be looked at */
export function kindOf(value: object): Kind {
  if (Array.isArray(value)) return CONTAINER
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === Object.prototype || prototype === null ? CONTAINER : kindOfInstance(value, prototype)
}

/** Longer lists are not asked for properties besides their items: that would take longer than to copy them. */
const LONG_LIST = 100_000
/** Even longer ones are mostly holes. */
const SPARSE_LIST = 2 ** 25

/** @returns the keys of the parts of a container, of a long list only its items */
export function keysOf(container: object): Iterable<string | number> {
  if (!Array.isArray(container)) return Object.keys(container)
  return container.length > LONG_LIST && container.length < SPARSE_LIST ? container.keys() : Object.keys(container)
}
