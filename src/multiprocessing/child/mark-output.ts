/**
 * A worker says in its output itself which of its tasks prints: with the first that each one writes, for what is written and what is
 * told of tasks take two ways to the parent, and neither waits for the other. `run/follow-output.ts` takes it out again.
 */
import { outputMark } from '../run/output-marks.ts'

export class OutputMarks {
  /** How many tasks have begun. */
  #begun = 0
  #inTask = false

  /** From now on, what this process writes to its streams is marked. */
  constructor() {
    for (const stream of [process.stdout, process.stderr]) this.#mark(stream)
  }

  begin(): void {
    this.#begun++
    this.#inTask = true
  }

  end(): void {
    this.#inTask = false
  }

  #mark(stream: NodeJS.WriteStream): void {
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
    let marked = 0
    const marking = (...args: unknown[]): boolean => {
      const task = this.#inTask ? this.#begun : 0
      if (task !== marked) write(outputMark((marked = task)))
      return write(...args)
    }
    stream.write = marking as typeof stream.write
  }
}
