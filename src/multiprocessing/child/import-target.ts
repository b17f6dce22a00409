/** From a target's location to the function, where it is to run. */
import { TargetError } from '../errors.ts'
import type { Target, TargetLocation } from '../targets.ts'

/** @throws TargetError if the module does not export a function of that name; whatever the module throws when it is loaded */
export async function importTarget({ module, name }: TargetLocation): Promise<Target> {
  const exports = (await import(module)) as Record<string, unknown>
  const target = exports[name] ?? (exports.default as Record<string, unknown> | undefined)?.[name]
  if (typeof target !== 'function') {
    throw new TargetError(`${module} does not export a function named ${name}; write \`export\` before it.`)
  }
  return target as Target
}
