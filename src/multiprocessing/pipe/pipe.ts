/** Two ends of a connection, each for another process: Python's `multiprocessing.Pipe`. */

import type { Waiter } from '../../shared/telemetry.ts'
import { EndOfFileError, StateError } from '../errors.ts'
import type { WaitOptions } from '../run/wait-options.ts'
import type { Waiting } from '../run/waiting.ts'
import type { Answer, Fields, Request, SharedState } from '../shared-object/service.ts'
import {
  fromHandle,
  type Given,
  type ObjectHandle,
  type ObjectOptions,
  SharedObject,
} from '../shared-object/shared-object.ts'
import { registerKind, revive } from '../wire/revive.ts'
import { decodeValue, encodeValue, sharedHandle } from '../wire/values.ts'

export interface PipeOptions extends ObjectOptions {
  /** Whether both ends can send and receive, as they can if this is left out; else the first receives and the second sends. */
  duplex?: boolean
}

interface End {
  /** What was sent to this end and not yet received. */
  items: Uint8Array[]
  receivers: Request[]
  polls: Request[]
  /** The processes that have it, since when. It is closed when the last of them has closed it or has ended. */
  holders: Map<string, number>
  closed: boolean
}

const newEnd = (): End => ({ items: [], receivers: [], polls: [], holders: new Map(), closed: false })

class PipeState implements SharedState {
  readonly #name: string
  readonly #now: () => number
  readonly #ends: readonly [End, End] = [newEnd(), newEnd()]

  constructor(name: string, now: () => number) {
    this.#name = name
    this.#now = now
  }

  *holders(): Iterable<Waiter> {
    for (const [end, { holders }] of this.#ends.entries()) {
      for (const [process, sinceUs] of holders) yield { process, sinceUs, end: String(end) }
    }
  }

  handle(request: Request): (() => void) | undefined {
    const index = request.fields.end === 1 ? 1 : 0
    const [own, other] = [this.#ends[index] as End, this.#ends[1 - index] as End]
    if (own.closed) {
      request.refuse(new StateError(`This end of ${this.#name} is closed.`))
      return undefined
    }
    if (!own.holders.has(request.client)) own.holders.set(request.client, this.#now())
    switch (request.op) {
      case 'send':
        if (other.closed) {
          request.refuse(new EndOfFileError(`Nobody receives from ${this.#name} any more.`))
          return undefined
        }
        this.#deliver(other, request.payload)
        break
      case 'receive':
        return this.#receive(own, other, request)
      case 'poll':
        return this.#poll(own, other, request)
      case 'close':
        own.holders.delete(request.client)
        if (own.holders.size === 0) this.#close(own, other)
        break
      default:
      // `attach`: it was handed to a process, which holds it from now on.
    }
    request.answer()
    return undefined
  }

  release(isGone: (client: string) => boolean): void {
    for (const [index, own] of this.#ends.entries()) {
      const stays = ({ client }: Request) => !isGone(client)
      own.receivers = own.receivers.filter(stays)
      own.polls = own.polls.filter(stays)
      let left = false
      for (const client of own.holders.keys()) if (isGone(client)) left = own.holders.delete(client)
      if (left && own.holders.size === 0) this.#close(own, this.#ends[1 - index] as End)
    }
  }

  #deliver(end: End, bytes: Uint8Array): void {
    const receiver = end.receivers.shift()
    if (receiver) receiver.answer({}, [bytes])
    else end.items.push(bytes)
    for (const poll of end.polls.splice(0)) poll.answer({ ready: true })
  }

  #receive(own: End, other: End, request: Request): (() => void) | undefined {
    const item = own.items.shift()
    if (item) request.answer({}, [item])
    else if (other.closed) request.refuse(new EndOfFileError(`Nobody sends to ${this.#name} any more.`))
    else own.receivers.push(request)
    return undefined
  }

