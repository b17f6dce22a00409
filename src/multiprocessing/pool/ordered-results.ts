/** Results one by one, as `imap` and `imapUnordered` give them. */
import type { AsyncResult, Outcome } from './async-result.ts'
import type { Reader } from './reader.ts'

/**
 * Goes on after an error: the next call of `next` gives the next result. A `for await` ends with the error, as every loop
 * does. One that is left early can be gone on with, too; what fails meanwhile is told.
 */
export class ResultIterator<R> implements AsyncIterableIterator<R, undefined> {
  readonly #reader: Reader
  readonly #next: () => Promise<Outcome<R[]>> | null
  #ready: R[] = []
  /** The chunk that a `next` waits for. */
  #awaited: Promise<Outcome<R[]>> | null = null

  /** @param next the next chunk's outcome; null when there is none left */
  constructor(reader: Reader, next: () => Promise<Outcome<R[]>> | null) {
    this.#reader = reader
    this.#next = next
  }

  async next(): Promise<IteratorResult<R, undefined>> {
    this.#reader.ask()
    while (this.#ready.length === 0) {
      if (this.#awaited) {
        // There may be something for this one in the chunk that another waits for.
        await this.#awaited
        continue
      }
      const chunk = this.#next()
      if (!chunk) return { done: true, value: undefined }
      this.#awaited = chunk
      const outcome = await chunk
      this.#awaited = null
      if (!outcome.ok) {
        this.#reader.threw()
        throw outcome.error
      }
      this.#ready = [...outcome.value]
    }
    return { done: false, value: this.#ready.shift() as R }
  }

  /** What a `for await` calls that is left before its end. */
  async return(): Promise<IteratorResult<R, undefined>> {
    this.#reader.leave()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

/** @returns the chunks' outcomes in the order of the items */
export function inOrder<R>(reader: Reader, parts: readonly AsyncResult<R[]>[]): () => Promise<Outcome<R[]>> | null {
  let at = 0
  return () => {
    const part = parts[at++]
    if (!part) return null
    reader.take(part)
    return part.settled
  }
}

/** @returns the chunks' outcomes in the order in which they come */
export function asTheyCome<R>(reader: Reader, parts: readonly AsyncResult<R[]>[]): () => Promise<Outcome<R[]>> | null {
  const come: { part: AsyncResult<R[]>; outcome: Outcome<R[]> }[] = []
  const wanted: ((outcome: Outcome<R[]>) => void)[] = []
  for (const part of parts) {
    part.onSettled((outcome) => {
      const waiting = wanted.shift()
      if (!waiting) {
        come.push({ part, outcome })
        return
      }
      reader.take(part)
      waiting(outcome)
    })
  }
  let given = 0
  return () => {
    if (given++ >= parts.length) return null
    const first = come.shift()
    if (!first) return new Promise((resolve) => wanted.push(resolve))
    reader.take(first.part)
    return Promise.resolve(first.outcome)
  }
}
