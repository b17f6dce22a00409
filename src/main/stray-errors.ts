/** Errors that nobody caught, in the process that runs the sessions. */

import { runOfContext } from '../multiprocessing/run/run.ts'
import { handleOf } from '../multiprocessing/run/start-run.ts'
import type { Sessions } from './session/sessions.ts'

/**
 * An unhandled rejection in a demo's main function is that program's problem and not the app's end: it becomes a problem of
 * its session. What belongs to no session is said on stderr.
 */
export function handleStrayErrors(sessions: Sessions): void {
  process.on('unhandledRejection', (thrown) => {
    const run = runOfContext()
    const handle = run && handleOf(run)
    if (handle) handle.fail(thrown)
    else if (!sessions.strayError(thrown)) {
      console.error('Forkscope: an error that nobody handled:', thrown)
    }
  })
}
