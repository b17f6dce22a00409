/** A flag that processes can wait for: Python's `multiprocessing.Event`. */
import type { WaitOptions } from '../run/wait-options.ts'
import type { Request, SharedState } from '../shared-object/service.ts'
import { type Given, type ObjectOptions, registerClass, SharedObject } from '../shared-object/shared-object.ts'

class EventState implements SharedState {
  #isSet = false
  #waiting = new Set<{ client: string; go(): void }>()

  handle({ op, client, answer }: Request): (() => void) | undefined {
    if (op === 'set') {
      this.#isSet = true
      for (const waiter of this.#waiting) waiter.go()
      this.#waiting.clear()
    } else if (op === 'clear') this.#isSet = false
    else if (op === 'wait' && !this.#isSet) {
      const waiter = { client, go: () => answer({ set: true }) }
      this.#waiting.add(waiter)
      return () => {
        this.#waiting.delete(waiter)
        answer({ set: false })
      }
    }
    answer({ set: this.#isSet })
    return undefined
  }

  release(isGone: (client: string) => boolean): void {
    for (const waiter of this.#waiting) if (isGone(waiter.client)) this.#waiting.delete(waiter)
  }
}

export class Event extends SharedObject {
  readonly #waiting = this.awaiting('event', `wait for ${this.name}`)

  constructor(options: ObjectOptions = {}) {
    super('event', options as Given<ObjectOptions>, {}, () => new EventState())
  }

  async isSet(): Promise<boolean> {
    return (await this.ask('is-set')).fields.set === true
  }

  /** Raises the flag: everybody who waits goes on, and nobody waits any more. */
  async set(): Promise<void> {
    await this.ask('set')
  }

  /** Lowers the flag. */
  async clear(): Promise<void> {
    await this.ask('clear')
  }

  /** @returns whether the flag was raised: false if `timeoutMs` ran out first */
  async wait(options: WaitOptions = {}): Promise<boolean> {
    const { fields } = await this.ask('wait', {}, [], this.#waiting, options)
    return fields.set === true
  }
}

registerClass('event', Event)
