/** Results one by one, as `imap` and `imapUnordered` give them. */
import type { Outcome } from './async-result.ts'
import type { Feed } from './feed.ts'
import type { Reader } from './reader.ts'

/**
 * Goes on after an error: the next call of `next` gives the next result. A `for await` ends with the error, as every loop
 * does. One that is left early takes no more items, but gives the results of those that it has taken, if it is gone on with.
 */
export class ResultIterator<R> implements AsyncIterableIterator<R, undefined> {
  readonly #reader: Reader
  readonly #feed: Feed<R>
  #ready: readonly R[] = []
  /** How many of those that are ready were given. */
  #given = 0
  /** The chunk that a `next` waits for. */
  #awaited: Promise<Outcome<R[]>> | null = null

  constructor(reader: Reader, feed: Feed<R>) {
    this.#reader = reader
    this.#feed = feed
  }

  async next(): Promise<IteratorResult<R, undefined>> {
    this.#reader.ask()
    while (this.#given === this.#ready.length) {
      if (this.#awaited) {
        // There may be something for this one in the chunk that another waits for.
        await this.#awaited
        continue
      }
      const chunk = this.#feed.next()
      if (!chunk) return { done: true, value: undefined }
      this.#awaited = chunk
      const leave = this.#feed.waits()
      const outcome = await chunk
      leave?.()
      this.#awaited = null
      if (!outcome.ok) {
        this.#reader.threw()
        throw outcome.error
      }
      this.#ready = outcome.value
      this.#given = 0
    }
    return { done: false, value: this.#ready[this.#given++] as R }
  }

  /** What a `for await` calls that is left before its end. */
  async return(): Promise<IteratorResult<R, undefined>> {
    this.#reader.leave()
    this.#feed.leave()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
