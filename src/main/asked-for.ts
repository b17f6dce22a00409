/** What the window shall begin with, as it was asked for outside of it: a program and what it is told. */
import { z } from 'zod'

/** Set for the app alone, which takes it out of its environment before anything inherits that. */
const VARIABLE = 'FORKSCOPE_ASKED_FOR'

const askedFor = z.strictObject({
  program: z.string().min(1).max(200),
  parameters: z.record(z.string().max(100), z.string().max(4_000)),
})
export type AskedFor = z.infer<typeof askedFor>

/** @returns what another process of the app's has asked for; null if that is nothing, or nothing that makes sense */
export function readAskedFor(given: unknown): AskedFor | null {
  const { data } = askedFor.safeParse(given)
  return data ?? null
}

/** @returns the environment in which the app begins with that */
export function askingEnvironment(asked: AskedFor | null): NodeJS.ProcessEnv {
  const { [VARIABLE]: _, ...others } = process.env
  return asked === null ? others : { ...others, [VARIABLE]: JSON.stringify(asked) }
}

/** @returns what this process was asked for; the second time nothing */
export function takeAskedFor(): AskedFor | null {
  const text = process.env[VARIABLE]
  delete process.env[VARIABLE]
  try {
    return text === undefined ? null : readAskedFor(JSON.parse(text))
  } catch {
    return null
  }
}
