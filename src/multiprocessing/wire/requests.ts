/**
 * Requests to what lives in another process: each is answered exactly once, by its owner and nobody else.
 *
 * A timeout is a request to withdraw (`request.withdraw`): whether the answer came in time is the owner's to say. When the owner is
 * gone, what waits for it is refused; when the one who asked is gone, the owner forgets it.
 */
import { MultiprocessingError, refusalFrom } from '../errors.ts'
import type { Run } from '../run/run.ts'
import type { Payload } from './frames.ts'
import type { Service } from './hub.ts'
import type { WholeBytes } from './lent-bytes.ts'
import type { AnyOf, HeaderOf, MESSAGES, RoutedType } from './messages.ts'

/** Messages that ask, or answer: those with a request's number. */
export type RequestType = {
  [T in RoutedType]: 'request' extends keyof (typeof MESSAGES)[T]['fields'] ? T : never
}[RoutedType]

/** A header has room for it, whatever its characters. */
const MOST_MESSAGE_CHARACTERS = 10_000

/** Where the thing is that is asked, and what it is called in messages. */
export interface Place {
  id: string
  owner: string
  name: string
}

/** What the answers to a request may be, and who is told. */
export interface Reply<A extends RequestType> {
  /** The types of messages that answer it. Any other from the owner is as if it had refused. */
  readonly types: readonly A[]
  answered(header: HeaderOf<A>, payload: Uint8Array, tail?: WholeBytes): void
  refused(error: Error): void
  /** The owner is gone; if left out, `refused` is told so. */
  gone?(): void
}

interface Pending {
  owner: string
  name: string
  reply: Reply<RequestType>
}

/** A request of somebody else, at its owner. Of `answer` and `refuse` only the first call counts. */
export interface Asked {
  /** The path of the process that asks. */
  readonly client: string
  readonly open: boolean
  answer(header: AnyOf<RequestType, 'to' | 'from' | 'request'>, payload?: Payload): void
  refuse(error: Error): void
  /** @param withdraw is called if the one who asked has waited long enough; it must see to an answer all the same */
  waits(withdraw: () => void): void
}

export class Requests implements Service {
  readonly #run: Run
  readonly #pending = new Map<number, Pending>()
  /** What waits here, by who asked and the request's number. */
  readonly #waiting = new Map<string, () => void>()
  #next = 1

  readonly handlers: Service['handlers'] = {
    'request.withdraw': ({ from, request }) => this.#waiting.get(keyOf(from, request))?.(),
    'request.refused': (header) => this.#settle(header)?.refused(refusalFrom(header.name, header.message)),
  }

  constructor(run: Run) {
    this.#run = run
  }

  /** @returns the requests of this run, made when first asked for */
  static of(run: Run): Requests {
    return run.hub.service(Requests, () => new Requests(run))
  }

  /** Whether nothing of this process waits for an owner. */
  get idle(): boolean {
    return this.#pending.size === 0
  }

  /** @returns what to call to withdraw the request; it is answered all the same */
  ask<A extends RequestType>(
    { owner, name }: Place,
    header: AnyOf<RequestType, 'to' | 'from' | 'request'>,
    payload: readonly Uint8Array[],
    reply: Reply<A>,
  ): () => void {
    const request = this.#next++
    this.#pending.set(request, { owner, name, reply: reply as unknown as Reply<RequestType> })
    try {
      this.#run.hub.send({ ...header, to: owner, request } as AnyOf<RoutedType, 'from'>, payload)
    } catch (error) {
      // Too large to be sent: nobody was asked.
      this.#pending.delete(request)
      throw error
    }
    return () => {
      if (this.#pending.has(request)) this.#run.hub.send({ type: 'request.withdraw', to: owner, request })
    }
  }

  /** The handler of every message that answers. */
  readonly answered = (header: HeaderOf<RequestType>, payload: Uint8Array, tail?: WholeBytes): void => {
    const reply = this.#settle(header)
    if (!reply) return
    if (reply.types.includes(header.type)) reply.answered(header, payload, tail)
    else
      reply.refused(new MultiprocessingError(`A request was answered with ${header.type}, which is no answer to it.`))
  }

  /** @returns a request that has come, to be answered now or later */
  asked({ from, request }: HeaderOf<RequestType>): Asked {
    const key = keyOf(from, request)
    const send = (header: AnyOf<RequestType, 'to' | 'from' | 'request'>, payload: Payload) => {
      if (!asked.open) return
      asked.open = false
      this.#waiting.delete(key)
      try {
        this.#run.hub.send({ ...header, to: from, request } as AnyOf<RoutedType, 'from'>, payload)
      } catch (error) {
        // An answer that is too large: the one who asked is told, and has done nothing wrong.
        this.#run.hub.send(refusal(from, request, error as Error))
      }
    }
    const asked = {
      client: from,
      open: true,
      answer: (header: AnyOf<RequestType, 'to' | 'from' | 'request'>, payload: Payload = []) => send(header, payload),
      refuse: (error: Error) => send(refusal(from, request, error), []),
      waits: (withdraw: () => void) => {
        if (asked.open) this.#waiting.set(key, withdraw)
      },
    }
    return asked
  }

  onPeerGone(isGone: (path: string) => boolean): void {
    for (const key of this.#waiting.keys()) if (isGone(key.slice(0, key.indexOf(' ')))) this.#waiting.delete(key)
    for (const [request, { owner, name, reply }] of this.#pending) {
      if (!isGone(owner)) continue
      this.#pending.delete(request)
      if (reply.gone) reply.gone()
      else reply.refused(new MultiprocessingError(`${name} is gone with the process that kept it.`))
    }
  }

  /** Only the owner may answer, or another process could settle what is not its own. */
  #settle({ from, request }: { from: string; request: number }): Reply<RequestType> | undefined {
    const pending = this.#pending.get(request)
    if (!pending || pending.owner !== from) return undefined
    this.#pending.delete(request)
    return pending.reply
  }
}

function refusal(to: string, request: number, { name, message }: Error): AnyOf<'request.refused', 'from'> {
  return { type: 'request.refused', to, request, name, message: message.slice(0, MOST_MESSAGE_CHARACTERS) }
}

function keyOf(client: string, request: number): string {
  return `${client} ${request}`
}
