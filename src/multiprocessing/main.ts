/** `main(import.meta, …)`: Python's `if __name__ == '__main__'`. */
import { realpathSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import {
  checkParameter,
  checkParameters,
  ParameterError,
  type Parameters,
  type ParameterValues,
  parseArguments,
  speedParameter,
} from '../shared/parameters.ts'
import { errorInfo } from './errors.ts'
import { describeError } from './process/problems.ts'
import { endRun } from './run/end-run.ts'
import { describeLost, whenNothingIsLeft } from './run/lost.ts'
import { adoptRun, Run, runOfContext } from './run/run.ts'

/** A program's main function, with what it can be told. */
export interface ProgramMain {
  parameters: Parameters
  run(values: Record<string, string | number>): unknown
}

const mains = new Map<string, ProgramMain>()

/** @returns the main function that a loaded module has registered, by the module's URL */
export function mainOf(url: string): ProgramMain | undefined {
  return mains.get(url)
}

function isProgram(url: string): boolean {
  const program = process.argv[1]
  if (!program) return false
  try {
    return realpathSync(program) === realpathSync(fileURLToPath(url))
  } catch {
    return pathToFileURL(program).href === url
  }
}

/** The whole error comes when the processes that are left have ended, which may be never: so it is said now that there is one. */
function sayWhatIsWaitedFor(run: Run, thrown: unknown): void {
  const left = [...run.children].filter(({ daemon }) => !daemon).map(({ name }) => name)
  if (left.length === 0) return
  const names = left.length > 5 ? `${left.length} processes` : left.join(', ')
  process.stderr.write(
    `main failed: ${describeError(errorInfo(thrown))}; its program ends when ${names} will have ended.\n`,
  )
}

/** Runs the program in its own process, unobserved: `node demo.ts --speed 2`. */
async function runProgram({ parameters, run: call }: ProgramMain): Promise<void> {
  let run: Run
  let values: Record<string, string | number>
  try {
    const { speed, ...given } = parseArguments(process.argv.slice(2))
    values = checkParameters(parameters, given)
    const factor = checkParameter('speed', speedParameter, speed ?? speedParameter.default) as number
    const originNs = process.hrtime.bigint()
    run = new Run({ path: '0', name: 'main', speed: factor, nodePath: null, originNs, sink: null })
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
    return
  }
  adoptRun(run)
  const stopLooking = whenNothingIsLeft(() => {
    process.exitCode = 1
    process.stderr.write(`${describeLost(run)}\n`, () => process.exit())
  })
  // What fails when main has returned counts as well, unless the program says itself how it has ended.
  process.on('exit', () => {
    if (run.unobservedProblems > 0) process.exitCode ??= 1
  })
  try {
    await call(values)
  } catch (thrown) {
    sayWhatIsWaitedFor(run, thrown)
    throw thrown
  } finally {
    stopLooking()
    await endRun(run)
    if (run.unobservedProblems > 0) process.exitCode ||= 1
  }
}

/**
 * Registers a module's main function. In the program's own process it is called as soon as the module is loaded; where the
 * module is only imported (by a child that looks for its target, or by the app, which calls it itself), it is not.
 *
 * @param meta the module's `import.meta`
 * @returns a promise of the end: main has returned and every process that is not a daemon has ended
 */
export function main(meta: ImportMeta, fn: () => unknown): Promise<void>
export function main<P extends Parameters>(
  meta: ImportMeta,
  parameters: P,
  fn: (values: ParameterValues<P>) => unknown,
): Promise<void>
export function main(
  meta: ImportMeta,
  ...rest: [() => unknown] | [Parameters, (values: never) => unknown]
): Promise<void> {
  const [parameters, fn] = rest.length === 1 ? [{}, rest[0]] : rest
  const program: ProgramMain = { parameters, run: (values) => (fn as (given: typeof values) => unknown)(values) }
  mains.set(meta.url, program)
  if (runOfContext() || !isProgram(meta.url)) return Promise.resolve()
  // Once the module is whole: its exports are what children will look for.
  return Promise.resolve().then(() => runProgram(program))
}
