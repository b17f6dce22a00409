/** What is told when a process ends while it holds something that others wait for. */
import type { Run } from '../run/run.ts'

/** @returns the function that tells it, once for each process and object */
export function tellAbandoned(run: Run, name: string): (client: string) => void {
  return (client) => {
    run.problem(false, {
      kind: 'lock-abandoned',
      message: `A process ended while it held ${name}.`,
      consequence: 'It was released, so that nobody waits for it for ever; what it protects may be half done.',
      process: client,
    })
  }
}
