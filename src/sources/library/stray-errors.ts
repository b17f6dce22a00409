/** What would end the process of a program: errors that nobody caught, in a timer, an emitter, a callback or a promise; and `process.exit`. */
import { StoppedError } from '../../multiprocessing/errors.ts'
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

/**
 * From now on no program that runs in this process can end it: neither by such an error nor by `process.exit`, which ends its own session. An
 * error of the app's own is said, and the app goes on, for the sake of the programs that it runs.
 */
export function outlivePrograms(): void {
  catchStrayErrors({
    unlessListened: false,
    otherwise: (thrown) => console.error('Forkscope: an error that nobody handled:', thrown),
  })
  const exit = process.exit.bind(process)
  process.exit = (code) => {
    const handle = handleOfContext()
    if (!handle) return exit(code)
    handle.exit(Number(code ?? process.exitCode ?? 0))
    // Who calls `process.exit` expects nothing to happen after it.
    throw new StoppedError('The program has ended itself by process.exit.')
  }
}
