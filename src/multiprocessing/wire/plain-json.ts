/** Small plain data as JSON, where JSON says exactly what structured clone would: several times as fast. */

/** Values with more parts than this are cloned: looking through them would cost more than is won. */
const MOST_PARTS = 64
const MOST_CHARACTERS = 1_024

function isPlain(value: unknown, seen: object[]): boolean {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
    case 'string':
      return value.length <= MOST_CHARACTERS && value.isWellFormed()
    case 'boolean':
      return true
    case 'object':
      break
    default:
      return false
  }
  if (value === null) return true
  // An object that is in two places must be one object again on the other side, which JSON cannot say.
  if (seen.length >= MOST_PARTS || seen.includes(value)) return false
  seen.push(value)
  const prototype = Object.getPrototypeOf(value) as unknown
  if (Array.isArray(value)) {
    if (prototype !== Array.prototype || value.length > MOST_PARTS || Object.keys(value).length !== value.length) {
      return false
    }
    for (let i = 0; i < value.length; i++) if (!isPlain(value[i], seen)) return false
    return true
  }
  // What is called `callee` may be a function's `arguments`, which are refused.
  if (prototype !== Object.prototype || Object.hasOwn(value, 'callee')) return false
  const keys = Object.keys(value)
  if (keys.length > MOST_PARTS) return false
  for (const key of keys) {
    if (!key.isWellFormed() || key === '__proto__') return false
    if (!isPlain((value as Record<string, unknown>)[key], seen)) return false
  }
  return true
}

/** @returns the value as JSON, or undefined if only a structured clone is exact: it has parts that JSON cannot say */
export function plainJson(value: unknown): string | undefined {
  try {
    return isPlain(value, []) ? JSON.stringify(value) : undefined
  } catch {
    // A part that cannot even be read: whoever clones the value says which.
    return undefined
  }
}
