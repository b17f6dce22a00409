/** Errors that nobody caught: thrown in a timer, by an emitter or a callback, or a rejection that nobody looked at. */
import { handleOfContext, onlyHandle } from '../../multiprocessing/run/start-run.ts'

export interface StrayErrorOptions {
  /** Whether a listener of somebody else's, such as the program that runs, says what becomes of them. */
  unlessListened: boolean
  /** What belongs to no program. */
  otherwise(thrown: unknown): void
}

/**
 * From now on they end the program whose they are, and no other, and never this process: whose one is says the asynchronous
 * context in which it was thrown. Where there is none, as in a microtask of an older Node's, it is the only program's that runs.
 */
export function catchStrayErrors({ unlessListened, otherwise }: StrayErrorOptions): void {
  for (const name of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(name, (thrown: unknown) => {
      if (unlessListened && process.listenerCount(name) > 1) return
      const handle = handleOfContext() ?? onlyHandle()
      if (handle) handle.fail(thrown)
      else otherwise(thrown)
    })
  }
}

/** What the app says of its own. It goes on: what programs it runs must not end with it. */
export function sayStrayError(thrown: unknown): void {
  console.error('Forkscope: an error that nobody handled:', thrown)
}
