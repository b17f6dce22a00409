/** Results one by one, as `imap` and `imapUnordered` give them. */
import type { AsyncResult, Outcome } from './async-result.ts'

/**
 * Goes on after an error: the next call of `next` gives the next result. A `for await` ends with the error, as every loop
 * does.
 */
export class ResultIterator<R> implements AsyncIterableIterator<R> {
  readonly #next: () => Promise<Outcome<R[]>> | null
  #ready: R[] = []

  /** @param next the next chunk's outcome; null when there is none left */
  constructor(next: () => Promise<Outcome<R[]>> | null) {
    this.#next = next
  }

  async next(): Promise<IteratorResult<R, undefined>> {
    while (this.#ready.length === 0) {
      const chunk = this.#next()
      if (!chunk) return { done: true, value: undefined }
      const outcome = await chunk
      if (!outcome.ok) throw outcome.error
      this.#ready = [...outcome.value]
    }
    return { done: false, value: this.#ready.shift() as R }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

/** @returns the chunks' outcomes in the order of the items */
export function inOrder<R>(parts: readonly AsyncResult<R[]>[]): () => Promise<Outcome<R[]>> | null {
  let at = 0
  return () => parts[at++]?.settled ?? null
}

/** @returns the chunks' outcomes in the order in which they come */
export function asTheyCome<R>(parts: readonly AsyncResult<R[]>[]): () => Promise<Outcome<R[]>> | null {
  const come: Outcome<R[]>[] = []
  const wanted: ((outcome: Outcome<R[]>) => void)[] = []
  for (const part of parts) {
    part.onSettled((outcome) => {
      const waiting = wanted.shift()
      if (waiting) waiting(outcome)
      else come.push(outcome)
    })
  }
  let given = 0
  return () => {
    if (given++ >= parts.length) return null
    const outcome = come.shift()
    return outcome ? Promise.resolve(outcome) : new Promise((resolve) => wanted.push(resolve))
  }
}
