/** A place where so many wait for each other: Python's `multiprocessing.Barrier`. */
import { BrokenBarrierError } from '../errors.ts'
import { checkTimeout, type WaitOptions } from '../run/wait-options.ts'
import type { Request, SharedState } from '../shared-object/service.ts'
import {
  fromHandle,
  type Given,
  type ObjectHandle,
  type ObjectOptions,
  SharedObject,
} from '../shared-object/shared-object.ts'
import { registerKind } from '../wire/revive.ts'

class BarrierState implements SharedState {
  readonly #name: string
  readonly #parties: number
  #waiting: Request[] = []
  #broken = false

  constructor(name: string, parties: number) {
    this.#name = name
    this.#parties = parties
  }

  handle(request: Request): (() => void) | undefined {
    switch (request.op) {
      case 'wait':
        return this.#wait(request)
      case 'reset':
        this.#refuseAll('was reset')
        this.#broken = false
        break
      case 'abort':
        this.#break('was aborted')
    }
    request.answer({ waiting: this.#waiting.length, broken: this.#broken })
    return undefined
  }

  release(isGone: (client: string) => boolean): void {
    const before = this.#waiting.length
    this.#waiting = this.#waiting.filter(({ client }) => !isGone(client))
    if (this.#waiting.length < before) this.#break('is broken: a process ended while it waited')
  }

  #wait(request: Request): (() => void) | undefined {
    if (this.#broken) {
      request.refuse(new BrokenBarrierError(`${this.#name} is broken; reset it first.`))
      return undefined
    }
    this.#waiting.push(request)
    if (this.#waiting.length === this.#parties) {
      const all = this.#waiting
      this.#waiting = []
      for (const [index, waiter] of all.entries()) waiter.answer({ index })
      return undefined
    }
    return () => {
      if (this.#waiting.includes(request)) this.#break('is broken: a process waited too long')
    }
  }

  #break(why: string): void {
    this.#broken = true
    this.#refuseAll(why)
  }

  #refuseAll(why: string): void {
    const all = this.#waiting
    this.#waiting = []
    for (const waiter of all) waiter.refuse(new BrokenBarrierError(`${this.#name} ${why}.`))
  }
}

export interface BarrierOptions extends ObjectOptions, WaitOptions {}

/**
 * Nobody passes before `parties` have come. Who waits too long, or ends while it waits, breaks it for all: then every wait
 * is refused with BrokenBarrierError until it is reset.
 */
export class Barrier extends SharedObject {
  readonly parties: number
  readonly #timeoutMs: number | undefined
  readonly #waiting = this.awaiting('barrier', `wait at ${this.name}`)

  /** @param options `timeoutMs` is for every wait that names none of its own */
  constructor(parties: number, options: BarrierOptions = {}) {
    const handle = (options as Given<BarrierOptions>)[fromHandle] as ObjectHandle | undefined
    const count = handle ? Number(handle.parties) : parties
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new RangeError(`A barrier needs a whole number of parties, at least 1, but ${count} is not.`)
    }
    const timeoutMs = handle ? (handle.timeoutMs as number | undefined) : checkTimeout(options.timeoutMs)
    super(
      'barrier',
      options as Given<ObjectOptions>,
      { parties: count, timeoutMs },
      (name) => new BarrierState(name, count),
    )
    this.parties = count
    this.#timeoutMs = timeoutMs
  }

  /**
   * Waits for the others.
   * @returns a number from 0 to `parties` - 1, another for each: who gets 0 may do what is to be done once
   * @throws BrokenBarrierError if it is broken, or becomes so while this waits
   */
  async wait({ timeoutMs = this.#timeoutMs }: { timeoutMs?: number | undefined } = {}): Promise<number> {
    const options = timeoutMs === undefined ? {} : { timeoutMs }
    const { fields } = await this.ask('wait', {}, [], this.#waiting, options)
    return Number(fields.index)
  }

  /** Makes it as new; who waits is refused with BrokenBarrierError. */
  async reset(): Promise<void> {
    await this.ask('reset')
  }

  /** Breaks it. */
  async abort(): Promise<void> {
    await this.ask('abort')
  }

  /** @returns how many wait. Python's `n_waiting`. */
  async waiting(): Promise<number> {
    return Number((await this.ask('state')).fields.waiting)
  }

  async broken(): Promise<boolean> {
    return (await this.ask('state')).fields.broken === true
  }
}

registerKind('barrier', (handle) => new Barrier(1, { [fromHandle]: handle } as BarrierOptions))
