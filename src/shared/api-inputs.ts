/** The input of every call of the API as a schema: a host refuses a call that is not here or whose input does not fit. */
import { z } from 'zod'

const id = z.string().min(1).max(200)
const nothing = z.strictObject({})
const session = z.strictObject({ session: id })

export const callInputs = {
  getAppInfo: nothing,
  readSources: z.strictObject({ program: id }),
  /** Starts a program; if a session of it runs, that is stopped first. Answers once it has started. */
  startProgram: z.strictObject({
    program: id,
    parameters: z.record(z.string().max(100), z.union([z.string().max(4_000), z.number()])),
  }),
  /** Stops a session: asks, waits briefly, forces. Answers once none of its processes is left. Stopping twice is fine. */
  stopSession: session,
  /** Pushes this session's patches to the caller until it is unwatched, beginning with the whole state. */
  watchSession: session,
  unwatchSession: session,
  signalProcess: z.strictObject({ session: id, process: id, signal: z.enum(['SIGTERM', 'SIGKILL']) }),
  /** Submits a failed task's call again, to the same pool. */
  retryTask: z.strictObject({ session: id, task: id }),
} as const