  #poll(own: End, other: End, request: Request): (() => void) | undefined {
    // The end is something to receive too: the next `recv` tells it, as in Python.
    if (own.items.length > 0 || other.closed) request.answer({ ready: true })
    else if (request.fields.wait !== true) request.answer({ ready: false })
    else {
      own.polls.push(request)
      return () => {
        own.polls = own.polls.filter((poll) => poll !== request)
        request.answer({ ready: false })
      }
    }
    return undefined
  }

  #close(own: End, other: End): void {
    own.closed = true
    own.items = []
    for (const receiver of other.receivers.splice(0)) {
      receiver.refuse(new EndOfFileError(`Nobody sends to ${this.#name} any more.`))
    }
    for (const poll of other.polls.splice(0)) poll.answer({ ready: true })
  }
}

/** Tells the owner that this process has the end, which was handed to it. */
const attach = Symbol('attach')

/**
 * One end of a pipe. It can be handed to another process as an argument; from then on it is that process's. The other end
 * learns that this one is closed when the last process that used or was handed it has closed it or has ended.
 */
export class Connection extends SharedObject {
  readonly readable: boolean
  readonly writable: boolean
  readonly #receiving: Waiting
  readonly #anAnswer: Waiting
  #handedOn = false
  #used = false
  #closed = false

  /** Not for users: {@link Pipe} makes both ends. */
  constructor(given: Given<PipeOptions>) {
    super('pipe', given, { end: 0, duplex: given.duplex ?? true }, (name, { nowUs }) => new PipeState(name, nowUs))
    const { end, duplex } = this.handle
    this.readable = duplex === true || end === 0
    this.writable = duplex === true || end === 1
    this.#receiving = this.awaiting('receive', `receive from ${this.name}`, String(end))
    this.#anAnswer = this.awaiting('other', `hear from ${this.name}`, String(end))
  }

  override [sharedHandle](): ObjectHandle {
    this.#handedOn = true
    return super[sharedHandle]()
  }

  [attach](): void {
    this.#used = true
    void this.#ask('attach').catch(() => {})
  }

  /**
   * Sends a value; resolves once it can be received.
   * @throws UnsendableError if it cannot travel; EndOfFileError if the other end is closed; StateError if this one is
   */
  async send(value: unknown): Promise<void> {
    if (!this.writable) throw new StateError(`This end of ${this.name} only receives.`)
    await this.#ask('send', {}, [encodeValue(value, 'value')])
  }

  /**
   * Receives the next value, waiting for one.
   * @throws EndOfFileError if the other end is closed and nothing is left; StateError if this one is closed
   */
  async recv(): Promise<unknown> {
    if (!this.readable) throw new StateError(`This end of ${this.name} only sends.`)
    const { payload } = await this.#ask('receive', {}, [], this.#receiving)
    return decodeValue(payload, (handle) => revive(handle, this.run))
  }

  /** @returns whether there is something to receive, the end included; with `timeoutMs` it waits for that long */
  async poll(options: WaitOptions = {}): Promise<boolean> {
    const wait = options.timeoutMs !== undefined
    const { fields } = await this.#ask('poll', { wait }, [], wait ? this.#receiving : undefined, options)
    return fields.ready === true
  }

  /** Closes this end in this process. Closing twice is fine. */
  async close(): Promise<void> {
    if (this.#closed) return
    const givenAway = this.#handedOn && !this.#used
    this.#closed = true
    // What was only handed on is the other process's, and stays open for it.
    if (!givenAway) await this.ask('close', { end: this.handle.end }, [], this.#anAnswer)
  }

  #ask(
    op: string,
    fields: Fields = {},
    payload: readonly Uint8Array[] = [],
    waiting = this.#anAnswer,
    options?: WaitOptions,
  ) {
    if (this.#closed) return Promise.reject<Answer>(new StateError(`This end of ${this.name} is closed.`))
    this.#used = true
    return this.ask(op, { ...fields, end: this.handle.end }, payload, waiting, options)
  }

  /** For the second end, which shares all but its number with the first. */
  static second(first: Connection): Connection {
    return new Connection({ [fromHandle]: { ...first.handle, end: 1 } })
  }
}

/** @returns the two ends; without `duplex` the first receives and the second sends, as in Python */
export function Pipe(options: PipeOptions = {}): [Connection, Connection] {
  const first = new Connection(options)
  return [first, Connection.second(first)]
}

registerKind('pipe', (handle) => {
  const connection = new Connection({ [fromHandle]: handle as ObjectHandle })
  connection[attach]()
  return connection
})
