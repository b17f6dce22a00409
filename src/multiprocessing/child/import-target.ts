/** From a target's location to the function, where it is to run. */
import { TargetError } from '../errors.ts'
import type { Target, TargetLocation } from '../targets.ts'

/** @throws TargetError if the module does not export a function of that name; whatever the module throws when it is loaded */
export async function importTarget({ module, name }: TargetLocation): Promise<Target> {
  const exports = (await import(module)) as Record<string, unknown>
  // Of a CommonJS module, `default` is its `module.exports`: a function, or what has it.
  const whole = exports.default as (Record<string, unknown> & { name?: unknown }) | undefined
  const found = [exports[name], whole?.[name], whole?.name === name ? whole : undefined]
  const target = found.find((value) => typeof value === 'function')
  if (!target) {
    throw new TargetError(
      `${module} does not export a function named ${name}; write \`export\` before it, or in CommonJS add it to \`module.exports\`.`,
    )
  }
  return target as Target
}
