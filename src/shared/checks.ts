/**
 * Whether plain data is of a type. Data comes from other processes, which may be broken: nothing of it is used that was not checked.
 *
 * Written by hand rather than with a validator, because every child of a program loads it: it costs no start-up time.
 */

/** Whether a value is of a type, told from the value alone. */
export type Check<T = unknown> = (value: unknown) => value is T

/** The type that a check stands for. */
export type Checked<C> = C extends Check<infer T> ? T : never

export const isText: Check<string> = (value) => typeof value === 'string'
export const isBoolean: Check<boolean> = (value) => typeof value === 'boolean'
export const isNumber: Check<number> = (value): value is number => typeof value === 'number' && Number.isFinite(value)
export const isCount: Check<number> = (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const oneOf =
  <const T extends string>(...words: T[]): Check<T> =>
  (value): value is T =>
    words.includes(value as T)

export const orNull =
  <T>(check: Check<T>): Check<T | null> =>
  (value): value is T | null =>
    value === null || check(value)

export const optional =
  <T>(check: Check<T>): Check<T | undefined> =>
  (value): value is T | undefined =>
    value === undefined || check(value)

export const listOf =
  <T>(check: Check<T>): Check<T[]> =>
  (value): value is T[] =>
    Array.isArray(value) && value.every(check)

/** An object with these fields; others do not matter. */
export const shape =
  <F extends Record<string, Check>>(fields: F): Check<{ [K in keyof F]: Checked<F[K]> }> =>
  (value): value is { [K in keyof F]: Checked<F[K]> } =>
    isRecord(value) && Object.entries(fields).every(([name, check]) => check(value[name]))

/** An object with these fields and no others. */
export const exactly = <F extends Record<string, Check>>(fields: F): Check<{ [K in keyof F]: Checked<F[K]> }> => {
  const hasShape = shape(fields)
  return (value): value is { [K in keyof F]: Checked<F[K]> } =>
    hasShape(value) && Object.keys(value).every((name) => Object.hasOwn(fields, name))
}

/** @returns whether nothing is nested deeper than so many levels; what is cannot be walked through, or written as JSON */
export function isNotDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  for (const key in value) if (!isNotDeeper((value as Record<string, unknown>)[key], levels - 1)) return false
  return true
}
