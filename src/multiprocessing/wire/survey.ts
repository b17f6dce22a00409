/** Looking through a value before it is sent: whether V8's copy of it is exact. */
import { types } from 'node:util'
import { checkSize } from './frames.ts'
import { CONTAINER, keysOf, kindOf, LEAF, MOST_LEVELS, Refused } from './kinds-of-values.ts'

/**
 * @param what how the value is called in an error
 * @returns whether it can be left to V8: if not, it has parts that are written in a form of their own, or that cannot be sent
 * @throws UnsendableError if its bytes are too many, before they are copied; also whatever a getter or a proxy throws
 */
export function isLeftToV8(value: unknown, what: string): boolean {
  const looked = new Look()
  if (!looked.isFine(value, MOST_LEVELS)) return false
  checkSize(looked.bytes, what)
  return !looked.special
}

/** V8 refuses it, but what it shows can be copied. */
function isOnlyCopied(value: object): boolean {
  return types.isProxy(value) || types.isModuleNamespaceObject(value) || value === process.env
}

class Look {
  readonly #seen = new Set<object>()
  special = false
  /** Of all arrays of bytes and numbers. */
  bytes = 0

  isFine(value: unknown, levels: number): boolean {
    if (typeof value === 'function' || typeof value === 'symbol') return false
    if (typeof value !== 'object' || value === null || this.#seen.has(value)) return true
    if (levels === 0) return false
    this.#seen.add(value)
    const kind = kindOf(value)
    if (kind === LEAF) {
      this.bytes += (value as Partial<ArrayBuffer>).byteLength ?? 0
      return true
    }
    if (kind instanceof Refused) return false
    if (kind === 'map') {
      const map = value as Map<unknown, unknown>
      return this.#areFine(map.keys(), levels) && this.#areFine(map.values(), levels)
    }
    if (kind === 'set') return this.#areFine(value as Set<unknown>, levels)
    if (kind !== CONTAINER) {
      // An error is looked into when it is written: it is never left to V8.
      this.special = true
      return true
    }
    if (isOnlyCopied(value)) this.special = true
    for (const key of keysOf(value)) {
      if (!this.isFine((value as Record<string | number, unknown>)[key], levels - 1)) return false
    }
    return true
  }

  #areFine(values: Iterable<unknown>, levels: number): boolean {
    for (const value of values) if (!this.isFine(value, levels - 1)) return false
    return true
  }
}
