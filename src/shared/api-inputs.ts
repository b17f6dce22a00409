/** The input of every call of the API as a schema: a host refuses a call that is not here or whose input does not fit. */
import { z } from 'zod'

const id = z.string().min(1).max(200)
const nothing = z.strictObject({})
const session = z.strictObject({ session: id })

export const callInputs = {
  getAppInfo: nothing,
  readSources: z.strictObject({ program: id }),
  /** The processes of this user that can be attached to, without Forkscope and what it has started. */
  listProcesses: nothing,
  /** Starts a program, beside all that runs, or instead of one session, which is stopped first and forgotten. Answers once it has started. */
  startProgram: z.strictObject({
    program: id,
    parameters: z.record(z.string().max(100), z.union([z.string().max(4_000), z.number()])),
    instead: id.optional(),
  }),
  /** Stops a session: asks, waits briefly, forces. Answers once none of its processes is left. Stopping twice is fine. */
  stopSession: session,
  /** Pushes this session's patches to the caller until it is unwatched, beginning with the whole state. */
  watchSession: session,
  unwatchSession: session,
  /** Tells a session's source to do something: see `commands.ts`. Which fields it needs, the source checks. */
  command: z.strictObject({
    session: id,
    command: z
      .object({ type: z.string().min(1).max(100) })
      .catchall(z.union([z.string().max(4_000), z.number(), z.boolean()]))
      .refine((command) => Object.keys(command).length <= 20, 'has too many fields'),
  }),
} as const
